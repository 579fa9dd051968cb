"""Lists are walked along an index, in their whole order. On PostgreSQL, indexes for searching too."""

import sys

from django.db import migrations, models

from musicdb.search.indexes import SearchIndex, add_extension, create, drop, missing

# As they are at this migration: columns that come later are not there yet.
INDEXES = [
    *(
        SearchIndex(f"musicdb_{table}", column)
        for table, column in (
            ("track", "title"),
            ("album", "title"),
            ("artist", "name"),
            ("artistalias", "name"),
            ("label", "name"),
            ("labelalias", "name"),
            ("genre", "name"),
            ("genrealias", "name"),
        )
    ),
    *(
        SearchIndex(f"musicdb_{table}", column, whole=True)
        for table, column in (
            ("track", "spotify_id"),
            ("track", "isrc"),
            ("album", "spotify_id"),
            ("artist", "spotify_id"),
            ("artistalias", "spotify_id"),
        )
    ),
]


def create_indexes(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    if refusal := add_extension(connection):
        sys.stderr.write(
            f"\n  Searching goes on without its indexes, and is slow in a large library: {refusal}.\n"
            "  Let an administrator run CREATE EXTENSION pg_trgm in this database, then run manage.py indexsearch.\n"
        )
    for index in missing(connection, INDEXES):
        if index.whole or not refusal:
            create(connection, index)


def drop_indexes(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor == "postgresql":
        for index in INDEXES:
            drop(connection, index)


class Migration(migrations.Migration):

    dependencies = [
        ('musicdb', '0007_saved_filters'),
    ]

    operations = [
        migrations.RemoveIndex('track', 'track_title'),
        migrations.AddIndex('track', models.Index(fields=['title', 'id'], name='track_title')),
        migrations.RemoveIndex('album', 'album_title'),
        migrations.AddIndex('album', models.Index(fields=['title', 'id'], name='album_title')),
        migrations.RemoveIndex('artist', 'artist_name'),
        migrations.AddIndex('artist', models.Index(fields=['name', 'id'], name='artist_name')),
        migrations.RunPython(create_indexes, drop_indexes, elidable=False),
    ]
