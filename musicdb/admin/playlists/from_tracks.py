"""Playlists from the list of tracks: of the selected tracks, or by a rule that finds what the list's filters find."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import model_ngettext
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from musicdb.admin.base import CatalogueAdmin, M, current_user
from musicdb.admin.changelist.selection import selection_fields
from musicdb.admin.html import link_to
from musicdb.admin.playlists.forms import BY_RULE, NewPlaylistForm
from musicdb.editing import PlaylistError, add_tracks, create_playlist

# The filters of the list that a rule has too: by parameter and value, the parameter and the value of the rule. An empty
# value stands for any.
_RULES = {
    ("genre", ""): ("genre", ""),
    ("liked__exact", "1"): ("liked", "true"),
    ("liked__exact", "0"): ("liked", "false"),
    ("features", "none"): ("has_features", "false"),
}
# These say how a list is shown, not which rows it has.
_NOT_FILTERS = {"o", "p", "all", "e", "_facets", "_popup", "_to_field"}
_NAMES = {"q": "search", "gap": "missing", "features": "audio features", "album__isempty": "album"}


class PlaylistMaker(CatalogueAdmin[M]):
    """The list of tracks, with an action that makes a playlist of the selected ones, and a button that makes a rule."""

    change_list_template = "admin/musicdb/playlist/track_list.html"

    def has_make_playlist_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(["musicdb.add_playlist", "musicdb.change_playlist"])

    @admin.action(description="Playlist of selected %(verbose_name_plural)s …", permissions=["make_playlist"])
    def make_playlist(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask for a name, or for a playlist to add the tracks to. If that was sent, do so, in the order of the list."""
        form = NewPlaylistForm(request.POST if "apply" in request.POST else None)
        if form.is_bound and form.is_valid():
            keys = list(queryset.values_list("pk", flat=True))
            user, playlist = current_user(request), form.cleaned_data["playlist"]
            try:
                if playlist is None:
                    playlist = create_playlist(form.cleaned_data["name"], keys, user)
                else:
                    add_tracks(playlist, keys, user)
            except PlaylistError as error:
                form.add_error(None, str(error))
            else:
                added = f"{len(keys):,} {model_ngettext(self.opts, len(keys))}"
                message = format_html("Added {} to {}.", added, link_to(playlist))
                self.message_user(request, message, messages.SUCCESS)
                return None
        number = queryset.count()
        context = {
            **self._context(request, f"Playlist of {number:,} {model_ngettext(self.opts, number)}"),
            "media": self.media + form.media,
            "form": form,
            "number": number,
            "hidden": selection_fields(request, "make_playlist"),
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/musicdb/playlist/from_tracks.html", context)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        extra = {**(extra_context or {})}
        if self.has_make_playlist_permission(request):
            extra["playlist_by_rule_url"] = rule_url(request.GET)
        return super().changelist_view(request, extra)


def rule_url(filters: QueryDict) -> str:
    """Return the address of a new playlist whose rule finds what ``filters`` of the list find, or "" without any."""
    asked = {name: str(value) for name, value in filters.dict().items() if value and name not in _NOT_FILTERS}
    query = {}
    for name, value in asked.items():
        rule = _RULES.get((name, value)) or _RULES.get((name, ""))
        if rule:
            query[f"rule_{rule[0]}"] = rule[1] or value
    if not asked:
        return ""
    left_out = [_NAMES.get(name, name) for name, value in asked.items() if not {(name, value), (name, "")} & {*_RULES}]
    more = {"ignored": ", ".join(left_out)} if left_out else {}
    return reverse("admin:musicdb_playlist_add", query={"kind": BY_RULE, **query, **more})
