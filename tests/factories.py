"""Rows for tests: each valid, each different, none more than the test asks for."""

import random
import uuid
from collections.abc import Iterable
from typing import Any

import factory
import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from factory.django import DjangoModelFactory

from clusters.core.features import FEATURE_NAMES
from clusters.core.neighbours import table_of
from clusters.core.params import Params
from clusters.models import Cluster, Collection, Membership, Run
from clusters.models.querysets import RunQuerySet
from clusters.runs import Options, recluster
from clusters.runs.plot_files import new_plot_names
from clusters.runs.representatives import REPRESENTATIVES
from musicdb.models import (
    Album,
    AlbumArtist,
    AlbumLabel,
    Artist,
    Genre,
    Label,
    Playlist,
    PlaylistEntry,
    Track,
    TrackArtist,
)

# The features by which the groups of ``grouped_tracks`` differ.
OF_GROUPS = ("energy", "acousticness", "valence", "loudness")
SHARES = ("danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness", "valence")


class GenreFactory(DjangoModelFactory):
    class Meta:
        model = Genre

    name = factory.Sequence("genre {}".format)


class ArtistFactory(DjangoModelFactory):
    class Meta:
        model = Artist

    name = factory.Sequence("Artist {}".format)
    spotify_id = factory.Sequence("artist{:016d}".format)


class LabelFactory(DjangoModelFactory):
    class Meta:
        model = Label

    name = factory.Sequence("Label {}".format)


class AlbumFactory(DjangoModelFactory):
    class Meta:
        model = Album
        skip_postgeneration_save = True

    title = factory.Sequence("Album {}".format)
    spotify_id = factory.Sequence("album{:017d}".format)
    image_url = factory.Sequence("https://images.example/{}.jpg".format)

    @factory.post_generation
    def labels(self, create: bool, extracted: Iterable[Label] | None, **kwargs: Any) -> None:
        for position, label in enumerate(extracted or ()):
            AlbumLabel.objects.create(album=self, label=label, position=position)

    @factory.post_generation
    def artists(self, create: bool, extracted: Iterable[Artist] | None, **kwargs: Any) -> None:
        for position, artist in enumerate(extracted or ()):
            AlbumArtist.objects.create(album=self, artist=artist, position=position)


class TrackFactory(DjangoModelFactory):
    """A track with an album and, unless ``features`` is False, with features drawn from its own number.

    ``group``: which group of how many the features are near to, as (0, 2); without it they are in no group.
    """

    class Meta:
        model = Track
        skip_postgeneration_save = True

    class Params:
        features = True
        group = None

    title = factory.Sequence("Track {}".format)
    spotify_id = factory.Sequence("track{:017d}".format)
    album = factory.SubFactory(AlbumFactory)

    @factory.post_generation
    def artists(self, create: bool, extracted: Iterable[Artist] | None, **kwargs: Any) -> None:
        for position, artist in enumerate(extracted or ()):
            TrackArtist.objects.create(track=self, artist=artist, position=position)

    @factory.post_generation
    def genres(self, create: bool, extracted: Iterable[Genre] | None, **kwargs: Any) -> None:
        self.genres.set(extracted or ())

    @classmethod
    def _adjust_kwargs(cls, **kwargs: Any) -> dict[str, Any]:
        group = kwargs.pop("group", None)
        if kwargs.pop("features", True):
            source = random.Random(kwargs["spotify_id"])
            kwargs = {**(random_features(source) if group is None else features_of_group(source, *group)), **kwargs}
        return kwargs


class PlaylistFactory(DjangoModelFactory):
    """A playlist with the given tracks, in this order."""

    class Meta:
        model = Playlist
        skip_postgeneration_save = True

    name = factory.Sequence("Playlist {}".format)

    @factory.post_generation
    def tracks(self, create: bool, extracted: Iterable[Track] | None, **kwargs: Any) -> None:
        for position, track in enumerate(extracted or ()):
            PlaylistEntry.objects.create(playlist=self, track=track, position=position)


def many_tracks(count: int) -> list[Track]:
    """That many tracks, each with an album, a hidden artist and label of its own, without a statement for each."""
    names = [f"Mass {n}" for n in range(count)]
    artists = Artist.objects.bulk_create(
        Artist(name=name, slug=f"mass-{n}", visibility="hidden") for n, name in enumerate(names)
    )
    labels = Label.objects.bulk_create(
        Label(name=name, slug=f"mass-{n}", visibility="hidden") for n, name in enumerate(names)
    )
    albums = Album.objects.bulk_create(Album(title=name, slug=f"mass-{n}") for n, name in enumerate(names))
    tracks = Track.objects.bulk_create(
        Track(title=name, slug=f"mass-{n}", album=albums[n]) for n, name in enumerate(names)
    )
    TrackArtist.objects.bulk_create(TrackArtist(track=tracks[n], artist=artists[n], position=0) for n in range(count))
    AlbumLabel.objects.bulk_create(AlbumLabel(album=albums[n], label=labels[n], position=0) for n in range(count))
    return tracks


def random_features(source: random.Random) -> dict[str, float]:
    """All twelve features, each within its range."""
    return {
        **{name: round(source.random(), 3) for name in SHARES},
        "tempo": round(source.uniform(60, 180), 3),
        "loudness": round(source.uniform(-20, -2), 3),
        "key": source.randrange(12),
        "mode": source.randrange(2),
        "time_signature": source.choice((3, 4)),
    }


