"""The keys by which searches find imports by the names of their files, and changes of many rows by what they say."""

import musicdb.models.name_keys
from django.db import migrations
from musicdb.db import update

NAMES = {"Import": "file_name", "GroupedChange": "summary"}


def fill_keys(apps, schema_editor):
    for model_name, name in NAMES.items():
        model = apps.get_model("musicdb", model_name)
        # The keys follow from the name.
        update(model, [name], list(model._base_manager.values_list(name, "pk")))


class Migration(migrations.Migration):

    dependencies = [
        ('musicdb', '0020_edit_transfers'),
    ]

    operations = [
        migrations.AddField(
            model_name='import',
            name='search_key',
            field=musicdb.models.name_keys.SearchKeyField(blank=True, derived_from='file_name', editable=False, max_length=2000, serialize=False),
        ),
        migrations.AddField(
            model_name='groupedchange',
            name='search_key',
            field=musicdb.models.name_keys.SearchKeyField(blank=True, derived_from='summary', editable=False, max_length=2000, serialize=False),
        ),
        migrations.RunPython(fill_keys, migrations.RunPython.noop, elidable=False),
    ]
