"""The tracks that introduce a cluster have places, and each track has how surely it stands where it does."""

import musicdb.models.fields
from django.db import migrations, models


# Of runs that are stored already, the ten nearest introduce a cluster.
REPRESENTATIVES = 10


def give_places(apps, schema_editor):
    memberships = apps.get_model("clusters", "Membership").objects.using(schema_editor.connection.alias)
    memberships.filter(rank__lte=REPRESENTATIVES).update(place=models.F("rank"))


class Migration(migrations.Migration):

    dependencies = [
        ('clusters', '0008_undivided_runs'),
        ('musicdb', '0022_names_that_look_alike_are_one'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='more_releases',
            field=models.PositiveIntegerField(default=0, help_text='How many other tracks of the cluster are the same recording; known with a place.'),
        ),
        migrations.AddField(
            model_name='membership',
            name='place',
            field=models.PositiveSmallIntegerField(help_text='Among the tracks that introduce the cluster, the nearest first; blank for all others.', null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='sureness',
            field=musicdb.models.fields.FiniteFloatField(help_text='How many of the refits keep the track in its cluster, from 0 to 1; unknown for older runs and for a single cluster.', null=True),
        ),
        migrations.RunPython(give_places, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('place__isnull', False)), fields=('cluster', 'place'), name='membership_place_once_per_cluster'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('sureness__isnull', True), ('sureness__range', (0.0, 1.0)), _connector='OR'), name='membership_sureness_range'),
        ),
    ]
