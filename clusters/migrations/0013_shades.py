"""The shades of clusters, and the shade of each membership."""

import django.db.models.deletion
import musicdb.models.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clusters', '0012_suggested_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='shade',
            field=models.PositiveSmallIntegerField(help_text='The position of its shade within the cluster; none if the cluster has no shades.', null=True),
        ),
        migrations.CreateModel(
            name='Shade',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('size', models.PositiveIntegerField()),
                ('description', models.CharField(help_text='How it differs from its cluster; made by the run.', max_length=300)),
                ('stability', musicdb.models.fields.FiniteFloatField(help_text="How far halves of the cluster's tracks lead to the same shades, up to 1; the same for all of them.")),
                ('centroid', models.JSONField(help_text="The mean of each feature over the shade's tracks, in its own unit.")),
                ('example_ranks', models.JSONField(help_text='The ranks in the cluster of the tracks nearest to its centre.')),
                ('cluster', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='shades', to='clusters.cluster')),
            ],
            options={
                'ordering': ['cluster', 'position'],
                'constraints': [models.UniqueConstraint(fields=('cluster', 'position'), name='shade_position_once_per_cluster'), models.CheckConstraint(condition=models.Q(('position__gte', 1)), name='shade_position_from_1'), models.CheckConstraint(condition=models.Q(('size__gte', 1)), name='shade_size_from_1')],
            },
        ),
    ]
