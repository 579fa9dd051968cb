"""Collections: what owns one, what the database refuses, how they are named, and what they contain."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from clusters.models import Collection
from clusters.models.collection_querysets import OWNERS
from clusters.runs.rows import tracks_in
from musicdb.models import Artist, Genre, Label, Playlist, Track
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
    collection_of,
)

pytestmark = pytest.mark.django_db


def owners() -> list[Any]:
    return [
        GenreFactory(name="korean pop"),
        PlaylistFactory(name="Road trip"),
        ArtistFactory(name="HEIZE"),
        LabelFactory(name="Stone"),
    ]


def refused(**fields: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Collection.objects.bulk_create([Collection(**fields)])


class TestRows:
    def test_each_owner_has_one(self) -> None:
        for owner in owners():
            assert collection_of(owner) == collection_of(owner)
            refused(kind=collection_of(owner).kind, **{collection_of(owner).kind: owner})

    def test_there_is_one_library(self) -> None:
        assert Collection.objects.library() == Collection.objects.library()
        refused(kind="library")

    def test_the_kind_says_who_owns_it(self) -> None:
        genre, playlist, *_ = owners()
        refused(kind="genre")
        refused(kind="library", genre=genre)
        refused(kind="playlist", genre=genre)
        refused(kind="genre", genre=genre, playlist=playlist)

    @pytest.mark.parametrize("clusters", [1, 21])
    def test_no_number_of_clusters_that_a_run_refuses(self, clusters: int) -> None:
        refused(kind="library", clusters=clusters)

    def test_a_saved_row_finds_its_kind_by_itself(self) -> None:
        for kind, owner in zip(OWNERS, owners(), strict=True):
            assert Collection.objects.create(**{kind: owner}).kind == kind

    def test_it_goes_with_its_owner(self) -> None:
        for owner in owners():
            collection_of(owner)
            owner.delete()
        assert not Collection.objects.exists()


class TestManyAtOnce:
    @pytest.mark.parametrize("count", [1, 3])
    def test_three_queries_by_slug(self, count: int, django_assert_num_queries: Any) -> None:
        genres = GenreFactory.create_batch(count)
        # Those that have none, which are created, and all.
        with django_assert_num_queries(3):
            found = Collection.objects.all_of(Genre.objects.all())
            assert [collection.key for collection in found] == sorted(f"genre:{genre.slug}" for genre in genres)
        with django_assert_num_queries(2):
            assert Collection.objects.all_of(Genre.objects.all()) == found


class TestNames:
    def test_in_a_sentence_in_a_list_and_on_a_command_line(self) -> None:
        named = [(c.name, str(c), c.key) for c in (Collection.objects.library(), *map(collection_of, owners()))]
        assert named == [
            ("the library", "the library", "library"),
            ("korean pop", "korean pop", "genre:korean-pop"),
            ("Road trip", "Road trip (playlist)", "playlist:road-trip"),
            ("HEIZE", "HEIZE (artist)", "artist:heize"),
            ("Stone", "Stone (label)", "label:stone"),
        ]

    def test_the_library_comes_first_then_each_kind_by_name(self) -> None:
        for owner in [*reversed(owners()), GenreFactory(name="Ambient")]:
            collection_of(owner)
        Collection.objects.library()
        assert [collection.key for collection in Collection.objects.in_order()] == [
            "library",
            "genre:ambient",
            "genre:korean-pop",
            "playlist:road-trip",
            "artist:heize",
            "label:stone",
        ]


class TestTracks:
    @pytest.fixture
    def tracks(self) -> list[Track]:
        """Three tracks, of which the first two belong to each of ``owners``, and one on an album of its own."""
        genre, playlist, artist, label = owners()
        album = AlbumFactory(labels=[label])
        tracks = [TrackFactory(genres=[genre], artists=[artist], album=album) for _ in range(2)]
        for position, track in enumerate([*tracks, tracks[0]]):
            playlist.entries.create(track=track, position=position)
        return [*tracks, TrackFactory()]

    def test_of_each_kind_each_once(self, tracks: list[Track]) -> None:
        for model in (Genre, Playlist, Artist, Label):
            assert sorted(tracks_in(collection_of(model.objects.get())), key=lambda track: track.pk) == tracks[:2]
        assert set(tracks_in(Collection.objects.library())) == set(tracks)

    def test_a_rule_finds_them_anew_each_time(self, tracks: list[Track]) -> None:
        collection = collection_of(PlaylistFactory(name="Liked", rule="liked=true"))
        assert not tracks_in(collection).exists()
        Track.objects.filter(pk=tracks[1].pk).update(liked=True)
        assert list(tracks_in(collection)) == [tracks[1]]
