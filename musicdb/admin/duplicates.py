"""Possible duplicates: pages that suggest them, with buttons to dismiss a suggestion and to restore it."""

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
from musicdb.editing import GroupTooLargeError, ReviewedGroups, dismiss, duplicate_tracks, restore, tracks_sharing_isrc
from musicdb.models import Track

GROUPS_A_PAGE = 50
# This query parameter shows the dismissed groups in place of the pending ones.
DISMISSED_PARAM = "dismissed"
# This one shows the tracks that share an ISRC in place of those of the same artists and title.
ISRC_PARAM = "isrc"
# And this one ticks all groups of the page.
TICKED_PARAM = "ticked"


def duplicate_tracks_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show groups of tracks that are likely one recording, or share an ISRC. On POST, dismiss or restore one."""
    if not request.user.has_perm("musicdb.view_track"):
        raise PermissionDenied
    if request.method == "POST":
        return dismiss_or_restore(request, Track)
    shows_isrcs = ISRC_PARAM in request.GET
    review = review_context(request, tracks_sharing_isrc() if shows_isrcs else duplicate_tracks())
    keys = [key for group in review["page"] for key in group]
    tracks = {track.pk: track for track in Track.objects.with_table_columns().filter(pk__in=keys)}
    context = {
        **site.each_context(request),
        **review,
        "title": "Tracks that share an ISRC" if shows_isrcs else "Possible duplicate tracks",
        "shows_isrcs": shows_isrcs,
        # A track of a group may have been deleted since the groups were read.
        "groups": [[tracks[key] for key in group if key in tracks] for group in review["page"]],
        "opts": Track._meta,
        "can_change": _can_dismiss(request, Track),
        "can_merge": _can_dismiss(request, Track) and request.user.has_perm("musicdb.merge_track"),
    }
    return TemplateResponse(request, "admin/musicdb/duplicate_tracks.html", context)


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
