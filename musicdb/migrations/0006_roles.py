from django.db import migrations

from musicdb.db.roles import CURATOR, EDITOR, granting, revoking

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
# To change an import is to undo it.
WORK = {**CATALOGUE, "import": ["add", "change", "view"]}
GRANTS = {
    EDITOR: WORK,
    CURATOR: {**WORK, **{model: [*ALL, "merge"] for model in ("genre", "artist", "label")}},
}


class Migration(migrations.Migration):

    dependencies = [
        ('musicdb', '0005_history'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='artist',
            options={'ordering': ['name', 'pk'], 'permissions': [('merge_artist', 'Can merge artists')]},
        ),
        migrations.AlterModelOptions(
            name='genre',
            options={'ordering': ['name'], 'permissions': [('merge_genre', 'Can merge genres')]},
        ),
        migrations.AlterModelOptions(
            name='label',
            options={'ordering': ['name'], 'permissions': [('merge_label', 'Can merge labels')]},
        ),
        migrations.RunPython(granting('musicdb', GRANTS, found=True), revoking('musicdb', GRANTS)),
    ]
