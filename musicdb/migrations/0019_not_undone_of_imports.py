import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('musicdb', '0018_joint_names_of_artists'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='notundone',
            name='notundone_one_change',
        ),
        migrations.RemoveField(
            model_name='notundone',
            name='grouped_change',
        ),
        migrations.AlterField(
            model_name='notundone',
            name='source_import',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='not_undone', to='musicdb.import'),
        ),
    ]
