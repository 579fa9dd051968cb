"""Collections, which take the place of the clustering of genres."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

OWNERS = ("genre", "playlist", "artist", "label")


def owned_by(kind):
    return Q(kind=kind, **{f"{owner}__isnull": owner != kind for owner in OWNERS})


class Migration(migrations.Migration):

    dependencies = [
        ('clusters', '0003_cluster_search_key'),
        ('musicdb', '0020_edit_transfers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Collection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('library', 'Library'), ('genre', 'Genre'), ('playlist', 'Playlist'), ('artist', 'Artist'), ('label', 'Label')], editable=False, max_length=8)),
                *(
                    (owner, models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, to=f'musicdb.{owner}'))
                    for owner in OWNERS
                ),
                ('requires_review', models.BooleanField(default=False, help_text='A finished run is shown to visitors only when an editor publishes it.', verbose_name='runs wait for review')),
                ('clusters', models.PositiveSmallIntegerField(blank=True, help_text='Leave it empty to have the number chosen by how the tracks sound.', null=True, validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(20)], verbose_name='number of clusters')),
                ('is_off', models.BooleanField(default=False, help_text='It is left out when collections are reclustered. The run that it has stays.', verbose_name='not clustered')),
                ('next_number', models.PositiveIntegerField(default=1, editable=False, help_text='The first number that no cluster of the collection ever had.')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [
                    models.UniqueConstraint(condition=Q(('kind', 'library')), fields=('kind',), name='collection_one_library'),
                    models.CheckConstraint(condition=owned_by('library') | owned_by('genre') | owned_by('playlist') | owned_by('artist') | owned_by('label'), name='collection_owner_of_kind'),
                    models.CheckConstraint(condition=Q(('next_number__gte', 1)), name='collection_next_number_from_1'),
                    models.CheckConstraint(condition=Q(('clusters__isnull', True)) | Q(('clusters__range', (2, 20))), name='collection_clusters_range'),
                ],
            },
        ),
    ]
