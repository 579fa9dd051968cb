"""Names without what nobody can see, with the keys by which searches find them and lists sort them."""

import sys

import django.core.validators
import musicdb.models.fields
import musicdb.models.name_keys
from django.db import migrations, models
from musicdb.db import in_batches, update
from musicdb.music import name_key, normalise_name
from musicdb.search.indexes import EXTENSION, SearchIndex, add_extension, create, drop, missing

# The models with names, the column of each, and by what a name is unique there.
NAMED = (
    ("Genre", "name", name_key),
    ("GenreAlias", "name", name_key),
    ("Label", "name", str),
    ("LabelAlias", "name", str),
    ("Artist", "name", None),
    ("ArtistAlias", "name", None),
    ("Album", "title", None),
    ("Track", "title", None),
)
SEARCHED = ("track", "album", "artist", "artistalias", "label", "labelalias", "genre", "genrealias")
OLD_INDEXES = [
    SearchIndex(f"musicdb_{table}", "title" if table in ("track", "album") else "name") for table in SEARCHED
]
NEW_INDEXES = [SearchIndex(f"musicdb_{table}", "search_key", folded=True) for table in SEARCHED]


def mend_names(apps, schema_editor):
    """Give every row its keys. A name that loses something invisible and then equals another gets a number."""
    for model_name, column, unique_by in NAMED:
        model = apps.get_model("musicdb", model_name)
        rows = model._base_manager.order_by("pk").values_list("pk", column)
        names, odd = [], []
        for pk, name in rows.iterator():
            (names if normalise_name(name) == name else odd).append((pk, name))
        taken = {unique_by(name) for _, name in names} if unique_by else set()
        for pk, old in odd:
            new = _mended(normalise_name(old) or f"(no {column})", taken, unique_by)
            if new != normalise_name(old):
                sys.stderr.write(f"\n  {model_name} {pk}, {old!a}, now is called {new!a}: merge it, or rename it.")
            names.append((pk, new))
        # The keys follow from the name.
        for batch in in_batches(names):
            update(model, [column], ((name, pk) for pk, name in batch))


def _mended(name, taken, unique_by):
    if unique_by is None:
        return name
    free, number = name, 2
    while unique_by(free) in taken:
        suffix = f" ({number})"
        free, number = name[: 200 - len(suffix)].rstrip() + suffix, number + 1
    taken.add(unique_by(free))
    return free


def search_by_key(apps, schema_editor):
    _replace(schema_editor.connection, OLD_INDEXES, NEW_INDEXES)


def search_by_name(apps, schema_editor):
    _replace(schema_editor.connection, NEW_INDEXES, OLD_INDEXES)


def _replace(connection, old, new):
    if connection.vendor != "postgresql":
        return
    for index in old:
        drop(connection, index)
    if refusal := add_extension(connection):
        sys.stderr.write(
            f"\n  Searching goes on without its indexes, and is slow in a large library: {refusal}.\n"
            f"  Let an administrator run CREATE EXTENSION {EXTENSION} in this database, then run manage.py indexsearch.\n"
        )
        return
    for index in missing(connection, new):
        create(connection, index)


