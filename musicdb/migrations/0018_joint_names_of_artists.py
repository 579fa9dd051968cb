"""Names that stand for several artists. Versions state every column of an alias, so the stored ones get it too."""

from typing import Any

from django.db import migrations, models

BATCH = 500


def _rewrite(apps: Any, change: Any) -> None:
    versions = apps.get_model("musicdb", "HistoricalArtist").objects
    keys = list(versions.exclude(aliases=[]).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        rows = list(versions.filter(pk__in=keys[start : start + BATCH]))
        for row in rows:
            row.aliases = [change(alias) for alias in row.aliases]
        versions.bulk_update(rows, ["aliases"])


def add_to_versions(apps: Any, schema_editor: Any) -> None:
    # At the end, as the table has it: SQLite compares the text.
    _rewrite(apps, lambda alias: {**alias, "joint_position": None})


def take_from_versions(apps: Any, schema_editor: Any) -> None:
    _rewrite(apps, lambda alias: {name: value for name, value in alias.items() if name != "joint_position"})


class Migration(migrations.Migration):
    dependencies = [("musicdb", "0017_undo_transfers")]

    operations = [
        migrations.AddField(
            model_name="artistalias",
            name="joint_position",
            field=models.PositiveSmallIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="artistalias",
            index=models.Index(
                condition=models.Q(("joint_position__isnull", False)),
                fields=["name_key", "joint_position"],
                name="artistalias_joint",
            ),
        ),
        migrations.RunPython(add_to_versions, take_from_versions),
    ]
