"""The queries about collections, and the conditions with which queries about their runs begin."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from musicdb.models import Artist, Genre, Label, Playlist
from musicdb.models.visibility import Visibility, page_condition

if TYPE_CHECKING:
    from clusters.models import Collection

# The models whose rows own a collection, by its kind. The library has no owner.
OWNERS: dict[str, type[Any]] = {"genre": Genre, "playlist": Playlist, "artist": Artist, "label": Label}
KINDS = ("library", *OWNERS)


def kind_of(model: type[models.Model]) -> str:
    """Return the kind of the collections that rows of ``model`` own. Raises KeyError for any other model."""
    return {owner: kind for kind, owner in OWNERS.items()}[model]


def public_owners(kind: str) -> QuerySet[Any]:
    """Return the rows that have a page, of the model that owns collections of this kind."""
    if kind == "genre":
        return Genre.objects.all()
    if kind == "playlist":
        return Playlist.objects.visible()
    owners: QuerySet[Any] = OWNERS[kind].objects.visible(of_few=True)
    return owners


def with_owner(path: str = "") -> list[str]:
    """Return the joins for ``select_related`` to a collection and what its name and address need.

    ``path`` leads to the collection.
    """
    return [f"{path}{kind}" for kind in OWNERS]


def name_keys(path: str = "") -> list[str]:
    """Return the columns in which a search finds collections by the name of their owner."""
    return [f"{path}{kind}__search_key" for kind in OWNERS]


def by_kind_and_name(path: str = "") -> list[Any]:
    """Return the order of collections: the library, then genres, playlists, artists and labels, each by name."""
    kinds = Case(*(When(**{f"{path}kind": kind}, then=Value(place)) for place, kind in enumerate(KINDS)))
    return [kinds.asc(), Coalesce(*(f"{path}{kind}__sort_key" for kind in OWNERS), Value("")).asc()]


def is_public(path: str = "") -> Q:
    """Return the condition that a collection has pages: it has no owner, or its owner has a page."""
    by_owner = Q(**{f"{path}kind__in": ["library", "genre"]})
    by_owner |= Q(**{f"{path}kind": "playlist"}) & ~Q(**{f"{path}playlist__visibility": Visibility.HIDDEN})
    for kind, model in (("artist", Artist), ("label", Label)):
        by_owner |= Q(**{f"{path}kind": kind}) & page_condition(model, f"{path}{kind}__", of_few=True)
    return by_owner


class CollectionQuerySet(models.QuerySet["Collection"]):
    def library(self) -> "Collection":
        """Return the collection of all tracks, which is created where it is missing."""
        return self.get_or_create(kind="library")[0]

    def of(self, owner: Any) -> "Collection":
        """Return the collection of a genre, playlist, artist or label, which is created where it is missing."""
        kind = kind_of(type(owner))
        collection, _ = self.get_or_create(**{kind: owner}, defaults={"kind": kind})
        # Already in hand, so that its name and address need no query.
        setattr(collection, kind, owner)
        return collection

    def all_of(self, owners: QuerySet[Any]) -> "list[Collection]":
        """Return the collections of ``owners`` by slug; those that are missing are created. At most three queries."""
        kind = kind_of(owners.model)
        missing = owners.order_by().filter(collection=None).values_list("pk", flat=True)
        self.bulk_create(
            [self.model(kind=kind, **{f"{kind}_id": key}) for key in missing], batch_size=1_000, ignore_conflicts=True
        )
        found = self.filter(**{f"{kind}__in": owners.order_by().values("pk")})
        return list(found.select_related(kind).order_by(f"{kind}__slug"))

    def with_owners(self) -> Self:
        """Collections, each with its owner. No query of its own."""
        return self.select_related(*with_owner())

    def in_order(self) -> Self:
        """Collections by kind and name, each with its owner."""
        return self.with_owners().order_by(*by_kind_and_name(), "pk")
