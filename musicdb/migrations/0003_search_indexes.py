"""On PostgreSQL, create the indexes that searches use."""

import sys

from django.db import migrations

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
        ('musicdb', '0002_roles'),
    ]

    operations = [
        migrations.RunPython(create_indexes, drop_indexes, elidable=False),
    ]
