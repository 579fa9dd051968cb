"""What a step back to clusterings of genres leaves behind: runs, numbers and tasks of anything but a genre.

It is a migration of its own, because PostgreSQL alters no table whose rows the same transaction has changed.
"""

from django.db import migrations
from django.db.models import F


def leave_only_genres(apps, schema_editor):
    # The columns that point at collections point at genres again, so only those go back that have their genre's key.
    others = list(
        apps.get_model('clusters', 'Collection').objects.exclude(genre_id=F('pk')).values_list('pk', flat=True)
    )
    for model in ('Run', 'RetiredCluster'):
        apps.get_model('clusters', model).objects.filter(collection_id__in=others).delete()
    apps.get_model('clusters', 'ReclusterTask').objects.filter(collection_id__in=others).update(collection=None)


class Migration(migrations.Migration):

    dependencies = [
        ('clusters', '0006_runs_of_collections'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, leave_only_genres),
    ]
