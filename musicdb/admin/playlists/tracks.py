"""The page of a playlist's tracks: a page of entries at a time, so that 3,000 of them are as easy to edit as 30."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.timezone import localdate

from musicdb.admin.base import current_user, is_valid_pk
from musicdb.admin.exports.downloads import permissions_to_view, send
from musicdb.admin.exports.work import Export
from musicdb.admin.playlists.forms import AddTracksForm
from musicdb.editing import PlaylistChangedError, PlaylistError, add_tracks, edit_entries, seen_order
from musicdb.models import Playlist, PlaylistEntry, Track
from musicdb.models.querysets import rows_with
from musicdb.search import tracks_of

ROWS_A_PAGE = 100
# A longer number is no place in any playlist.
MAX_DIGITS = 7
# File systems take 255 bytes, with the date and the ending.
MAX_FILE_NAME = 200


@dataclass(frozen=True)
class Line:
    """A track at its number. ``place`` is what the box of its place shows, and ``is_removed`` the other box."""

    number: int
    row: Any
    track: Track
    place: int
    is_removed: bool


class TracksPage:
    """Shows the tracks of a playlist. On POST, adds some, or removes and moves those of the page."""

    def __init__(self, model_admin: Any) -> None:
        self._admin = model_admin

    def __call__(self, request: HttpRequest, key: int) -> HttpResponse:
        playlist = get_object_or_404(Playlist, pk=key)
        if not self._admin.has_view_permission(request, playlist):
            raise PermissionDenied
        may_change = self._admin.has_change_permission(request, playlist)
        can_change = may_change and not playlist.has_rule
        form = AddTracksForm()
        if request.method == "POST":
            # Where somebody has given it a rule since, the edit itself says so.
            if not may_change:
                raise PermissionDenied
            form = AddTracksForm(request.POST) if "add" in request.POST else form
            try:
                if self._edit(request, playlist, form):
                    return HttpResponseRedirect(request.get_full_path())
            except PlaylistChangedError as error:
                return self._show(request, playlist, form, can_change, error)
        return self._show(request, playlist, form, can_change)

    def _edit(self, request: HttpRequest, playlist: Playlist, form: AddTracksForm) -> bool:
        """Do what was sent, and return whether it was done. Raises PlaylistChangedError."""
        user = current_user(request)
        try:
            if form.is_bound:
                if not form.is_valid():
                    return False
                tracks = form.cleaned_data["tracks"]
                add_tracks(playlist, tracks, user, form.cleaned_data["place"])
                done = f"Added {len(tracks)} track{'s' if len(tracks) > 1 else ''}."
            else:
                removed, places = _posted(request)
                changed = edit_entries(playlist, removed, places, user, request.POST.get("seen", ""))
                done = "The playlist was changed." if changed else "Nothing was changed."
        except PlaylistChangedError:
            raise
        except PlaylistError as error:
            self._admin.message_user(request, str(error), messages.ERROR)
            return True
        self._admin.log_change(request, playlist, done)
        self._admin.message_user(request, done, messages.SUCCESS)
        return True

    def _show(
        self,
        request: HttpRequest,
        playlist: Playlist,
        form: AddTracksForm,
        can_change: bool,
        changed: PlaylistChangedError | None = None,
    ) -> HttpResponse:
        """Show a page of tracks. With ``changed`` what was typed stays in it, beside what others have changed."""
        # Before the rows, so that a change in between counts as one that was not seen.
        seen = seen_order(playlist)
        rows: Any = tracks_of(playlist).select_related("album").prefetch_related(*_artists())
        if not playlist.has_rule:
            entries = PlaylistEntry.objects.filter(playlist=playlist).order_by("position")
            rows = entries.select_related("track__album").prefetch_related(*_artists("track__"))
        page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
        numbered = list(enumerate(page, start=page.start_index()))
        removed, places = _posted(request) if changed else (set(), {})
        if typed := (removed | places.keys()) - {row.pk for _, row in numbered}:
            # What others did has put them on another page.
            numbered += [(row.position + 1, row) for row in rows.filter(pk__in=typed)]
        lines = [
            Line(
                number,
                row,
                row.track if isinstance(row, PlaylistEntry) else row,
                places.get(row.pk, number),
                row.pk in removed,
            )
            for number, row in numbered
        ]
        context = {
            **self._admin.admin_site.each_context(request),
            "opts": self._admin.opts,
            "title": f"Tracks of {playlist}",
            "media": self._admin.media + form.media,
            "playlist": playlist,
            "lines": lines,
            "seen": seen,
            "changed": changed,
            "page_obj": page,
            "form": form,
            "can_change": can_change,
        }
        return TemplateResponse(request, "admin/musicdb/playlist/tracks.html", context)


def _artists(prefix: str = "") -> Any:
    return [rows_with(Track, "track_artists", "artist", prefix)]


def _posted(request: HttpRequest) -> tuple[set[int], dict[int, int]]:
    """Return the keys of the entries to remove, and the new places of those to move."""
    removed = {int(key) for key in request.POST.getlist("remove") if is_valid_pk(key)}
    places = {}
    for name, typed in request.POST.items():
        key, place = name.removeprefix("place-"), str(typed).strip()
        is_place = name.startswith("place-") and is_valid_pk(key) and place.isascii() and place.isdigit()
        if is_place and place != request.POST.get(f"was-{key}"):
            places[int(key)] = int(place[:MAX_DIGITS])
    return removed, places


def tracks_csv(model_admin: Any) -> Callable[..., HttpResponseBase]:
    """Return the view that exports a playlist as CSV."""

    def view(request: HttpRequest, key: int) -> HttpResponseBase:
        playlist = get_object_or_404(Playlist, pk=key)
        if not model_admin.has_view_permission(request, playlist):
            raise PermissionDenied
        export = Export(
            f"{playlist.slug[:MAX_FILE_NAME]}-{localdate()}.csv",
            tracks_of(playlist).count(),
            permissions_to_view(request, playlist._meta),
            "playlist",
            {"playlist": playlist.pk},
        )
        return send(request, export, reverse("admin:musicdb_playlist_tracks", args=[key]))

    return view
