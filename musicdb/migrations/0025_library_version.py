"""Count the changes of the library: a number that triggers raise, by which an unchanged page is known."""

from django.db import migrations

from musicdb.db import library_version


def create(apps, schema_editor):
    # manage.py migrate adds the triggers, after the last migration of all apps.
    library_version.create(schema_editor.connection)


def remove(apps, schema_editor):
    library_version.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('musicdb', '0024_indexes_of_lists'),
    ]

    operations = [migrations.RunPython(create, remove, elidable=False)]
