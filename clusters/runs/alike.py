"""What is near by its sound: genres by their means, clusters anywhere in the library by their centres."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.urls import reverse

from clusters.core.features import FEATURE_NAMES, WEIGHT_OF_EACH
from clusters.core.profiles import distance
from clusters.models import Cluster, Run, RunProfile

ALIKE = 8
# Genres that share this part of all tracks that either has are said to hold the same tracks.
MIN_SHARED = 0.25
NEAREST_CLUSTERS = 6


@dataclass(frozen=True)
class GenreInShort:
    """A genre that has a profile. ``tracks``: of its run. ``means``: of each feature."""

    pk: int
    name: str
    slug: str
    tracks: int
    means: Mapping[str, float]

    def get_absolute_url(self) -> str:
        return reverse("genre", args=[self.slug])


@dataclass(frozen=True)
class SharedGenre:
    """A genre that shares tracks with another. ``share``: of all tracks that either has, 0 to 1: Jaccard's index."""

    genre: GenreInShort
    shared: int
    share: float


@dataclass(frozen=True)
class GenresNear:
    """``alike``: the genres that sound most like one, the nearest first. ``shared``: those that share its tracks."""

    alike: Sequence[GenreInShort]
    shared: Sequence[SharedGenre]


def genres_in_short() -> list[GenreInShort]:
    """Return all genres that have a profile. One query."""
    return [GenreInShort(*row) for row in Run.objects.mean_profiles()]


def genres_near(run: Run, profile: RunProfile) -> GenresNear:
    """Return what is near to the genre whose run and profile these are. One query."""
    others = [genre for genre in genres_in_short() if genre.pk != run.collection.genre_id]
    alike = sorted(others, key=lambda genre: (distance(profile.means, genre.means), genre.pk))[:ALIKE]
    by_key = {genre.pk: genre for genre in others}
    shared = []
    for key, count in profile.leading["genres"]:
        genre = by_key.get(key)
        if genre is not None:
            share = count / max(count, run.track_count + genre.tracks - count)
            shared.append(SharedGenre(genre, count, share))
    same = sorted((each for each in shared if each.share >= MIN_SHARED), key=lambda each: (-each.share, each.genre.pk))
    return GenresNear(alike, same)


@dataclass(frozen=True)
class Centre:
    """A cluster that visitors see, as ``ClusterQuerySet.as_centres`` reads it."""

    pk: int
    run: int
    number: int
    name: str
    suggested_name: str
    description: str
    size: int
    centroid: Mapping[str, float]
    kind: str
    owner: str
    slug: str

    @property
    def shown_name(self) -> str:
        return self.name or self.suggested_name

    def as_cluster(self, run: Run) -> Cluster:
        """Return it as the cluster of ``run`` that it is. No query."""
        names = ("pk", "number", "name", "suggested_name", "description", "size", "centroid")
        return Cluster(run=run, **{name: getattr(self, name) for name in names})

    def get_absolute_url(self) -> str:
        owner = [self.slug] if self.slug else []
        return reverse(f"{self.kind}-cluster", args=[*owner, self.number])


@dataclass(frozen=True)
class Centres:
    """``siblings``: the clusters of one run, by number. ``own``: one of them, None if its run does not have it.

    ``nearest``: the clusters of other runs that are near to it, the nearest first.
    """

    siblings: Sequence[Centre]
    own: Centre | None
    nearest: Sequence[Centre]


def centres_around(run: Run, number: int) -> Centres:
    """Return the clusters of ``run``, which is published, and those of other runs near to this one. One query."""
    centres = [Centre(*row) for row in Cluster.objects.as_centres()]
    siblings = [centre for centre in centres if centre.run == run.pk]
    own = next((centre for centre in siblings if centre.number == number), None)
    others = [centre for centre in centres if centre.run != run.pk and len(centre.centroid) == len(FEATURE_NAMES)]
    if own is None or not others or len(own.centroid) != len(FEATURE_NAMES):
        return Centres(siblings, own, [])
    places = np.array([[each.centroid[name] for name in FEATURE_NAMES] for each in (own, *others)])
    places *= WEIGHT_OF_EACH
    distances = np.linalg.norm(places[1:] - places[0], axis=1)
    nearest = np.argsort(distances, kind="stable")[:NEAREST_CLUSTERS]
    return Centres(siblings, own, [others[row] for row in nearest.tolist()])
