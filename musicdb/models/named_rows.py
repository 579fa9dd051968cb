"""Names of artists, labels and albums by their keys, for lists that know only keys: all kinds in one query."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, ExtractYear
from django.urls import reverse

from musicdb.models.catalogue import Album, Artist, Label
from musicdb.models.visibility import page_condition


@dataclass(frozen=True)
class NamedRow:
    """An artist, a label or an album, with what a link to it shows. ``year``: of an album's release, if known."""

    kind: str
    pk: int
    name: str
    slug: str
    has_page: bool = True
    image_url: str = ""
    year: int | None = None

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(self.kind, args=[self.slug])

    @property
    def title(self) -> str:
        return self.name

    @property
    def released(self) -> str:
        return str(self.year) if self.year else ""

    @property
    def art(self) -> str:
        """The address of the art if a page can safely show it, else empty."""
        return Album(image_url=self.image_url).art


Rows = dict[int, NamedRow]


def named_rows(
    artists: Collection[int] = (), labels: Collection[int] = (), albums: Collection[int] = ()
) -> tuple[Rows, Rows, Rows]:
    """Return those of these artists, labels and albums that are still there, by key: a few. One query, or none."""
    parts = [_rows(model, keys) for model, keys in ((Artist, artists), (Label, labels), (Album, albums)) if keys]
    found: dict[str, Rows] = {"artist": {}, "label": {}, "album": {}}
    if parts:
        first, *others = parts
        for kind, key, name, slug, has_page, image_url, year in first.union(*others, all=True):
            found[kind][key] = NamedRow(kind, key, name, slug, bool(has_page), image_url, int(year) or None)
    return found["artist"], found["label"], found["album"]


def _rows(model: type[Any], keys: Collection[int]) -> QuerySet[Any, Any]:
    is_album = model is Album
    has_page: Any = Q(pk__isnull=False) if is_album else page_condition(model, of_few=True)
    annotated = (
        model.objects.order_by()
        .filter(pk__in=keys)
        .annotate(
            kind=Value(model._meta.model_name),
            shown_as=F("title" if is_album else "name"),
            is_linked=ExpressionWrapper(has_page, output_field=BooleanField()),
            picture=F("image_url") if is_album else Value(""),
            year=Coalesce(ExtractYear("release_date"), 0) if is_album else Value(0),
        )
    )
    rows: QuerySet[Any, Any] = annotated.values_list("kind", "pk", "shown_as", "slug", "is_linked", "picture", "year")
    return rows
