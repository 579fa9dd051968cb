"""A step back to clusterings of genres keeps the runs, numbers and tasks of genres, and leaves all others behind.

It is a migration of its own, because PostgreSQL alters no table whose rows the same transaction has changed.
"""

from django.db import migrations
from django.db.models import F, Max, OuterRef, Subquery


def leave_only_genres(apps, schema_editor):
    def rows(name):
        return apps.get_model('clusters', name).objects

    others = list(rows('Collection').filter(genre=None).values_list('pk', flat=True))
    for model in ('Run', 'RetiredCluster'):
        rows(model).filter(collection_id__in=others).delete()
    rows('ReclusterTask').filter(collection_id__in=others).update(collection=None)
    # The columns that point at collections will point at genres, so each collection gets the key of its genre; by way
    # of keys that none of them has, so that no two are the same in between.
    keys = rows('Collection').aggregate(own=Max('pk'), genre=Max('genre_id'))
    free = max(keys['own'] or 0, keys['genre'] or 0) + 1
    genre = Subquery(rows('Collection').filter(pk=OuterRef('collection_id')).values('genre_id')[:1])
    pointing = [rows(model).exclude(collection=None) for model in ('Run', 'RetiredCluster', 'ReclusterTask')]
    for each in pointing:
        each.update(collection_id=genre + free)
    of_genres = rows('Collection').exclude(genre=None)
    of_genres.update(id=F('genre_id') + free)
    # Their table goes with the next steps; until then they are out of the way.
    rows('Collection').filter(genre=None).update(id=F('id') + 2 * free)
    of_genres.update(id=F('id') - free)
    for each in pointing:
        each.update(collection_id=F('collection_id') - free)


class Migration(migrations.Migration):

    dependencies = [
        ('clusters', '0006_runs_of_collections'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, leave_only_genres),
    ]
