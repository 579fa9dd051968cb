"""What a run stores about the choice of the number of clusters, and that it may be one."""

import musicdb.models.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clusters', '0007_back_to_genres'),
    ]

    operations = [
        migrations.AddField(
            model_name='run',
            name='evidence',
            field=musicdb.models.fields.FiniteFloatField(help_text='How much better the tracks divide than featureless data of the same size and covariance, as a multiple of what is needed; unknown where it was not measured.', null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='previous_cluster_count',
            field=models.PositiveSmallIntegerField(help_text='How many clusters the run before had found; unknown for older runs, and if it found none.', null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='scores',
            field=models.JSONField(default=dict, help_text='The score for each number of clusters that might have been chosen; the highest wins.'),
        ),
        migrations.AlterField(
            model_name='run',
            name='silhouette',
            field=musicdb.models.fields.FiniteFloatField(help_text='How well the clusters are separated, from -1 to 1; 0 for a single cluster.'),
        ),
    ]
