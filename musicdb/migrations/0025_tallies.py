"""Keep the numbers of tracks, artists, albums and labels, and how many tracks each genre has, for pages to read."""

from django.db import migrations

from musicdb.db import tallies


def create(apps, schema_editor):
    # manage.py migrate adds the triggers and counts, after the last migration of all apps.
    tallies.create(schema_editor.connection)


def remove(apps, schema_editor):
    tallies.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('musicdb', '0024_library_version'),
    ]

    operations = [migrations.RunPython(create, remove, elidable=False)]
