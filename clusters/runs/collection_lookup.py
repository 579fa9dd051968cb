"""Collections as people name them on a command line: the library, a genre, or such as playlist:road-trip."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from clusters.models import Collection
from clusters.models.collection_querysets import OWNERS
from musicdb.models import Playlist
from musicdb.music import name_key
from musicdb.search import count_tracks

LIBRARY = "library"
# A collection with fewer tracks is clustered only where it is named.
AT_LEAST = 50
AT_LEAST_OF_GENRE = 20


class UnknownCollectionError(ValueError):
    """There is no such collection. The message names the nearest matches."""


def find_collections(names: Sequence[str]) -> list[Collection]:
    """Return the collections of these names, each once.

    A name is ``library``, the name or slug of a genre, or a kind, a colon and the name or slug of such a row. Raises
    UnknownCollectionError.
    """
    found: dict[int, Collection] = {}
    unknown = []
    for name in names:
        if name_key(name) == LIBRARY:
            collection = Collection.objects.library()
        else:
            kind, text = _split(name)
            owner = _owner(kind, name_key(text))
            if owner is None:
                unknown.append(_unknown(kind, text))
                continue
            collection = Collection.objects.of(owner)
        found[collection.pk] = collection
    if unknown:
        raise UnknownCollectionError(" ".join(unknown))
    return list(found.values())


def every_collection(kinds: Iterable[str], at_least: int | None = None) -> list[Collection]:
    """Return the library, and the collections of these kinds that have a page and enough tracks, and are not off.

    ``at_least``: how many tracks are enough; by default AT_LEAST, and AT_LEAST_OF_GENRE for a genre.
    """
    found = [Collection.objects.library()]
    for kind in kinds:
        enough = at_least if at_least is not None else AT_LEAST_OF_GENRE if kind == "genre" else AT_LEAST
        found += Collection.objects.all_of(_with_tracks(kind, enough))
    return [collection for collection in found if not collection.is_off]


def _with_tracks(kind: str, enough: int) -> QuerySet[Any]:
    """Return the rows that own collections of this kind and have a page and enough tracks."""
    every = OWNERS[kind].objects
    # Nobody would see the clusters of what has no page.
    owners: QuerySet[Any] = (every if kind == "genre" else every.visible()).order_by()
    if kind == "playlist":
        counts = count_tracks(Playlist.objects.order_by())
        return owners.filter(pk__in=[key for key, tracks in counts.items() if tracks >= enough])
    path = "albums__tracks" if kind == "label" else "tracks"
    counted = owners.annotate(tracks_in_all=Count(path)).filter(tracks_in_all__gte=enough)
    return owners.filter(pk__in=counted.values("pk"))


def _split(name: str) -> tuple[str, str]:
    kind, colon, text = name.partition(":")
    # A genre may have a colon in its name.
    return (kind.strip().lower(), text) if colon and kind.strip().lower() in OWNERS else ("genre", name)


def _owner(kind: str, key: str) -> Any:
    """Return the row with this slug, else one with this name, else None. Several artists may have one name."""
    rows = list(OWNERS[kind].objects.filter(Q(slug=key) | Q(name_key=key)).order_by("slug"))
    return next((row for row in rows if row.slug == key), rows[-1] if rows else None)


def _unknown(kind: str, text: str) -> str:
    names = list(OWNERS[kind].objects.order_by("slug").values_list("name_key", "slug"))
    slugs = dict(names) | {slug: slug for _, slug in names}
    near = difflib.get_close_matches(name_key(text), slugs, n=5, cutoff=0.5)
    prefix = "" if kind == "genre" else f"{kind}:"
    nearest = list(dict.fromkeys(f"{prefix}{slugs[text]}" for text in near))
    advice = f"Did you mean {', '.join(nearest[:3])}?" if nearest else f"No {kind} has a name like it."
    return f"There is no {kind} “{text}”. {advice}"
