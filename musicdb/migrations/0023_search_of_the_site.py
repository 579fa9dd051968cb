"""Create the indexes with which visitors find names: by their beginning, by any part, by a syllable of Hangul."""

from django.db import migrations, models

from musicdb.db import trigrams
from musicdb.search.indexes import SearchIndex, add_extension, create, drop, missing

TABLES = [
    f"musicdb_{name}"
    for name in (
        "track",
        "trackalias",
        "album",
        "albumalias",
        "artist",
        "artistalias",
        "label",
        "labelalias",
        "genre",
        "genrealias",
        "playlist",
        "playlistalias",
    )
]
INDEXES = [
    *(SearchIndex(f"musicdb_{name}", "search_key", folded=True) for name in ("trackalias", "albumalias", "playlistalias")),
    *(SearchIndex(table, "search_key", characters=True) for table in TABLES),
]


def create_indexes(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor == "sqlite":
        trigrams.ensure(connection, TABLES)
    elif connection.vendor == "postgresql":
        wanted = missing(connection, INDEXES)
        # Without the extension, the others wait for manage.py indexsearch, as an earlier migration has said.
        refusal = add_extension(connection)
        for index in wanted:
            if not (refusal and index.needs_extension):
                create(connection, index)


def drop_indexes(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor == "sqlite":
        trigrams.remove(connection, TABLES)
    elif connection.vendor == "postgresql":
        for index in INDEXES:
            drop(connection, index)


class Migration(migrations.Migration):

    dependencies = [
        ('musicdb', '0022_names_that_look_alike_are_one'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='artistalias',
            name='artistalias_search_key',
        ),
        migrations.RemoveIndex(
            model_name='genrealias',
            name='genrealias_search_key',
        ),
        migrations.RemoveIndex(
            model_name='labelalias',
            name='labelalias_search_key',
        ),
        migrations.RemoveIndex(
            model_name='playlistalias',
            name='playlistalias_search_key',
        ),
        migrations.AddIndex(
            model_name='album',
            index=models.Index(fields=['search_key'], name='album_search_key', opclasses=['text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='albumalias',
            index=models.Index(fields=['search_key', 'target'], name='albumalias_search_key', opclasses=['text_pattern_ops', 'int8_ops']),
        ),
        migrations.AddIndex(
            model_name='artist',
            index=models.Index(fields=['search_key'], name='artist_search_key', opclasses=['text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='artistalias',
            index=models.Index(fields=['search_key', 'target'], name='artistalias_search_key', opclasses=['text_pattern_ops', 'int8_ops']),
        ),
        migrations.AddIndex(
            model_name='genre',
            index=models.Index(fields=['search_key'], name='genre_search_key', opclasses=['text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='genrealias',
            index=models.Index(fields=['search_key', 'target'], name='genrealias_search_key', opclasses=['text_pattern_ops', 'int8_ops']),
        ),
        migrations.AddIndex(
            model_name='label',
            index=models.Index(fields=['search_key'], name='label_search_key', opclasses=['text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='labelalias',
            index=models.Index(fields=['search_key', 'target'], name='labelalias_search_key', opclasses=['text_pattern_ops', 'int8_ops']),
        ),
        migrations.AddIndex(
            model_name='playlist',
            index=models.Index(fields=['search_key'], name='playlist_search_key', opclasses=['text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='playlistalias',
            index=models.Index(fields=['search_key', 'target'], name='playlistalias_search_key', opclasses=['text_pattern_ops', 'int8_ops']),
        ),
        migrations.AddIndex(
            model_name='track',
            index=models.Index(fields=['search_key'], name='track_search_key', opclasses=['text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='trackalias',
            index=models.Index(fields=['search_key', 'target'], name='trackalias_search_key', opclasses=['text_pattern_ops', 'int8_ops']),
        ),
        migrations.RunPython(create_indexes, drop_indexes, elidable=False),
    ]
