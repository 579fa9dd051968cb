"""The line above a form: how many rows belong to the row, with links to their lists, and whether it is on the site.

Another app adds its own links with ``register``, from its admin package.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import model_ngettext
from django.db.models import Model
from django.http import HttpRequest

from musicdb.admin.linked.filters import linked_url
from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from musicdb.models.linked_rows import link_condition


@dataclass(frozen=True)
class FormLink:
    """``url`` is empty where there is nothing to open."""

    text: str
    url: str = ""


LinkSource = Callable[[Any, HttpRequest], Iterator[FormLink]]

# The lists that the form of each model leads to.
_LINKED: dict[type[Model], tuple[type[Any], ...]] = {
    Genre: (Track, Album, Playlist),
    Artist: (Track, Album, Playlist),
    Label: (Track, Album, Playlist),
    Album: (Track, Playlist),
    Track: (Playlist,),
    Playlist: (Track, Album),
}
_sources: list[tuple[tuple[type[Model], ...], LinkSource]] = []
_actions: list[tuple[tuple[type[Model], ...], LinkSource]] = []


def register(source: LinkSource, *models: type[Model]) -> None:
    """Have the forms of ``models`` show the links that ``source`` yields for a row."""
    _sources.append((models, source))


def register_action(source: LinkSource, *models: type[Model]) -> None:
    """Have the forms of ``models`` end their links with those that ``source`` yields: to pages that change the row."""
    _actions.append((models, source))


def form_links(obj: Model, request: HttpRequest) -> list[FormLink]:
    """Return the links of the form of ``obj``. One query for each list that the user may view."""
    page = [_page(obj)] if type(obj) in _LINKED else []
    return [
        *_linked_lists(obj, request),
        *_registered(_sources, obj, request),
        *page,
        *_registered(_actions, obj, request),
    ]


def _registered(
    registered: Iterable[tuple[tuple[type[Model], ...], LinkSource]], obj: Model, request: HttpRequest
) -> Iterator[FormLink]:
    for models, source in registered:
        if isinstance(obj, models):
            yield from source(obj, request)


def _linked_lists(obj: Model, request: HttpRequest) -> Iterator[FormLink]:
    for model in _LINKED.get(type(obj), ()):
        is_rule = isinstance(obj, Playlist) and obj.has_rule
        if not is_rule and request.user.has_perm(f"musicdb.view_{model._meta.model_name}"):
            number = model.objects.filter(link_condition(model, type(obj), obj.pk)).count()
            text = f"{number:,} {model_ngettext(model._meta, number)}"
            yield FormLink(text, linked_url(model, obj) if number else "")


def _page(obj: Any) -> FormLink:
    has_page = getattr(obj, "has_page", True)
    return FormLink("on the site", obj.get_absolute_url()) if has_page else FormLink("not on the site")
