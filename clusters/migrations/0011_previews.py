"""Previews of numbers of clusters, and the jobs that compute them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clusters', '0010_misplaced_tracks'),
    ]

    operations = [
        migrations.AddField(
            model_name='reclusterjob',
            name='is_preview',
            field=models.BooleanField(default=False, help_text='Show what each number of clusters would give, and store no run.'),
        ),
        migrations.CreateModel(
            name='Preview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('computed_at', models.DateTimeField()),
                ('input_hash', models.CharField(max_length=64)),
                ('track_count', models.PositiveIntegerField()),
                ('excluded_count', models.PositiveIntegerField()),
                ('chosen', models.PositiveSmallIntegerField(help_text='The number that the data choose; 1 if they do not divide.')),
                ('evidence', models.FloatField()),
                ('needed_evidence', models.FloatField()),
                ('numbers', models.JSONField()),
                ('collection', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='preview', to='clusters.collection')),
                ('compared_run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='clusters.run')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='PreviewPlot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clusters', models.PositiveSmallIntegerField()),
                ('png', models.BinaryField()),
                ('preview', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='plots', to='clusters.preview')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('preview', 'clusters'), name='preview_plot_once')],
            },
        ),
    ]
