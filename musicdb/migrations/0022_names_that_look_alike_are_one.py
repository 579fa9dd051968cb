"""Keys of names that ignore which of several signs that look alike is written: an apostrophe, a dash, a width.

Every name keeps its spelling. Two genres or playlists, or two aliases of them, that are one name by now stay two rows,
and the later one gets a number: "k‐pop (2)". Nothing is merged and nothing is deleted, so that an editor decides.
Artists and labels may share a key, and keep their names in any case.
"""

import sys

from django.db import migrations, models
from musicdb.db import in_batches, update
from musicdb.music import name_key

# The models with keys of names. Those whose keys are unique have an advice for the reader.
_MERGE, _DELETE = "merge it, or rename it", "delete it, or rename it"
NAMED = (
    ("Genre", _MERGE),
    ("GenreAlias", _DELETE),
    ("Playlist", _MERGE),
    ("PlaylistAlias", _DELETE),
    ("Label", None),
    ("LabelAlias", None),
    ("Artist", None),
    ("ArtistAlias", None),
    ("AlbumAlias", None),
    ("TrackAlias", None),
)


def fold_names(apps, schema_editor):
    """Write the keys that have changed. A name that is that of another row by now gets a number."""
    for model_name, advice in NAMED:
        model = apps.get_model("musicdb", model_name)
        rows = model._base_manager.order_by("pk").values_list("pk", "name", "name_key")
        taken, changed = set(), []
        for pk, name, stored in rows.iterator():
            if (key := name_key(name)) != stored:
                changed.append((name, pk))
            elif advice:
                taken.add(key)
        if advice:
            most = model._meta.get_field("name").max_length
            changed = [(_free(model_name, pk, name, taken, most, advice), pk) for name, pk in changed]
        for batch in in_batches(changed):
            # The keys follow from the name.
            update(model, ["name"], batch)


def _free(model_name, pk, name, taken, most, advice):
    free, number = name, 2
    while name_key(free) in taken:
        suffix = f" ({number})"
        free, number = name[: most - len(suffix)].rstrip() + suffix, number + 1
    taken.add(name_key(free))
    if free != name:
        sys.stderr.write(f"\n  {model_name} {pk}, {name!a}, now is called {free!a}: {advice}.")
    return free


class Migration(migrations.Migration):

    dependencies = [
        ('musicdb', '0021_search_keys_of_imports_and_changes'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='albumalias',
            name='albumalias_name',
        ),
        migrations.RemoveIndex(
            model_name='trackalias',
            name='trackalias_name',
        ),
        migrations.RunPython(fold_names, migrations.RunPython.noop, elidable=False),
        migrations.AddIndex(
            model_name='albumalias',
            index=models.Index(fields=['name_key'], name='albumalias_name_key'),
        ),
        migrations.AddIndex(
            model_name='trackalias',
            index=models.Index(fields=['name_key'], name='trackalias_name_key'),
        ),
    ]
