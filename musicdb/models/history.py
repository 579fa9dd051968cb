"""The tables of the history: what a version keeps beyond the columns of its row.

The models only declare these tables. ``musicdb.history`` writes and reads them.
"""

import json
from typing import Any

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from musicdb.models.name_keys import KeyField

CREATED, CHANGED, DELETED = "+", "~", "-"


class ChangeType(models.TextChoices):
    """By what kind of change a version came about."""

    EDIT = "edit", "edit"
    ACTION = "action", "list action"
    IMPORT = "import", "import"
    UNDO = "undo", "undo of an import"
    MERGE = "merge", "merge"
    UNMERGE = "unmerge", "undo of a merge"
    SPLIT = "split", "split"
    DELETION = "deletion", "deletion"
    REVERT = "revert", "revert"
    RESTORE = "restore", "restored"
    # The state before a change, where no version states it: nothing had changed the row yet, or something that keeps
    # no history had.
    BASELINE = "baseline", "before the first recorded change"
    PROGRAM = "program", "by a program"


class Version(models.Model):
    """A row as it was after a change or, for type "-", as it was before it was deleted."""

    change_type = models.CharField(max_length=8, choices=ChangeType)
    # The index on the versions that imports wrote serves it; see ``Versions``.
    source_import = models.ForeignKey(
        "musicdb.Import", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    # The index on the versions of changes of many rows serves it.
    grouped_change = models.ForeignKey(
        "musicdb.GroupedChange", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )

    class Meta:
        abstract = True


class UnescapedEncoder(json.JSONEncoder):
    """JSON as the databases write it: "ë" is a letter and not an escape."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "ensure_ascii": False})


class AliasedVersion(Version):
    """``aliases`` are the aliases of the row, each with its columns."""

    aliases = models.JSONField("aliases", default=list, encoder=UnescapedEncoder)

    class Meta:
        abstract = True


class GenreVersion(AliasedVersion):
    """``tracks`` are the keys of the tracks that lost the genre when it was deleted."""

    tracks = models.JSONField(null=True)

    class Meta:
        abstract = True


class AlbumVersion(AliasedVersion):
    """``labels`` are the keys of the labels, in order, and ``artists`` those of the album's artists."""

    labels = models.JSONField(default=list)
    artists = models.JSONField(default=list)

    class Meta:
        abstract = True


class TrackVersion(AliasedVersion):
    """``artists`` are the keys of the artists, in order, and ``genres`` those of the genres.

    ``playlists`` are the entries of playlists that were lost when the track was deleted.
    """

    artists = models.JSONField(default=list)
    genres = models.JSONField(default=list)
    playlists = models.JSONField(null=True)

    class Meta:
        abstract = True


class PlaylistVersion(AliasedVersion):
    """``tracks`` are the entries in order: each with the key of its track, when it was added and by whom."""

    tracks = models.JSONField("tracks", default=list, encoder=UnescapedEncoder)

    class Meta:
        abstract = True


class Versions(HistoricalRecords):
    """Declares the history table of a model. ``unindexed`` are the columns that need no index there."""

    def __init__(self, base: Any = AliasedVersion, unindexed: tuple[str, ...] = ()) -> None:
        super().__init__(
            bases=(base,),
            history_id_field=models.BigAutoField(),
            history_change_reason_field=models.TextField(default="", blank=True),
            no_db_index=["id", "slug", *unindexed],
        )

    def fields_included(self, model: Any) -> list[Any]:
        # The keys of a name follow from the name.
        return [field for field in super().fields_included(model) if not isinstance(field, KeyField)]

    def get_meta_options(self, model: Any) -> dict[str, Any]:
        name = model._meta.model_name
        return {
            **super().get_meta_options(model),
            # The permissions of a row hold for its history too.
            "default_permissions": (),
            # All versions of one change have the same time.
            "ordering": ["-history_id"],
            "indexes": [
                # Finds the last version of a row by itself. With an index on the row's key alone, PostgreSQL may
                # prefer to read all versions backwards until it meets the row.
                models.Index(fields=["id", "history_id"], name=f"{name}_version"),
                models.Index(fields=["id"], condition=Q(history_type=DELETED), name=f"{name}_deleted"),
                # What an import made and changed, without reading the versions.
                models.Index(
                    fields=["source_import", "change_type", "history_type", "id"],
                    condition=Q(source_import__isnull=False),
                    name=f"{name}_imported",
                ),
                # What a merge did, for its undo.
                models.Index(
                    fields=["grouped_change"],
                    condition=Q(grouped_change__isnull=False),
                    name=f"{name}_grouped",
                ),
            ],
        }

    def _get_history_user_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super()._get_history_user_fields()
        fields["history_user"].db_index = False
        return fields

    # The handlers that simple_history connects do nothing: musicdb.history.signals records instead.

    def post_save(self, instance: Any, created: bool, using: Any = None, **kwargs: Any) -> None:
        pass

    def pre_delete(self, instance: Any, **kwargs: Any) -> None:
        pass

    def post_delete(self, instance: Any, using: Any = None, **kwargs: Any) -> None:
        pass
