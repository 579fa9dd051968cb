"""The page of a transfer: how far it is, what to do where it stopped, and what came of it. And the list of them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from musicdb.admin.base import current_user
from musicdb.admin.edits import after_edit
from musicdb.admin.undo import after_undo
from musicdb.imports.uploads import is_stored
from musicdb.models import Transfer
from musicdb.transfers import Report, TooManyTransfersError, TransferFiles, again, cancel, settle, start_here

Kind, State = Transfer.Kind, Transfer.State
REFRESH_SECONDS = 2
# A process begins within a few seconds. After so many, its user may start another.
SECONDS_TO_BEGIN = 10
MAX_LISTED = 20
VIEW_IMPORTS = "musicdb.view_import"


def transfer_url(transfer: Transfer) -> str:
    return reverse("admin:transfer", args=[transfer.pk])


@dataclass(frozen=True)
class Progress:
    """A transfer as its page shows it."""

    transfer: Transfer
    report: Report | None = None
    is_being_cancelled: bool = False
    other_import: Transfer | None = None

    @classmethod
    def of(cls, transfer: Transfer) -> "Progress":
        if transfer.is_finished:
            return cls(transfer)
        files = TransferFiles(transfer.pk)
        other = None
        if transfer.kind in Transfer.WRITING:
            running = Transfer.objects.filter(kind__in=Transfer.WRITING, state=State.RUNNING, pk__lt=transfer.pk)
            other = running.select_related("user").order_by("pk").first()
        return cls(transfer, Report.read(files.progress), files.cancelled.exists(), other)

    @property
    def summary(self) -> str:
        """How far it is, or how it ended, in a sentence or two."""
        transfer = self.transfer
        if self.is_being_cancelled:
            return "Being cancelled."
        if transfer.state == State.WAITING:
            return "Waiting to begin."
        if transfer.state == State.RUNNING:
            return f"{str(self.report or 'Beginning').rstrip('.')}."
        if transfer.state == State.DONE:
            return f"{transfer.name} is ready: {filesizeformat(TransferFiles(transfer.pk).size)}."
        return transfer.message if transfer.state == State.FAILED else f"Cancelled. {transfer.message}"

    @property
    def percent(self) -> int | None:
        """How much of the stage that is under way is done, if that is known."""
        return round(100 * self.report.done / self.report.total) if self.report and self.report.total else None

    @property
    def hint(self) -> str:
        """What the user should know while it is under way, else empty."""
        if self.begins_late:
            return "Nothing has taken it up yet. Workers may be busy, or not share the site’s folder of uploads."
        if self.other_import:
            return f"The {str(self.other_import).lower()} by {self.other_import.user} comes first."
        return "" if self.transfer.is_finished else "You can leave this page. The admin’s first page leads back to it."

    @property
    def begins_late(self) -> bool:
        late = timezone.now() - self.transfer.created_at > timedelta(seconds=SECONDS_TO_BEGIN)
        return self.transfer.state == State.WAITING and late and not TransferFiles(self.transfer.pk).is_locked

    @property
    def can_be_cancelled(self) -> bool:
        # A process that was told and has died before it began must not keep its user from doing so once more.
        return not self.is_being_cancelled or self.begins_late

    @property
    def refresh_seconds(self) -> int | None:
        return None if self.transfer.is_finished else REFRESH_SECONDS


def transfer_page(site: AdminSite, request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a transfer is. Where it is done, lead to what came of it."""
    transfer = settle(_shown(request, pk))
    is_own = transfer.user_id == current_user(request).pk
    if transfer.state == State.DONE and transfer.kind != Kind.EXPORT:
        return _to_result(request, transfer)
    progress = Progress.of(transfer)
    files = TransferFiles(pk)
    context = {
        **site.each_context(request),
        "title": str(transfer),
        "transfer": transfer,
        "progress": progress,
        "can_cancel": is_own and not transfer.is_finished and progress.can_be_cancelled,
        "can_start": is_own and progress.begins_late,
        "can_repeat": is_own and _can_repeat(transfer),
        "has_file": is_own and transfer.state == State.DONE and files.result.exists(),
    }
    response = TemplateResponse(request, "admin/musicdb/transfer.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _to_result(request: HttpRequest, transfer: Transfer) -> HttpResponse:
    if transfer.kind in (Kind.EDIT, Kind.UNDO_EDIT):
        return after_edit(request, transfer)
    if transfer.kind == Kind.UNDO_PREVIEW:
        page = reverse("admin:musicdb_import_undo", args=[transfer.asked["import"]])
        return HttpResponseRedirect(f"{page}?preview={transfer.pk}")
    if transfer.kind == Kind.UNDO and transfer.record:
        return after_undo(request, transfer.record, transfer.message)
    if transfer.record:
        if transfer.message:
            messages.success(request, transfer.message)
        return HttpResponseRedirect(reverse("admin:musicdb_import_change", args=[transfer.record.pk]))
    if transfer.message:
        messages.warning(request, transfer.message)
    return HttpResponseRedirect(reverse("admin:musicdb_import_preview", args=[transfer.pk]))


def cancel_page(site: AdminSite, request: HttpRequest, pk: int) -> HttpResponse:
    transfer = own_transfer(request, pk)
    cancel(transfer)
    return HttpResponseRedirect(transfer_url(transfer))


def start_page(site: AdminSite, request: HttpRequest, pk: int) -> HttpResponse:
    """Start a transfer that waits for a worker in a process of the site."""
    transfer = own_transfer(request, pk)
    if transfer.state == State.WAITING:
        start_here(transfer)
    return HttpResponseRedirect(transfer_url(transfer))


def again_page(site: AdminSite, request: HttpRequest, pk: int) -> HttpResponse:
    transfer = own_transfer(request, pk)
    if not _can_repeat(transfer):
        messages.error(request, "This cannot be started again from here. Ask for it anew.")
        return HttpResponseRedirect(transfer_url(transfer))
    return start_or_say_why(request, lambda: again(transfer), transfer_url(transfer))


def file_page(site: AdminSite, request: HttpRequest, pk: int) -> FileResponse:
    """Send an exported file to the user who asked for it."""
    transfer = own_transfer(request, pk)
    if transfer.kind != Kind.EXPORT or transfer.state != State.DONE:
        raise Http404("Nothing was exported here.")
    try:
        file = TransferFiles(pk).result.open("rb")
    except FileNotFoundError:
        raise Http404("This file is too old and has been deleted. Export it again.") from None
    return FileResponse(file, as_attachment=True, filename=transfer.name)


def start_or_say_why(request: HttpRequest, begin: Callable[[], Transfer], back: str) -> HttpResponse:
    """Start a transfer and lead to its page; else lead ``back`` with the reason why it did not start."""
    try:
        return HttpResponseRedirect(transfer_url(begin()))
    except TooManyTransfersError as error:
        messages.error(request, str(error))
    except OSError as error:
        messages.error(request, f"The server cannot write to its folder of uploads ({error.strerror}).")
    return HttpResponseRedirect(back)


def _can_repeat(transfer: Transfer) -> bool:
    """Return whether ``transfer`` came to no end, and what it needs is still there: its upload, or its rows."""
    has_given = "given" not in transfer.asked or TransferFiles(transfer.pk).given.exists()
    has_upload = not transfer.upload or is_stored(transfer.upload)
    return transfer.state in (State.FAILED, State.CANCELLED) and has_given and has_upload


def own_transfer(request: HttpRequest, pk: int) -> Transfer:
    """Return a transfer of the user, who still has the permissions that it needs. Raises Http404, PermissionDenied."""
    user = current_user(request)
    transfer = get_object_or_404(Transfer.objects.select_related("user", "record"), pk=pk, user=user)
    if not user.has_perms(transfer.permissions):
        raise PermissionDenied
    return transfer


def _shown(request: HttpRequest, pk: int) -> Transfer:
    """Return a transfer that the user may look at: an own one, or an import or undo of somebody else."""
    user = current_user(request)
    others: QuerySet[Transfer] = Transfer.objects.exclude(user=user).filter(kind__in=Transfer.WRITING)
    if user.has_perm(VIEW_IMPORTS) and (other := others.select_related("user", "record").filter(pk=pk).first()):
        return other
    return own_transfer(request, pk)


# --- The list -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """A line of the list: a link to a transfer, and how it is."""

    text: str
    url: str
    note: str


def listed_transfers(request: HttpRequest) -> list[Listed]:
    """Return the transfers that are under way, failed, or ready for their user, the newest first. One query."""
    user = current_user(request)
    found: dict[tuple[str, str, int], Transfer] = {}
    for transfer in Transfer.objects.listed_for(user)[:MAX_LISTED]:
        # Of several for one file, the newest. Two exports of one name may have different rows.
        about = json.dumps(transfer.asked) if transfer.kind == Kind.EXPORT else transfer.name
        found.setdefault((transfer.kind, about, transfer.user_id), settle(transfer))
    return list(_listed(found.values(), user.pk))


def _listed(transfers: Any, user: int) -> Iterator[Listed]:
    for transfer in transfers:
        by = "" if transfer.user_id == user else f", by {transfer.user}"
        note = ""
        if not transfer.is_finished:
            note = Progress.of(transfer).summary
        elif transfer.state == State.FAILED:
            note = "failed"
        elif transfer.state == State.DONE and _has_result(transfer):
            note = "ready"
            if transfer.kind == Kind.EXPORT and transfer.finished_at:
                # It may be one of several of that name.
                note += f" since {time_format(localtime(transfer.finished_at), 'H:i')}"
        if note:
            yield Listed(str(transfer), transfer_url(transfer), f"{note.rstrip('.')}{by}")


def _has_result(transfer: Transfer) -> bool:
    """Return whether something waits for its user: a preview that is not confirmed yet, or an exported file."""
    is_open = transfer.kind in (Kind.EXPORT, Kind.UNDO_PREVIEW) or is_stored(transfer.upload)
    return is_open and not transfer.record_id and TransferFiles(transfer.pk).result.exists()


def transfer_urls(site: Any) -> list[Any]:
    """Return the addresses of the pages of transfers."""

    def wrapped(page: Callable[..., Any]) -> Callable[..., Any]:
        return site.admin_view(lambda request, pk: page(site, request, pk))  # type: ignore[no-any-return]

    return [
        path("transfers/<int:pk>/", wrapped(transfer_page), name="transfer"),
        path("transfers/<int:pk>/cancel/", require_POST(wrapped(cancel_page)), name="transfer_cancel"),
        path("transfers/<int:pk>/start/", require_POST(wrapped(start_page)), name="transfer_start"),
        path("transfers/<int:pk>/again/", require_POST(wrapped(again_page)), name="transfer_again"),
        path("transfers/<int:pk>/file/", wrapped(file_page), name="transfer_file"),
    ]
