"""Possible duplicates: pages that suggest them, with buttons to dismiss a suggestion and to restore it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.utils import model_ngettext
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from musicdb.admin.base import is_valid_pk
from musicdb.editing import (
    GroupTooLargeError,
    ReviewedGroups,
    dismiss,
    duplicate_tracks,
    genres_with_same_tracks,
    restore,
    review_groups,
    tracks_sharing_features,
    tracks_sharing_isrc,
)
from musicdb.editing.alike import MIN_SHARED_PERCENT, MIN_SHARED_TRACKS
from musicdb.models import Genre, Track

GROUPS_A_PAGE = 50
# This query parameter shows the dismissed groups in place of the pending ones.
DISMISSED_PARAM = "dismissed"
# These show the tracks that share an ISRC, or all audio features, in place of those of the same artists and title.
ISRC_PARAM = "isrc"
FEATURES_PARAM = "features"
# And this one ticks all groups of the page.
TICKED_PARAM = "ticked"
# By the query parameter: the title of the page, and what finds its groups.
TRACK_GROUPS: dict[str, tuple[str, Callable[[], ReviewedGroups]]] = {
    "": ("Possible duplicate tracks", duplicate_tracks),
    ISRC_PARAM: ("Tracks that share an ISRC", tracks_sharing_isrc),
    FEATURES_PARAM: ("Tracks with copied audio features", tracks_sharing_features),
}


def duplicate_tracks_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show groups of tracks that are likely one recording, or share an ISRC or all features. On POST, dismiss one."""
    if not request.user.has_perm("musicdb.view_track"):
        raise PermissionDenied
    if request.method == "POST":
        return dismiss_or_restore(request, Track)
    kind = next((kind for kind in (ISRC_PARAM, FEATURES_PARAM) if kind in request.GET), "")
    title, find = TRACK_GROUPS[kind]
    review = review_context(request, find())
    keys = [key for group in review["page"] for key in group]
    tracks = {track.pk: track for track in Track.objects.with_table_columns().filter(pk__in=keys)}
    context = {
        **site.each_context(request),
        **review,
        "title": title,
        "shows_isrcs": kind == ISRC_PARAM,
        "shows_features": kind == FEATURES_PARAM,
        # A track of a group may have been deleted since the groups were read.
        "groups": [[tracks[key] for key in group if key in tracks] for group in review["page"]],
        "opts": Track._meta,
        "can_change": _can_dismiss(request, Track),
        "can_merge": _can_dismiss(request, Track) and request.user.has_perm("musicdb.merge_track"),
    }
    return TemplateResponse(request, "admin/musicdb/duplicate_tracks.html", context)


def same_genres_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show pairs of genres that hold the same tracks. On POST, dismiss or restore one. Four queries and the pairs'."""
    if not request.user.has_perm("musicdb.view_genre"):
        raise PermissionDenied
    if request.method == "POST":
        return dismiss_or_restore(request, Genre)
    found = {(pair.first, pair.second): pair for pair in genres_with_same_tracks()}
    review = review_context(request, review_groups(Genre, map(list, found)))
    genres = Genre.objects.in_bulk([key for group in review["page"] for key in group])
    context = {
        **site.each_context(request),
        **review,
        "title": "Genres that hold the same tracks",
        "groups": [
            ([genres[key] for key in group], found[group[0], group[1]])
            for group in review["page"]
            if genres.keys() >= set(group)
        ],
        "percent": MIN_SHARED_PERCENT,
        "least": MIN_SHARED_TRACKS,
        "opts": Genre._meta,
        "can_change": _can_dismiss(request, Genre),
        "can_merge": _can_dismiss(request, Genre) and request.user.has_perm("musicdb.merge_genre"),
    }
    return TemplateResponse(request, "admin/musicdb/same_genres.html", context)


def review_context(request: HttpRequest, groups: ReviewedGroups) -> dict[str, Any]:
    """Return a page of the pending or the dismissed groups, and how many there are of each."""
    shows_dismissed = DISMISSED_PARAM in request.GET
    shown = groups.dismissed if shows_dismissed else groups.pending
    return {
        "page": Paginator(shown, GROUPS_A_PAGE).get_page(request.GET.get("page")),
        "shows_dismissed": shows_dismissed,
        "pending_count": len(groups.pending),
        "dismissed_count": len(groups.dismissed),
        "is_ticked": TICKED_PARAM in request.GET,
    }


def dismiss_or_restore(request: HttpRequest, model: type[Model]) -> HttpResponse:
    """Dismiss the posted group, or restore it if the page shows dismissed groups. Then show the page again."""
    if not _can_dismiss(request, model):
        raise PermissionDenied
    keys = [int(key) for key in request.POST.getlist("id") if is_valid_pk(key)]
    try:
        if DISMISSED_PARAM in request.GET:
            number = restore(model, keys)
            message = f"Restored {number} {model_ngettext(model._meta, number)}. They are suggested again."
        else:
            number = dismiss(model, keys, request.user)
            message = f"Dismissed {number} {model_ngettext(model._meta, number)}. They are not suggested again."
    except GroupTooLargeError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, message)
    return HttpResponseRedirect(request.get_full_path())


def _can_dismiss(request: HttpRequest, model: type[Model]) -> bool:
    return request.user.has_perm(f"{model._meta.app_label}.{get_permission_codename('change', model._meta)}")
