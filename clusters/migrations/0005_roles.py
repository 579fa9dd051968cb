from django.db import migrations

from musicdb.db.roles import CURATOR, EDITOR, granting, revoking

LOOK = {model: ["view"] for model in ("run", "cluster", "membership", "leftout", "genreclustering")}
GRANTS = {
    EDITOR: LOOK,
    CURATOR: {
        **LOOK,
        # To add a run is to recluster, to change one is to publish it or take it from the site.
        "run": ["add", "change", "delete", "view"],
        "cluster": ["change", "view"],
        "genreclustering": ["add", "change", "view"],
    },
}


class Migration(migrations.Migration):

    dependencies = [
        ('clusters', '0004_reclustering'),
        ('musicdb', '0006_roles'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.RunPython(granting('clusters', GRANTS), revoking('clusters', GRANTS)),
    ]
