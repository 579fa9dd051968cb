"""Back to a version: everything that it says, or nothing, with the reasons."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from musicdb import history
from musicdb.editing import merge
from musicdb.history import Change
from musicdb.history.diff import Names as NamesOf
from musicdb.history.diff import deleted_versions, describe, versions_of
from musicdb.history.restore import RevertRefusedError, restore_deleted, revert
from musicdb.history.states import current_state
from musicdb.models import Album, Artist, Genre, Label, Track
from musicdb.models.history import ChangeType
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create_user("editor")


def noted(thing: Any) -> Any:
    """Return the version that says what ``thing`` and what hangs on it are like now."""
    history.baseline(type(thing), [thing.pk])
    return thing.history.first()


def deleted(thing: Any, user: User) -> Any:
    model, key = type(thing), thing.pk
    history.delete(model.objects.filter(pk=key), Change(ChangeType.DELETION, user))
    return versions_of(model, key).first()


def state(thing: Any) -> dict[str, str]:
    version = current_state(type(thing).objects.get(pk=thing.pk))
    return describe(version, NamesOf([version]))


def refused(act: Any, version: Any, user: User) -> list[str]:
    """Return why ``act`` is refused, having seen that it changed nothing."""
    model = version.instance_type
    before, kept = list(model.objects.order_by("pk").values()), model.history.count()
    with pytest.raises(RevertRefusedError) as error:
        act(version, user)
    assert (list(model.objects.order_by("pk").values()), model.history.count()) == (before, kept)
    return error.value.reasons


class TestReverting:
    def test_a_track_is_all_that_it_was(self, user: User) -> None:
        artists, genres = [ArtistFactory(), ArtistFactory(), ArtistFactory()], [GenreFactory(), GenreFactory()]
        track = TrackFactory(title="Then", artists=artists[1::-1], genres=genres[:1], score=3, liked=True)
        version, before = noted(track), state(track)
        track.title, track.album, track.score, track.liked, track.tempo = "Now", None, None, False, 99
        track.save()
        track.track_artists.all().delete()
        for place, artist in enumerate(artists[::2]):
            track.track_artists.create(artist=artist, position=place)
        track.genres.set(genres[1:])
        assert revert(version, user) == track
        assert state(track) == before
        assert [artist.pk for artist in track.artists_in_order] == [artists[1].pk, artists[0].pk]
        last = track.history.first()
        assert (last.change_type, last.history_user, last.history_type) == ("revert", user, "~")
        assert last.history_change_reason.startswith("Reverted to the version of ")
        # What the revert took back can be returned to as well.
        revert(track.history.all()[1], user)
        assert (Track.objects.get().title, Track.objects.get().tempo) == ("Now", 99)

    def test_an_album_has_its_labels_and_its_date_again(self, user: User) -> None:
        labels = [LabelFactory(), LabelFactory()]
        album = AlbumFactory(labels=labels[::-1], release_date="1983-05-01", release_precision="month")
        version = noted(album)
        Album.objects.update(release_date=None, release_precision="")
        album.album_labels.all().delete()
        revert(version, user)
        album = Album.objects.get()
        assert (album.released, [label.pk for label in album.labels_in_order]) == (
            "1983-05",
            [labels[1].pk, labels[0].pk],
        )

    def test_the_address_stays(self, user: User) -> None:
        label = LabelFactory(name="One")
        version = noted(label)
        Label.objects.update(name="Two", slug="two")
        revert(version, user)
        assert Label.objects.values_list("name", "slug").get() == ("One", "two")

    def test_spellings_come_and_go_and_those_that_links_lead_by_stay(self, user: User) -> None:
        genre = GenreFactory()
        genre.aliases.create(name="kept")
        genre.aliases.create(name="lost")
        version = noted(genre)
        genre.aliases.filter(name="lost").delete()
        genre.aliases.create(name="new")
        genre.aliases.create(name="address", slug="an-address")
        revert(version, user)
        assert set(genre.aliases.values_list("name", "slug")) == {
            ("kept", None),
            ("lost", None),
            ("address", "an-address"),
        }

    def test_another_of_the_same_name_is_another(self, user: User) -> None:
        artists = [ArtistFactory(name="Kim"), ArtistFactory(name="Kim")]
        track = TrackFactory(artists=artists[:1])
        version = noted(track)
        track.track_artists.update(artist=artists[1])
        revert(version, user)
        assert track.artists_in_order == artists[:1]

    def test_what_is_so_already_is_refused(self, user: User) -> None:
        label = LabelFactory()
        assert refused(revert, noted(label), user) == ["This label is as that version states already."]

    def test_what_is_gone_is_to_be_brought_back(self, user: User) -> None:
        label = LabelFactory()
        noted(label)
        version = deleted(label, user)
        assert refused(revert, version, user) == ["This label has been deleted since: restore it instead."]

    @pytest.mark.parametrize(("factory", "taken_as"), [(LabelFactory, "One"), (GenreFactory, "ONE")])
    def test_a_name_that_is_anothers_by_now(self, factory: Any, taken_as: str, user: User) -> None:
        thing = factory(name="One")
        version = noted(thing)
        thing.name = "Two"
        thing.save()
        holder = factory(name=taken_as)
        assert refused(revert, version, user) == [f"Name “One” is taken by “{taken_as}” ({holder.slug})."]

    def test_a_spotify_id_that_is_anothers_by_now(self, user: User) -> None:
        track = TrackFactory(title="One")
        version, spotify_id = noted(track), track.spotify_id
        track.spotify_id = None
        track.save()
        TrackFactory(title="Two", spotify_id=spotify_id)
        assert refused(revert, version, user) == [f"Spotify id “{spotify_id}” is taken by “Two” (two)."]

    def test_what_it_points_at_is_gone_and_every_one_is_named(self, user: User) -> None:
        artist, album, genre = ArtistFactory(name="Ann"), AlbumFactory(title="Album"), GenreFactory(name="pop")
        track = TrackFactory(artists=[artist], album=album, genres=[genre])
        version = noted(track)
        track.track_artists.all().delete()
        track.album = None
        track.save()
        for thing in (artist, album, genre):
            deleted(thing, user)
        assert refused(revert, version, user) == [
            "Album “Album” has been deleted since. Restore it first.",
            "Artist “Ann” has been deleted since. Restore it first.",
            "Genre “pop” has been deleted since. Restore it first.",
        ]

    def test_what_it_points_at_was_merged(self, user: User) -> None:
        artist = ArtistFactory(name="Ann")
        track = TrackFactory(title="One", artists=[artist])
        version = noted(track)
        merge(ArtistFactory(name="Anne"), [artist], user)
        assert refused(revert, version, user) == [
            "Artist “Ann” no longer exists. Merged into “Anne” (anne).",
        ]
        assert [artist.name for artist in track.artists_in_order] == ["Anne"]

    def test_what_is_not_allowed_any_more(self, user: User) -> None:
        album = AlbumFactory()
        version = noted(album)
        type(version).objects.filter(pk=version.pk).update(image_url="javascript:alert(1)")
        version.refresh_from_db()
        assert refused(revert, version, user) == [
            "Art: Enter a valid URL. Enter a web address that begins with https://.",
        ]

    def test_a_spelling_that_is_another_things_name_by_now(self, user: User) -> None:
        label = LabelFactory()
        label.aliases.create(name="Taken")
        version = noted(label)
        label.aliases.all().delete()
        LabelFactory(name="Taken")
        assert refused(revert, version, user) == ["Alias “Taken”: there is a label of this name."]
        assert not label.aliases.exists()


class TestBringingBack:
    def test_a_track_comes_back_with_its_key_its_address_and_all_that_hung_on_it(self, user: User) -> None:
        track = TrackFactory(artists=[ArtistFactory(), ArtistFactory()], genres=[GenreFactory()])
        before, key, slug = state(track), track.pk, track.slug
        noted(track)
        version = deleted(track, user)
        assert list(deleted_versions(Track)) == [version]
        returned = restore_deleted(version, user)
        assert (returned.pk, returned.slug, state(returned)) == (key, slug, before)
        last = returned.history.first()
        assert (last.history_type, last.change_type, last.history_user) == ("+", "restore", user)
        assert not deleted_versions(Track).exists()

    def test_a_new_row_never_takes_the_key_of_one_that_is_gone(self, user: User) -> None:
        track = TrackFactory()
        version = deleted(track, user)
        other = TrackFactory()
        restore_deleted(version, user)
        assert TrackFactory().pk > other.pk > version.id

    def test_an_artist_comes_back_with_its_spellings(self, user: User) -> None:
        artist = ArtistFactory()
        artist.aliases.create(name="Zoë", spotify_id="another000000000000000")
        artist.aliases.create(name="Ann", slug="ann")
        version = deleted(artist, user)
        assert set(restore_deleted(version, user).aliases.values_list("name", "slug", "spotify_id")) == {
            ("Zoë", None, "another000000000000000"),
            ("Ann", "ann", None),
        }

    def test_a_genre_returns_to_the_tracks_that_lost_it(self, user: User) -> None:
        genre = GenreFactory(name="pop")
        track, gone, other = TrackFactory(genres=[genre]), TrackFactory(genres=[genre]), TrackFactory()
        version = deleted(genre, user)
        gone.delete()
        restore_deleted(version, user)
        assert list(Track.objects.filter(genres__name="pop")) == [track]
        last = track.history.first()
        assert (last.change_type, last.history_change_reason) == ("restore", "Genre “pop” was restored.")
        assert other.history.first().change_type == "program"

    def test_what_is_there_is_not_brought_back(self, user: User) -> None:
        label = LabelFactory()
        assert refused(restore_deleted, noted(label), user) == ["This label exists already."]

    def test_its_address_is_anothers_by_now(self, user: User) -> None:
        track = TrackFactory(title="One")
        version = deleted(track, user)
        TrackFactory(title="One")
        assert refused(restore_deleted, version, user) == ["The address “one” is that of “One” now."]

    def test_it_was_merged_and_its_address_leads_elsewhere(self, user: User) -> None:
        stays, goes = ArtistFactory(name="Stays"), ArtistFactory(name="Goes")
        key = goes.pk
        merge(stays, [goes], user)
        assert refused(restore_deleted, versions_of(Artist, key).first(), user) == [
            "The address “goes” leads to “Stays” now, as an address of “Goes”."
        ]

    def test_its_name_its_id_and_its_spelling_are_anothers_by_now(self, user: User) -> None:
        genre, label = GenreFactory(name="Pop"), LabelFactory(name="Label")
        label.aliases.create(name="Lbl")
        gone_genre, gone_label = deleted(genre, user), deleted(label, user)
        Genre.objects.create(name="POP", slug="another")
        assert refused(restore_deleted, gone_genre, user) == ["Name “Pop” is taken by “POP” (another)."]
        LabelFactory(name="Lbl")
        assert refused(restore_deleted, gone_label, user) == ["Alias “Lbl”: there is a label of this name."]
        assert not Label.objects.filter(pk=gone_label.id).exists()
