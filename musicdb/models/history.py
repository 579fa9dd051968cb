"""What a version keeps beyond the columns of its row: how it came about, and what hung on the row."""

import json
from typing import Any

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

CREATED, CHANGED, DELETED = "+", "~", "-"


class ChangeType(models.TextChoices):
    """By what kind of act a version came about."""

    EDIT = "edit", "edit"
    ACTION = "action", "list action"
    IMPORT = "import", "import"
    UNDO = "undo", "undo of an import"
    MERGE = "merge", "merge"
    DELETION = "deletion", "deletion"
    REVERT = "revert", "revert"
    RESTORE = "restore", "restored"
    # Before an act: what no version says yet, because nothing had changed it, or something that keeps no history.
    BASELINE = "baseline", "before the first recorded change"
    PROGRAM = "program", "by a program"


class Version(models.Model):
    """A row as it was after an act, or, of type "-", as it was before it was deleted."""

    change_type = models.CharField(max_length=8, choices=ChangeType)
    # No index: an import is never deleted by the site.
    source_import = models.ForeignKey(
        "musicdb.Import", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )

    class Meta:
        abstract = True


class UnescapedEncoder(json.JSONEncoder):
    """JSON as a database writes it: "ë" is a letter like any other."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "ensure_ascii": False})


class AliasedVersion(Version):
    """``aliases``: the other spellings, each with its columns."""

    aliases = models.JSONField("other spellings", default=list, encoder=UnescapedEncoder)

    class Meta:
        abstract = True


class GenreVersion(AliasedVersion):
    """``tracks``: of a genre that was deleted, the keys of the tracks that lost it."""

    tracks = models.JSONField(null=True)

    class Meta:
        abstract = True


class AlbumVersion(Version):
    """``labels``: their keys, in order."""

    labels = models.JSONField(default=list)

    class Meta:
        abstract = True


class TrackVersion(Version):
    """``artists``: their keys, in order. ``genres``: theirs."""

    artists = models.JSONField(default=list)
    genres = models.JSONField(default=list)

    class Meta:
        abstract = True


class Versions(HistoricalRecords):
    """The history of a model, in a table with one index, for looking up a row.

    What saves or deletes a single row outside the admin is recorded by signals; whoever writes many rows, or rows
    that hang on others, does so by ``musicdb.history.record``, and pauses the signals.
    """

    def __init__(self, base: Any = AliasedVersion, unindexed: tuple[str, ...] = ()) -> None:
        super().__init__(
            bases=(base,),
            history_id_field=models.BigAutoField(),
            history_change_reason_field=models.TextField(default="", blank=True),
            no_db_index=["slug", *unindexed],
        )

    def finalize(self, sender: Any, **kwargs: Any) -> None:
        super().finalize(sender, **kwargs)
        if self.cls is sender:
            models.signals.pre_save.connect(self.pre_save, sender=sender, weak=False)

    def get_meta_options(self, model: Any) -> dict[str, Any]:
        return {
            **super().get_meta_options(model),
            # Whoever may see or change a row may see or change its history.
            "default_permissions": (),
            # Versions of one act have one time.
            "ordering": ["-history_id"],
            "indexes": [
                models.Index(
                    fields=["id"],
                    condition=Q(history_type=DELETED),
                    name=f"{model._meta.model_name}_deleted",
                )
            ],
        }

    def _get_history_user_fields(self) -> dict[str, Any]:
        fields = super()._get_history_user_fields()
        fields["history_user"].db_index = False
        return fields

    # What records is asked for late: it knows the models, and they are made here.

    def pre_save(self, instance: Any, raw: bool = False, **kwargs: Any) -> None:
        from musicdb import history

        if not raw and instance.pk and not instance._state.adding and history.signals_enabled():
            history.baseline(type(instance), [instance.pk])

    def post_save(self, instance: Any, created: bool, using: Any = None, raw: bool = False, **kwargs: Any) -> None:
        from musicdb import history

        if not raw and history.signals_enabled():
            write = history.record_creates if created else history.record_updates
            write(type(instance), [instance.pk], self._change(instance, ChangeType.PROGRAM))

    def pre_delete(self, instance: Any, **kwargs: Any) -> None:
        from musicdb import history

        if history.signals_enabled():
            change = self._change(instance, ChangeType.DELETION)
            instance._losing = history.record_deletes(type(instance), [instance.pk], change)

    def post_delete(self, instance: Any, using: Any = None, **kwargs: Any) -> None:
        if (losing := instance.__dict__.pop("_losing", None)) is not None:
            losing.record()

    def _change(self, instance: Any, kind: ChangeType) -> Any:
        from musicdb import history

        return history.Change(kind, self.get_history_user(instance))
