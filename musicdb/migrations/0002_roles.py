"""Create the roles editor and curator, and grant them what they need of the catalogue."""

from django.db import migrations

from musicdb.db.roles import CURATOR, EDITOR, grant, revoke

ALL = ["add", "change", "delete", "view"]
CATALOGUE = {
    model: ALL
    for model in (
        "genre",
        "artist",
        "label",
        "album",
        "track",
        "albumlabel",
        "trackartist",
        "genrealias",
        "artistalias",
        "labelalias",
    )
}
WORK = {
    **CATALOGUE,
    # "change" on an import is the permission to undo it.
    "import": ["add", "change", "view"],
    "savedfilter": ALL,
}
GRANTS = {
    EDITOR: WORK,
    CURATOR: {
        **WORK,
        **{model: [*ALL, "merge"] for model in ("genre", "artist", "label")},
        "savedfilter": [*ALL, "share"],
    },
}


class Migration(migrations.Migration):

    dependencies = [
        ('musicdb', '0001_initial'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.RunPython(grant('musicdb', GRANTS, create_groups=True), revoke('musicdb', GRANTS)),
    ]
