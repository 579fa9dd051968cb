"""A collection for each genre, with the genre's own key, so that all that points at a genre can point at it."""

from django.core.management.color import no_style
from django.db import migrations
from django.db.models import Max


def add_collections(apps, schema_editor):
    def model(name):
        return apps.get_model('clusters', name)

    collection = model('Collection')
    settings = {row.genre_id: row for row in model('GenreClustering').objects.all()}
    highest = dict(model('Cluster').objects.order_by().values_list('run__genre').annotate(Max('number')))
    rows = []
    for genre in apps.get_model('musicdb', 'Genre').objects.order_by().values_list('pk', flat=True):
        known = settings.get(genre)
        rows.append(
            collection(
                pk=genre,
                kind='genre',
                genre_id=genre,
                requires_review=known.requires_review if known else False,
                next_number=known.next_number if known else highest.get(genre, 0) + 1,
            )
        )
    collection.objects.bulk_create(rows, batch_size=1_000)
    # The keys were given, so the database has to be told where to go on.
    for statement in schema_editor.connection.ops.sequence_reset_sql(no_style(), [collection]):
        schema_editor.execute(statement)


def name_collections_in_outcomes(apps, schema_editor):
    task = apps.get_model('clusters', 'ReclusterTask')
    changed = []
    for row in task.objects.exclude(outcome=None).iterator(chunk_size=1_000):
        slug = row.outcome.pop('genre', '')
        row.outcome = {'collection': f'genre:{slug}' if slug else '', **row.outcome}
        changed.append(row)
    task.objects.bulk_update(changed, ['outcome'], batch_size=500)


def restore_clusterings(apps, schema_editor):
    clustering = apps.get_model('clusters', 'GenreClustering')
    clustering.objects.bulk_create(
        clustering(genre_id=row.genre_id, requires_review=row.requires_review, next_number=row.next_number)
        for row in apps.get_model('clusters', 'Collection').objects.exclude(genre=None)
    )


def name_genres_in_outcomes(apps, schema_editor):
    task = apps.get_model('clusters', 'ReclusterTask')
    changed = []
    for row in task.objects.exclude(outcome=None).iterator(chunk_size=1_000):
        key = row.outcome.pop('collection', '')
        row.outcome = {'genre': key.removeprefix('genre:'), **row.outcome}
        changed.append(row)
    task.objects.bulk_update(changed, ['outcome'], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('clusters', '0004_collections'),
    ]

    operations = [
        migrations.RunPython(add_collections, restore_clusterings),
        migrations.RunPython(name_collections_in_outcomes, name_genres_in_outcomes),
    ]
