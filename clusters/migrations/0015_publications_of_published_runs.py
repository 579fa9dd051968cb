"""Enter the runs that are published now as publications, so that feeds begin with them."""

from django.db import migrations


def enter_published_runs(apps, schema_editor):
    runs = apps.get_model("clusters", "Run").objects.filter(is_published=True)
    publications = apps.get_model("clusters", "Publication")
    for run in runs.defer("parameters", "versions", "silhouettes").iterator(chunk_size=1_000):
        clusters = run.clusters.order_by("number").values_list("number", "name", "suggested_name", "size")
        publications.objects.create(
            collection_id=run.collection_id,
            run=run,
            published_at=run.finished_at,
            track_count=run.track_count,
            clusters=[[number, name or suggested, size] for number, name, suggested, size in clusters],
        )


class Migration(migrations.Migration):
    dependencies = [("clusters", "0014_publications")]

    operations = [migrations.RunPython(enter_published_runs, migrations.RunPython.noop, elidable=True)]
