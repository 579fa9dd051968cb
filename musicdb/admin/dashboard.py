"""What the admin's first page shows above the list of models. An application adds a panel by ``register``."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.urls import reverse

from musicdb.models import Import

ROWS_SHOWN = 5


@dataclass(frozen=True)
class Row:
    """A line of a panel: a link, and what to say of it."""

    text: str
    address: str
    detail: str


@dataclass(frozen=True)
class Panel:
    """``rows`` yields the newest, ``more`` tells the address of all; ``permission`` is what it takes to see them."""

    title: str
    rows: Callable[[int], Iterable[Row]]
    more: Callable[[], str]
    permission: str


@dataclass(frozen=True)
class RenderedPanel:
    title: str
    rows: list[Row]
    more: str


_panels: list[Panel] = []


def register(*panels: Panel) -> None:
    _panels.extend(panels)


def filled(may: Callable[[str], bool]) -> Iterator[RenderedPanel]:
    """Fill each panel that somebody who ``may`` see it has. A query each."""
    for panel in _panels:
        if may(panel.permission):
            yield RenderedPanel(panel.title, list(panel.rows(ROWS_SHOWN)), panel.more())


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
