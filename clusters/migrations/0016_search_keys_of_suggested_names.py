"""The keys by which searches find clusters by the names that their runs suggested."""

import musicdb.models.name_keys
from django.db import migrations

from musicdb.db import in_batches, update


def fill_keys(apps, schema_editor):
    model = apps.get_model("clusters", "Cluster")
    names = model._base_manager.exclude(suggested_name="").values_list("suggested_name", "pk")
    for batch in in_batches(list(names)):
        # The keys follow from the name.
        update(model, ["suggested_name"], batch)


class Migration(migrations.Migration):

    dependencies = [
        ('clusters', '0015_publications_of_published_runs'),
    ]

    operations = [
        migrations.AddField(
            model_name='cluster',
            name='suggested_key',
            field=musicdb.models.name_keys.SearchKeyField(blank=True, derived_from='suggested_name', editable=False, max_length=2000, serialize=False),
        ),
        migrations.RunPython(fill_keys, migrations.RunPython.noop, elidable=False),
    ]
