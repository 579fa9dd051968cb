"""The pages of the admin that look after the library as a whole."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from musicdb.admin import dashboard
from musicdb.admin.duplicates import answer, groups_context
from musicdb.db import roles
from musicdb.editing import data_quality
from musicdb.editing.duplicates import likely_duplicates
from musicdb.models import Track

# The first page of the admin is opened all day; what it counts may be some minutes old.
KEPT_SECONDS = 300
KEY = "musicdb.editing.data_quality"


def housekeeping_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Count everything anew."""
    counts = list(data_quality.counted(request.user.has_perm))
    cache.delete(_key(request))
    return _page(site, request, "housekeeping", "Housekeeping", counts=counts)


def duplicates_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("musicdb.view_track"):
        raise PermissionDenied
    if request.method == "POST":
        return answer(request, Track)
    shown = groups_context(request, likely_duplicates())
    keys = [key for group in shown["page"] for key in group]
    tracks = {track.pk: track for track in Track.objects.with_table_columns().filter(pk__in=keys)}
    # A track may have been deleted since it was compared.
    groups = [[tracks[key] for key in group if key in tracks] for group in shown["page"]]
    can_change = request.user.has_perm("musicdb.change_track")
    title = "Tracks that are likely one recording"
    return _page(site, request, "duplicates", title, groups=groups, can_change=can_change, **shown)


def dashboard_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the first page shows: the panels, and what there is to look after."""
    chores = cache.get_or_set(_key(request), lambda: _counts(request), KEPT_SECONDS)
    context = {"panels": list(dashboard.filled(request.user.has_perm)), "chores": chores}
    if not (request.user.is_superuser or request.user.get_all_permissions()):
        # Who was let in, but not yet told what for.
        context["superuser_names"] = roles.superuser_names()
    return context


def _counts(request: HttpRequest) -> list[tuple[str, int | None, str]]:
    return [
        (count.chore.title, count.number, count.address)
        for count in data_quality.counted_quickly(request.user.has_perm)
        if count.number != 0
    ]


def _key(request: HttpRequest) -> str:
    return f"{KEY}.{request.user.pk}"


def _page(site: AdminSite, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    return TemplateResponse(
        request, f"admin/musicdb/{template}.html", {**site.each_context(request), "title": title, **context}
    )
