"""The keys by which searches find clusters that have a name."""

import musicdb.models.name_keys
from django.db import migrations
from musicdb.db import update


def fill_keys(apps, schema_editor):
    model = apps.get_model("clusters", "Cluster")
    # The keys follow from the name.
    update(model, ["name"], list(model._base_manager.exclude(name="").values_list("name", "pk")))


class Migration(migrations.Migration):

    dependencies = [
        ('clusters', '0002_roles'),
    ]

    operations = [
        migrations.AddField(
            model_name='cluster',
            name='search_key',
            field=musicdb.models.name_keys.SearchKeyField(blank=True, derived_from='name', editable=False, max_length=2000, serialize=False),
        ),
        migrations.RunPython(fill_keys, migrations.RunPython.noop, elidable=False),
    ]