class Migration(migrations.Migration):

    dependencies = [
        ('musicdb', '0003_search_indexes'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='album',
            options={'ordering': ['sort_key', 'pk']},
        ),
        migrations.AlterModelOptions(
            name='artist',
            options={'ordering': ['sort_key', 'pk'], 'permissions': [('merge_artist', 'Can merge artists')]},
        ),
        migrations.AlterModelOptions(
            name='artistalias',
            options={'ordering': ['sort_key', 'pk'], 'verbose_name': 'alias of an artist', 'verbose_name_plural': 'aliases of artists'},
        ),
        migrations.AlterModelOptions(
            name='genre',
            options={'ordering': ['sort_key', 'pk'], 'permissions': [('merge_genre', 'Can merge genres')]},
        ),
        migrations.AlterModelOptions(
            name='genrealias',
            options={'ordering': ['sort_key', 'pk'], 'verbose_name': 'alias of a genre', 'verbose_name_plural': 'aliases of genres'},
        ),
        migrations.AlterModelOptions(
            name='label',
            options={'ordering': ['sort_key', 'pk'], 'permissions': [('merge_label', 'Can merge labels')]},
        ),
        migrations.AlterModelOptions(
            name='labelalias',
            options={'ordering': ['sort_key', 'pk'], 'verbose_name': 'alias of a label', 'verbose_name_plural': 'aliases of labels'},
        ),
        migrations.AlterModelOptions(
            name='track',
            options={'ordering': ['sort_key', 'pk']},
        ),
        migrations.RemoveIndex(
            model_name='album',
            name='album_title',
        ),
        migrations.RemoveIndex(
            model_name='artist',
            name='artist_name',
        ),
        migrations.RemoveIndex(
            model_name='artistalias',
            name='artistalias_name',
        ),
        migrations.RemoveIndex(
            model_name='track',
            name='track_title',
        ),
        migrations.AddField(
            model_name='album',
            name='search_key',
            field=musicdb.models.name_keys.SearchKeyField(blank=True, derived_from='title', editable=False, max_length=2000, serialize=False),
        ),
        migrations.AddField(
            model_name='album',
            name='sort_key',
            field=musicdb.models.name_keys.SortKeyField(blank=True, derived_from='title', editable=False, max_length=500, serialize=False),
        ),
        migrations.AddField(
            model_name='artist',
            name='search_key',
            field=musicdb.models.name_keys.SearchKeyField(blank=True, derived_from='name', editable=False, max_length=2000, serialize=False),
        ),
        migrations.AddField(
            model_name='artist',
            name='sort_key',
            field=musicdb.models.name_keys.SortKeyField(blank=True, derived_from='name', editable=False, max_length=500, serialize=False),
        ),
        migrations.AddField(
            model_name='artistalias',
            name='search_key',
            field=musicdb.models.name_keys.SearchKeyField(blank=True, derived_from='name', editable=False, max_length=2000, serialize=False),
        ),
        migrations.AddField(
            model_name='artistalias',
            name='sort_key',
            field=musicdb.models.name_keys.SortKeyField(blank=True, derived_from='name', editable=False, max_length=500, serialize=False),
        ),
        migrations.AddField(
            model_name='genre',
            name='search_key',
            field=musicdb.models.name_keys.SearchKeyField(blank=True, derived_from='name', editable=False, max_length=2000, serialize=False),
        ),
        migrations.AddField(
            model_name='genre',
            name='sort_key',
            field=musicdb.models.name_keys.SortKeyField(blank=True, derived_from='name', editable=False, max_length=500, serialize=False),
        ),
        migrations.AddField(
            model_name='genrealias',
            name='search_key',
            field=musicdb.models.name_keys.SearchKeyField(blank=True, derived_from='name', editable=False, max_length=2000, serialize=False),
        ),
        migrations.AddField(
            model_name='genrealias',
            name='sort_key',
            field=musicdb.models.name_keys.SortKeyField(blank=True, derived_from='name', editable=False, max_length=500, serialize=False),
        ),
        migrations.AddField(
            model_name='label',
            name='search_key',
            field=musicdb.models.name_keys.SearchKeyField(blank=True, derived_from='name', editable=False, max_length=2000, serialize=False),
        ),
        migrations.AddField(
            model_name='label',
            name='sort_key',
            field=musicdb.models.name_keys.SortKeyField(blank=True, derived_from='name', editable=False, max_length=500, serialize=False),
        ),
        migrations.AddField(
            model_name='labelalias',
            name='search_key',
            field=musicdb.models.name_keys.SearchKeyField(blank=True, derived_from='name', editable=False, max_length=2000, serialize=False),
        ),
        migrations.AddField(
            model_name='labelalias',
            name='sort_key',
            field=musicdb.models.name_keys.SortKeyField(blank=True, derived_from='name', editable=False, max_length=500, serialize=False),
        ),
        migrations.AddField(
            model_name='track',
            name='search_key',
            field=musicdb.models.name_keys.SearchKeyField(blank=True, derived_from='title', editable=False, max_length=2000, serialize=False),
        ),
        migrations.AddField(
            model_name='track',
            name='sort_key',
            field=musicdb.models.name_keys.SortKeyField(blank=True, derived_from='title', editable=False, max_length=500, serialize=False),
        ),
        migrations.AlterField(
            model_name='historicaltrack',
            name='isrc',
            field=musicdb.models.fields.IsrcField(blank=True, max_length=12, validators=[django.core.validators.RegexValidator('\\A[A-Z]{2}[A-Z0-9]{3}[0-9]{7}\\Z', 'An ISRC has two letters, three letters or digits, and seven digits, such as KRA381001057.')], verbose_name='ISRC'),
        ),
        migrations.AlterField(
            model_name='track',
            name='isrc',
            field=musicdb.models.fields.IsrcField(blank=True, db_index=True, max_length=12, validators=[django.core.validators.RegexValidator('\\A[A-Z]{2}[A-Z0-9]{3}[0-9]{7}\\Z', 'An ISRC has two letters, three letters or digits, and seven digits, such as KRA381001057.')], verbose_name='ISRC'),
        ),
        migrations.RunPython(mend_names, migrations.RunPython.noop, elidable=False),
        migrations.AddIndex(
            model_name='album',
            index=models.Index(fields=['sort_key', 'id', 'search_key'], name='album_list'),
        ),
        migrations.AddIndex(
            model_name='album',
            index=models.Index(fields=['title'], name='album_title'),
        ),
        migrations.AddIndex(
            model_name='artist',
            index=models.Index(fields=['sort_key', 'id', 'search_key'], name='artist_list'),
        ),
        migrations.AddIndex(
            model_name='artistalias',
            index=models.Index(fields=['search_key', 'target'], name='artistalias_search_key'),
        ),
        migrations.AddIndex(
            model_name='genre',
            index=models.Index(fields=['sort_key', 'id', 'search_key'], name='genre_list'),
        ),
        migrations.AddIndex(
            model_name='genrealias',
            index=models.Index(fields=['search_key', 'target'], name='genrealias_search_key'),
        ),
        migrations.AddIndex(
            model_name='label',
            index=models.Index(fields=['sort_key', 'id', 'search_key'], name='label_list'),
        ),
        migrations.AddIndex(
            model_name='labelalias',
            index=models.Index(fields=['search_key', 'target'], name='labelalias_search_key'),
        ),
        migrations.AddIndex(
            model_name='track',
            index=models.Index(fields=['sort_key', 'id', 'search_key'], name='track_list'),
        ),
        migrations.AddIndex(
            model_name='track',
            index=models.Index(fields=['title'], name='track_title'),
        ),
        migrations.RunPython(search_by_key, search_by_name, elidable=False),
    ]
