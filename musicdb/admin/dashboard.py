"""The admin's first page: panels of recent activity, and the data quality checks that found something.

An app adds its own panel with ``register`` in its ``AppConfig.ready``.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse

from musicdb.admin.transfers import listed_transfers
from musicdb.db import roles
from musicdb.editing import data_quality
from musicdb.models import Import, Track

ROWS_A_PANEL = 5
# Editors open this page all day, so its counts may be a few minutes old.
COUNTS_TTL = 300  # seconds


@dataclass(frozen=True)
class Row:
    """A line of a panel: a link, and a note beside it."""

    text: str
    url: str
    note: str


@dataclass(frozen=True)
class Panel:
    """``rows`` yields that many newest rows, ``all_url`` returns the URL of all of them. ``permission`` is needed to
    see the panel.

    A panel with a ``count`` of all its rows is a task: it comes first, and only where there are any rows.
    """

    title: str
    rows: Callable[[int], Iterable[Row]]
    all_url: Callable[[], str]
    permission: str
    count: Callable[[], int] | None = None


@dataclass(frozen=True)
class RenderedPanel:
    """``count`` is None where the panel does not count its rows."""

    title: str
    rows: list[Row]
    all_url: str
    count: int | None


_panels: list[Panel] = []


def register(*panels: Panel) -> None:
    _panels.extend(panels)


def dashboard_context(request: HttpRequest) -> dict[str, Any]:
    """Return the template context of the first page."""
    context: dict[str, Any] = {
        "transfers": listed_transfers(request),
        "panels": list(_render_panels(request.user.has_perm)),
        "quality_results": cache.get_or_set(_cache_key(request), lambda: _failed_checks(request), COUNTS_TTL),
    }
    if request.user.has_perm("musicdb.add_import") and not Track.objects.exists():
        context["first_import_url"] = reverse("admin:musicdb_import_add")
    if not (request.user.is_superuser or request.user.get_all_permissions()):
        # Somebody let this user in and has not given them a role yet.
        context["superuser_names"] = roles.superuser_names()
    return context


def forget_counts(request: HttpRequest) -> None:
    """Count anew when the user opens the first page again."""
    cache.delete(_cache_key(request))


def _render_panels(has_permission: Callable[[str], bool]) -> Iterator[RenderedPanel]:
    """Render each panel that the user may see. One query a panel, and one to count the rows of a task."""
    for panel in sorted(_panels, key=lambda panel: panel.count is None):
        if not has_permission(panel.permission):
            continue
        rows = list(panel.rows(ROWS_A_PANEL))
        if rows or panel.count is None:
            yield RenderedPanel(panel.title, rows, panel.all_url(), panel.count() if panel.count else None)


def _failed_checks(request: HttpRequest) -> list[tuple[str, int | None, str]]:
    results = data_quality.run_fast_checks(request.user.has_perm)
    return [(result.check.title, result.count, result.url) for result in results if result.count != 0]


def _cache_key(request: HttpRequest) -> str:
    return f"musicdb.dashboard.{request.user.pk}"


def _last_imports(number: int) -> Iterator[Row]:
    for record in Import.objects.select_related("user")[:number]:
        by = f", by {record.user}" if record.user else ""
        undone = ", undone" if record.is_undone else ""
        yield Row(
            str(record),
            reverse("admin:musicdb_import_change", args=[record.pk]),
            f"{record.summary}; {naturaltime(record.started_at)}{by}{undone}",
        )


register(
    Panel("Last imports", _last_imports, lambda: reverse("admin:musicdb_import_changelist"), "musicdb.view_import")
)
