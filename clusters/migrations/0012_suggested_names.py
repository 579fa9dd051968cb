"""The names that a run suggests for its clusters."""

import musicdb.models.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clusters', '0011_previews'),
    ]

    operations = [
        migrations.AddField(
            model_name='cluster',
            name='suggested_name',
            field=models.CharField(blank=True, help_text='What sets it apart; made by the run, blank if nothing does.', max_length=100),
        ),
        migrations.AlterField(
            model_name='cluster',
            name='name',
            field=musicdb.models.fields.NameField(blank=True, help_text='Your own name for it. If there is none, the suggested name is shown.', max_length=200),
        ),
    ]
