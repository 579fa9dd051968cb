"""The page of a genre: how it sounds, who leads it, what is alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, prefetch_related_objects

from clusters.core.features import FEATURE_NAMES
from clusters.core.profiles import standing
from clusters.models import Run, RunProfile
from clusters.pages import charts
from clusters.runs import Extremes, extremes_of, genres_near, keys_of_extremes
from musicdb.models import Genre, Track
from musicdb.models.named_rows import NamedRow, named_rows
from musicdb.models.querysets import table_columns
from musicdb.pages.views import TOP, GenreDetailView

ARTISTS_COMPARED = 8
# The steps of the shading in the table of artists.
STEPS = 10


@dataclass(frozen=True)
class FeatureOfCollection:
    """A feature of a collection: its curve against the library's, medians in words, the tracks at its ends."""

    curve: charts.Curve
    median: str
    library_median: str
    extremes: Sequence[Extremes]


@dataclass(frozen=True)
class ComparedArtist:
    """An artist among those of a genre. ``cells``: of each feature, the mean in words and how high it is in steps."""

    artist: NamedRow
    cells: Sequence[tuple[str, int]]


class GenreView(GenreDetailView):
    """A genre. What needs its tracks to be counted is as of its run; a genre without one is counted now."""

    def get_object(self, queryset: Any = None) -> Any:
        slug = self.kwargs["genre_slug"]
        runs = {run.collection.kind: run for run in Run.objects.with_library(Q(collection__genre__slug=slug))}
        self.run, library = runs.get("genre"), runs.get("library")
        self.library = library.known_profile if library else None
        return self.run.collection.genre if self.run else super().get_object(queryset)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(run=self.run, **kwargs)
        profile = self.run.known_profile if self.run else None
        if self.run and profile:
            context |= self._profile_context(self.run, profile)
        return context

    def _profile_context(self, run: Run, profile: RunProfile) -> dict[str, Any]:
        """Return what the page shows of the run's profile. Five queries, and one for labels of albums."""
        artists, labels, albums = named_rows(
            *([key for key, _ in profile.leading[kind]] for kind in ("artists", "labels", "albums"))
        )
        top, at_ends = _tracks_of(self.object, profile)
        library = self.library
        features = [
            FeatureOfCollection(
                charts.curve(name, profile.quantiles[name], library.quantiles[name] if library else ()),
                _median(name, profile),
                _median(name, library) if library else "",
                extremes_of(profile, name, at_ends),
            )
            for name in FEATURE_NAMES
        ]
        return {
            "profile": profile,
            "top_artists": _with_counts(profile.leading["artists"], artists),
            "top_labels": _with_counts(profile.leading["labels"], labels),
            "top_albums": _with_counts(profile.leading["albums"], albums),
            "top_tracks": top,
            "features": features,
            "has_library": library is not None,
            "years": charts.years(profile.years),
            "compared": _compared(profile, artists),
            "compared_features": [charts.FEATURES[name] for name in FEATURE_NAMES],
            "near": genres_near(run, profile),
        }


def _tracks_of(genre: Genre, profile: RunProfile) -> tuple[list[Track], dict[int, Track]]:
    """Return the top tracks of ``genre``, as rows of a table, and those at the ends of its features. Three queries.

    The top tracks are those of ``TrackQuerySet.top``, read in one query with the others.
    """
    keys = keys_of_extremes(profile)
    top = genre.tracks.by_rank()[:TOP].values("pk")
    rows = list(Track.objects.select_related("album").filter(Q(pk__in=keys) | Q(pk__in=top), genres=genre).by_rank())
    artists, labels = table_columns(Track)
    prefetch_related_objects(rows, artists)
    ranked = [track for track in rows[:TOP] if track.is_ranked]
    prefetch_related_objects(ranked, labels)
    return ranked, {track.pk: track for track in rows}


def _with_counts(counts: Sequence[tuple[int, int]], rows: Mapping[int, NamedRow]) -> list[Any]:
    """Return the rows that are still there with their ``track_count``, as querysets would have it."""
    found = []
    for key, count in counts:
        if row := rows.get(key):
            found.append(CountedRow(**vars(row), track_count=count))
    return found[:TOP]


@dataclass(frozen=True)
class CountedRow(NamedRow):
    track_count: int = 0


def _median(name: str, profile: RunProfile) -> str:
    quantiles = profile.quantiles[name]
    return charts.FEATURES[name].in_words(quantiles[len(quantiles) // 2])


def _compared(profile: RunProfile, artists: Mapping[int, NamedRow]) -> list[ComparedArtist]:
    found: list[ComparedArtist] = []
    for key, _ in profile.leading["artists"]:
        means = profile.artist_means.get(str(key))
        if key in artists and means and len(found) < ARTISTS_COMPARED:
            found.append(ComparedArtist(artists[key], [_cell(name, profile, means[name]) for name in FEATURE_NAMES]))
    return found if len(found) > 1 else []


def _cell(name: str, profile: RunProfile, mean: float) -> tuple[str, int]:
    step = int(standing(name, profile.quantiles[name], mean).below * STEPS)
    return charts.FEATURES[name].in_words(mean), min(step, STEPS - 1)
