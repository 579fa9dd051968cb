"""Saved filters in a reader's order, with keys by which searches find them."""

import musicdb.models.name_keys
from django.db import migrations
from musicdb.db import update


def fill_keys(apps, schema_editor):
    model = apps.get_model("musicdb", "SavedFilter")
    # The keys follow from the name.
    update(model, ["name"], list(model._base_manager.values_list("name", "pk")))


class Migration(migrations.Migration):

    dependencies = [
        ('musicdb', '0005_visibility'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='savedfilter',
            options={'ordering': ['model_label', 'sort_key', 'pk'], 'permissions': [('share_savedfilter', 'Can share saved filters')], 'verbose_name': 'saved filter', 'verbose_name_plural': 'saved filters'},
        ),
        migrations.AddField(
            model_name='savedfilter',
            name='search_key',
            field=musicdb.models.name_keys.SearchKeyField(blank=True, derived_from='name', editable=False, max_length=2000, serialize=False),
        ),
        migrations.AddField(
            model_name='savedfilter',
            name='sort_key',
            field=musicdb.models.name_keys.SortKeyField(blank=True, derived_from='name', editable=False, max_length=500, serialize=False),
        ),
        migrations.RunPython(fill_keys, migrations.RunPython.noop, elidable=False),
    ]
