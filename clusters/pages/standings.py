"""How the features of a track compare with those of its genres and of the library, from stored figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clusters.core.profiles import standing
from clusters.models import Collection, CollectionKind, Membership, RunProfile
from clusters.pages import charts
from musicdb.models import Track

# A track can be in many genres; it is compared with the first of them.
MAX_GENRES = 3


@dataclass(frozen=True)
class TrackFeature:
    """A feature of a track. ``curve``: how its first genre and the library have it, with the track marked.

    ``standings``: words such as "happier than 82%", each with the collection that it is said of. Where the one before
    says the same of another collection, only the percent.
    """

    curve: charts.Curve
    value: str
    standings: Sequence[tuple[str, Collection]]


def standings(track: Track, places: Iterable[Membership]) -> list[TrackFeature]:
    """Return the features of ``track``; none if no run that it is in has a profile. No query.

    ``places``: its memberships, read ``with_profiles``.
    """
    profiles = [(place.cluster.run.collection, place.cluster.run.known_profile) for place in places]
    known = [(collection, profile) for collection, profile in profiles if profile is not None]
    genres = [each for each in known if each[0].kind == CollectionKind.GENRE][:MAX_GENRES]
    library = [each for each in known if each[0].kind == CollectionKind.LIBRARY]
    compared = [*genres, *library]
    if not compared:
        return []
    own, other = compared[0][1], library[0][1] if genres and library else None
    return [
        _feature(name, value, own, other, compared)
        for name in charts.FEATURES
        if (value := getattr(track, name)) is not None
    ]


def _feature(
    name: str,
    value: float,
    own: RunProfile,
    other: RunProfile | None,
    compared: Sequence[tuple[Collection, RunProfile]],
) -> TrackFeature:
    said, before = [], ""
    for collection, profile in compared:
        found = standing(name, profile.quantiles[name], value)
        if found.comparing:
            said.append((found.percent if found.comparing == before else found.words, collection))
            before = found.comparing
    return TrackFeature(
        charts.curve(name, own.quantiles[name], other.quantiles[name] if other else (), value),
        charts.FEATURES[name].in_words(value),
        said,
    )
