"""Which public pages an import would create."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from musicdb.imports.entities import Entity
from musicdb.imports.plan import Plan
from musicdb.models import (
    Album,
    Artist,
    Genre,
    Label,
    PageRule,
    Playlist,
    SiteSettings,
    SluggedModel,
    Track,
    Visibility,
)
from musicdb.models.slugs import unique_slug

# So many pages of a kind are named.
MAX_NAMED = 3


@dataclass(frozen=True)
class NewPages:
    """The pages of a kind: how many, and the first of them, each with its name and the address that it will have.

    Where new rows share a name, the addresses of the later ones get a number.
    """

    kind: str
    number: int
    first: list[tuple[str, str]]

    def __str__(self) -> str:
        return f"{self.number:,} {self.kind}"


def new_pages(plan: Plan) -> list[NewPages]:
    """Return the pages that ``plan`` creates, by kind. Three queries a kind, and one for the site's rule."""
    found = []
    for model in (Playlist, Artist, Album, Label, Genre, Track):
        rows = [entity for entity in plan.created[model] if _has_page(entity)]
        if model in (Artist, Label):
            rows = list(_by_rule(plan, rows))
        if rows:
            options: Any = model._meta
            kind = str(options.verbose_name if len(rows) == 1 else options.verbose_name_plural)
            found.append(NewPages(kind, len(rows), [_page(model, entity) for entity in rows[:MAX_NAMED]]))
    return found


def _has_page(entity: Entity) -> bool:
    return entity.values.get("visibility") != Visibility.HIDDEN


def _by_rule(plan: Plan, rows: list[Entity]) -> Iterator[Entity]:
    """Yield the artists or labels that have a page by the site's rule, or because their row of the file says so."""
    settings = SiteSettings.objects.first() or SiteSettings()
    tracks, liked = _uses(plan)
    for entity in rows:
        by_rule = {
            PageRule.ALL: True,
            PageRule.TRACKS: tracks[id(entity)] >= settings.min_tracks,
            PageRule.LIKED: liked[id(entity)] > 0,
        }
        if entity.values.get("visibility") == Visibility.SHOWN or by_rule.get(PageRule(settings.page_rule), False):
            yield entity


def _uses(plan: Plan) -> tuple[Counter[int], Counter[int]]:
    """Count the tracks, and the liked ones, of each artist and label that the import mentions."""
    tracks: Counter[int] = Counter()
    liked: Counter[int] = Counter()
    for track in (*plan.created[Track], *plan.changed[Track]):
        album = track.values.get("album")
        owners = [*track.values.get("artists", ()), *(album.values.get("labels", ()) if album else ())]
        tracks.update(map(id, owners))
        if track.values.get("liked"):
            liked.update(map(id, owners))
    return tracks, liked


def _page(model: type[SluggedModel], entity: Entity) -> tuple[str, str]:
    slug = entity.values.get("slug") or unique_slug(model, entity.name)
    return entity.name, model(slug=slug).get_absolute_url()  # type: ignore[attr-defined]
