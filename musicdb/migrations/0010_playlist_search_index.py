"""On PostgreSQL, create the index with which searches find playlists."""

from django.db import migrations

from musicdb.search.indexes import SearchIndex, add_extension, create, drop, missing

INDEX = SearchIndex("musicdb_playlist", "search_key", folded=True)


def create_index(apps, schema_editor):
    connection = schema_editor.connection
    # Without the extension the index waits for manage.py indexsearch, as an earlier migration has said.
    if connection.vendor == "postgresql" and missing(connection, [INDEX]) and not add_extension(connection):
        create(connection, INDEX)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        drop(schema_editor.connection, INDEX)


class Migration(migrations.Migration):

    dependencies = [
        ('musicdb', '0009_album_artists_and_more_columns'),
    ]

    operations = [
        migrations.RunPython(create_index, drop_index, elidable=False),
    ]
