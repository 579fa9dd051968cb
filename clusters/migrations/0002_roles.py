"""Grant the roles editor and curator what they need of the clusters."""

from django.db import migrations

from musicdb.db.roles import CURATOR, EDITOR, grant, revoke

VIEW = {model: ["view"] for model in ("run", "cluster", "membership", "excludedtrack", "genreclustering")}
GRANTS = {
    EDITOR: VIEW,
    CURATOR: {
        **VIEW,
        # "add" on a run is the permission to recluster, "change" to publish it or take it from the site.
        "run": ["add", "change", "delete", "view"],
        "cluster": ["change", "view"],
        "genreclustering": ["add", "change", "view"],
    },
}


class Migration(migrations.Migration):

    dependencies = [
        ('clusters', '0001_initial'),
        ('musicdb', '0002_roles'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.RunPython(grant('clusters', GRANTS), revoke('clusters', GRANTS)),
    ]
