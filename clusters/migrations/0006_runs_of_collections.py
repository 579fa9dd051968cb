"""Runs, retired clusters and tasks belong to collections. The keys in their columns stay as they are."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from musicdb.db.roles import CURATOR, EDITOR, grant, revoke

GRANTS = {EDITOR: {'collection': ['view']}, CURATOR: {'collection': ['add', 'change', 'view']}}


def forget_former_model(apps, schema_editor):
    # With its permissions, which the admin would go on offering.
    apps.get_model('contenttypes', 'ContentType').objects.filter(app_label='clusters', model='genreclustering').delete()


class Migration(migrations.Migration):

    dependencies = [
        ('clusters', '0005_collections_of_genres'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='run', name='run_one_published_per_genre'),
        migrations.RenameField(model_name='run', old_name='genre', new_name='collection'),
        migrations.AlterField(
            model_name='run',
            name='collection',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='clusters.collection'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.UniqueConstraint(condition=Q(('is_published', True)), fields=('collection',), name='run_one_published'),
        ),
        migrations.RemoveConstraint(model_name='retiredcluster', name='retired_cluster_once_per_genre'),
        migrations.RenameField(model_name='retiredcluster', old_name='genre', new_name='collection'),
        migrations.AlterField(
            model_name='retiredcluster',
            name='collection',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='retired_clusters', to='clusters.collection'),
        ),
        migrations.AddConstraint(
            model_name='retiredcluster',
            constraint=models.UniqueConstraint(fields=('collection', 'number'), name='retired_cluster_once'),
        ),
        migrations.AlterModelOptions(name='retiredcluster', options={'ordering': ['collection', 'number']}),
        migrations.RemoveConstraint(model_name='reclustertask', name='reclustertask_once_per_job'),
        migrations.RenameField(model_name='reclustertask', old_name='genre', new_name='collection'),
        migrations.AlterField(
            model_name='reclustertask',
            name='collection',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='clusters.collection'),
        ),
        migrations.AddConstraint(
            model_name='reclustertask',
            constraint=models.UniqueConstraint(fields=('job', 'collection'), name='reclustertask_once_per_job'),
        ),
        migrations.RenameField(model_name='reclustertask', old_name='genre_name', new_name='collection_name'),
        migrations.AlterField(
            model_name='reclustertask',
            name='collection_name',
            field=models.CharField(help_text="The collection's name when the job was created.", max_length=320),
        ),
        migrations.AlterField(
            model_name='reclusterjob',
            name='force',
            field=models.BooleanField(default=False, help_text='Recluster collections in which nothing changed, too.'),
        ),
        migrations.AlterField(
            model_name='cluster',
            name='description',
            field=models.CharField(blank=True, help_text='How it differs from its collection; made by the run, blank if it hardly does.', max_length=300),
        ),
        migrations.DeleteModel(name='GenreClustering'),
        migrations.RunPython(forget_former_model, migrations.RunPython.noop),
        migrations.RunPython(grant('clusters', GRANTS), revoke('clusters', GRANTS)),
    ]
