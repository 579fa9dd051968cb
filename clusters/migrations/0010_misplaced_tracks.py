"""Tracks that sound unlike their genre and like another."""


import django.db.models.deletion
import musicdb.models.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clusters', '0009_songs_and_sureness'),
        ('musicdb', '0022_names_that_look_alike_are_one'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MisplacedTrack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('own_distance', musicdb.models.fields.FiniteFloatField(help_text='To the nearest cluster centre of its own genres, as a multiple of what is usual there.')),
                ('other_distance', musicdb.models.fields.FiniteFloatField(help_text='To the nearest one of the other genres, as a multiple of what is usual there.')),
                ('rate', musicdb.models.fields.FiniteFloatField(help_text='The share of the finds down to this one that chance alone gives, 0 to 1.')),
                ('is_dismissed', models.BooleanField(default=False, verbose_name='dismissed')),
                ('found_at', models.DateTimeField(verbose_name='found')),
                ('dismissed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('genre', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='musicdb.genre', verbose_name='is in')),
                ('sounds_like', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='musicdb.genre')),
                ('track', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='musicdb.track')),
            ],
            options={
                'verbose_name': 'track that sounds like another genre',
                'verbose_name_plural': 'tracks that sound like another genre',
                'ordering': ['pk'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('track', 'genre'), name='misplacedtrack_once_per_genre'), models.CheckConstraint(condition=models.Q(('rate__range', (0.0, 1.0))), name='misplacedtrack_rate_range')],
            },
        ),
    ]
