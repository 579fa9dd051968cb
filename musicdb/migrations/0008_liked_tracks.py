"""Index the liked tracks, by which a rule of the site decides who has a page."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('musicdb', '0007_playlists'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='track',
            index=models.Index(condition=models.Q(('liked', True)), fields=['album', 'id'], name='track_liked'),
        ),
    ]
