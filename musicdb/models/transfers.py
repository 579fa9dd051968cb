"""Work of the admin that a process of its own does, because a request would take too long."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from musicdb.models.imports import Import


class TransferQuerySet(models.QuerySet["Transfer"]):
    def unfinished(self) -> Self:
        return self.filter(state__in=Transfer.UNFINISHED)

    def listed_for(self, user: AbstractUser) -> Self:
        """Those of ``user``, and what others import and undo now, for which theirs would have to wait."""
        others = Q(kind__in=Transfer.WRITING, state__in=Transfer.UNFINISHED)
        shown = Q(user=user) | others if user.has_perm("musicdb.view_import") else Q(user=user)
        return self.filter(shown).select_related("user", "record")


class Transfer(models.Model):
    """A preview, an import, an export, an edit of many rows, or an undo.

    ``asked`` is what was asked for, as the code that does this kind of work understands it. ``upload`` is the stored
    file of an import. ``permissions`` are those that its user needs to see it. How far it is, and what comes of it, is
    in files beside the uploads: while an import writes to SQLite, nothing else can be written there.
    """

    class Kind(models.TextChoices):
        PREVIEW = "preview"
        IMPORT = "import"
        EXPORT = "export"
        UNDO = "undo"
        UNDO_PREVIEW = "undo_preview", "Preview of the undo"
        EDIT = "edit"
        UNDO_EDIT = "undo_edit", "Undo"

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    UNFINISHED = (State.WAITING, State.RUNNING)
    # One of these at a time changes the library. The others wait.
    WRITING = (Kind.IMPORT, Kind.UNDO)
    OF_IMPORTS = (*WRITING, Kind.PREVIEW, Kind.UNDO_PREVIEW)

    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=300, help_text="The file that is imported or exported, or what is edited.")
    asked = models.JSONField(default=dict)
    upload = models.CharField(max_length=100, blank=True)
    permissions = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    message = models.TextField(blank=True, help_text="What its user should know about the result.")
    record = models.ForeignKey(Import, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        # Each names the permissions that it needs.
        default_permissions = ()
        constraints = [
            # However often somebody clicks, a file is imported once.
            models.UniqueConstraint(
                fields=["upload"],
                condition=Q(kind="import", state__in=("waiting", "running")),
                name="transfer_one_import_an_upload",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.name}"

    @property
    def nothing_done(self) -> str:
        """What its user should know where it did not come to its end."""
        return "No file was written." if self.kind == self.Kind.EXPORT else "Nothing was changed."

    @property
    def is_of_import(self) -> bool:
        return self.kind in self.OF_IMPORTS

    @property
    def is_finished(self) -> bool:
        return self.state not in self.UNFINISHED
