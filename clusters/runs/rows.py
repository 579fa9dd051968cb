"""Read what a run needs of each track of a collection."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import BooleanField, CharField, F, Func, QuerySet
from django.db.models.functions import Coalesce

from clusters.core.features import FEATURE_NAMES
from clusters.models import Collection
from musicdb.models import Track
from musicdb.models.linked_rows import track_keys_linked_to
from musicdb.search import tracks_of

# A track: its id, its key (see FeatureTable), and its features in the order of FEATURE_NAMES.
Row = tuple[Any, ...]
CHUNK = 5_000


def rows_of(collection: Collection) -> Iterable[Row]:
    """Yield the rows of the collection's tracks, each once, by id. One query, read in chunks."""
    key = Coalesce("spotify_id", "slug", output_field=CharField())
    rows = tracks_in(collection).order_by("pk").values_list("pk", key, *FEATURE_NAMES)
    return rows.iterator(chunk_size=CHUNK)


def tracks_in(collection: Collection) -> QuerySet[Track]:
    """Return the tracks of ``collection``, each once, in no order."""
    tracks = Track.objects.order_by()
    owner = collection.owner
    if owner is None:
        return tracks
    if has_rule(collection):
        return tracks.filter(pk__in=tracks_of(owner).order_by().values("pk"))
    keys = track_keys_linked_to(type(owner), owner.pk)
    if connection.vendor != "postgresql":
        return tracks.filter(pk__in=keys)
    # For a join, PostgreSQL reads all tracks instead of looking up a thousand: ten times the work in a library of a
    # hundred genres. Given an array of ids, it looks them up.
    is_in = Func(
        F("pk"), ArraySubquery(keys), template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField()
    )
    return tracks.filter(is_in)


def has_rule(collection: Collection) -> bool:
    """Return whether the collection is a playlist whose tracks a rule finds."""
    return collection.playlist is not None and collection.playlist.has_rule