def features_of_group(source: random.Random, group: int, groups: int) -> dict[str, float]:
    """All twelve features, near to those of this group, which is far from each other of up to 16 ``groups``."""
    # A group is at a corner of a cube: each digit of its number in base 2 says whether some features are low or high.
    digits = (groups - 1).bit_length()
    assert digits <= len(OF_GROUPS)
    places = {name: 0.2 + 0.6 * (group >> at % digits & 1) for at, name in enumerate(OF_GROUPS)}
    near = {name: places.get(name, 0.5) + source.uniform(-0.05, 0.05) for name in (*SHARES, "tempo", "loudness")}
    near.update(tempo=60 + 120 * near["tempo"], loudness=-60 + 60 * near["loudness"])
    return {**random_features(source), **{name: round(value, 3) for name, value in near.items()}}


def grouped_tracks(tracks: int, groups: int = 2, **fields: Any) -> list[Track]:
    """Create that many tracks in clear groups of equal sizes, by turns."""
    return [TrackFactory(group=(number % groups, groups), **fields) for number in range(tracks)]


Owner = Genre | Playlist | Artist | Label


def collection_of(owner: Owner) -> Collection:
    """The collection that a genre, playlist, artist or label owns."""
    return Collection.objects.of(owner)


def collections_of(owners: Iterable[Owner]) -> list[Collection]:
    """The collections of these owners, in their order."""
    return [collection_of(owner) for owner in owners]


def runs_of(owner: Owner) -> RunQuerySet:
    """The runs of the collection that a genre, playlist, artist or label owns."""
    return Run.objects.of(collection_of(owner))


def clustered_genre(
    tracks: int = 12, clusters: int | None = None, groups: int | None = None, **names: Any
) -> tuple[Genre, Run]:
    """A genre of that many tracks, each with an artist and a label of its own, and its published run.

    The tracks are in as many clear groups as there are to be clusters, if not in ``groups``; in two if neither is said.
    """
    genre = GenreFactory(**names)
    groups = groups or clusters or 2
    for number in range(tracks):
        TrackFactory(
            group=(number % groups, groups),
            genres=[genre],
            artists=[ArtistFactory()],
            album=AlbumFactory(labels=[LabelFactory()]),
        )
    (outcome,) = recluster([collection_of(genre)], Params(clusters=clusters), Options())
    assert outcome.status == "published", outcome
    return genre, runs_of(genre).get()


def undivided_genre(tracks: int = 40, **names: Any) -> Genre:
    """A genre of that many tracks that are in no groups: whenever it is called, they have the same features."""
    genre: Genre = GenreFactory(**names)
    for number in range(tracks):
        TrackFactory(genres=[genre], **random_features(random.Random(number)))
    return genre


def stored_run(owner: Owner | Collection, places: dict[int, list[Track]], **fields: Any) -> Run:
    """A run with these tracks in these clusters, nearest first, and files for its plots; nothing was computed."""
    collection = owner if isinstance(owner, Collection) else collection_of(owner)
    tracks = sum(map(len, places.values()))
    files = [default_storage.save(name, ContentFile(b"a picture")) for name in new_plot_names(collection)]
    smallest = min(map(len, places.values())) / tracks
    run = Run.objects.create(
        collection=collection,
        **{
            "started_at": timezone.now(),
            "finished_at": timezone.now(),
            "seed": 0,
            "parameters": {"clusters": None, "seed": 0},
            "versions": {},
            "input_hash": uuid.uuid4().hex,
            "digest": uuid.uuid4().hex,
            "track_count": tracks,
            "excluded_count": 0,
            "cluster_count": len(places),
            "features": ["energy", "tempo"],
            "dropped_features": [],
            "axes": [{"low": "Slow", "high": "Fast", "variance": 1.0, "loadings": {"energy": 0.0, "tempo": 1.0}}],
            "explained_variance": [1.0],
            "silhouette": 0.25,
            "silhouettes": {str(len(places)): 0.25},
            "smallest_shares": {str(len(places)): smallest},
            "plot_png": files[0],
            "plot_svg": files[1],
            **fields,
        },
    )
    for number, members in places.items():
        cluster = Cluster.objects.create(run=run, number=number, size=len(members), centroid={})
        Membership.objects.bulk_create(
            Membership(
                run=run,
                cluster=cluster,
                track=track,
                rank=rank,
                place=rank if rank <= REPRESENTATIVES else None,
                distance=rank,
                x=rank,
                y=0,
            )
            for rank, track in enumerate(members, start=1)
        )
    return run


def with_neighbours(run: Run, tracks: list[Track]) -> None:
    """Give ``run`` of the library the file in which these tracks are found as similar."""
    tracks = sorted(tracks, key=lambda track: track.pk)
    values = np.array([[getattr(track, name) for name in FEATURE_NAMES] for track in tracks])
    table = table_of(np.array([track.pk for track in tracks]), np.arange(len(tracks)), values)
    name = str(run.plot_png.name).replace(".png", ".near")
    run.neighbours.name = default_storage.save(name, ContentFile(table))
    run.save(update_fields=["neighbours"])


def numbered_tracks(genre: Genre, count: int = 12) -> list[Track]:
    """Create tracks "Track 00", "Track 01", … of ``genre``, each by an artist of the same number."""
    return [
        TrackFactory(title=f"Track {number:02}", genres=[genre], artists=[ArtistFactory(name=f"Artist {number:02}")])
        for number in range(count)
    ]


def three_runs(genre: Genre, tracks: list[Track]) -> list[Run]:
    """Create three runs of twelve tracks: the first, a published one in which cluster 2 has split, and a later one."""
    return [
        stored_run(genre, {1: tracks[:4], 2: tracks[4:]}),
        stored_run(genre, {1: tracks[:4], 2: tracks[4:9], 3: tracks[9:]}, is_published=True),
        stored_run(genre, {1: tracks[:5], 2: tracks[5:9], 3: tracks[9:11]}),
    ]
