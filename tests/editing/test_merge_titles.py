"""Merging tracks and albums: what they have, which values stay, and what still finds them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from clusters.models import ExcludedTrack
from musicdb.editing import MergeError, differences, merge
from musicdb.imports import ImportOptions, Source, run_import
from musicdb.models import Album, Import, Playlist, Track
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
    stored_run,
)
from tests.imports.files import net_file, net_row

pytestmark = pytest.mark.django_db
ID_A, ID_B = "a" * 22, "b" * 22


@pytest.fixture
def user() -> User:
    return User.objects.create_user("curator")


def entries(playlist: Playlist) -> list[str]:
    return list(playlist.entries.order_by("position").values_list("track__title", flat=True))


def names(rows: Any, member: str) -> list[str]:
    return list(rows.order_by("position").values_list(f"{member}__name", flat=True))


# --- Tracks ------------------------------------------------------------------------------------------------------


def test_the_track_that_stays_stands_wherever_one_of_them_stood(user: User) -> None:
    dub, house = GenreFactory(), GenreFactory()
    kept, other = TrackFactory(title="Kept", genres=[dub]), TrackFactory(title="Other", genres=[dub, house])
    third = TrackFactory(title="Third")
    one, both = PlaylistFactory(tracks=[third, other]), PlaylistFactory(tracks=[other, third, kept])

    merged = merge(kept, [other], user)

    assert (entries(one), entries(both)) == (["Third", "Kept"], ["Kept", "Third", "Kept"])
    assert set(kept.genres.all()) == {dub, house}
    assert set(Track.objects.all()) == {kept, third}
    assert (merged.moved, merged.others) == (2, 1)


def test_a_place_in_a_cluster_goes_to_the_track_that_stays(user: User) -> None:
    genre = GenreFactory()
    kept, other, third = (TrackFactory(genres=[genre]) for _ in range(3))
    first = stored_run(genre, {1: [third, other]})
    second = stored_run(genre, {1: [kept, other], 2: [third]}, is_published=True)
    excluding = stored_run(genre, {1: [third]})
    ExcludedTrack.objects.create(run=excluding, track=other, reason="no tempo")

    merge(kept, [other], user)

    assert list(first.memberships.order_by("rank").values_list("track", "rank")) == [(third.pk, 1), (kept.pk, 2)]
    # A run has a track once, so its own place stays.
    assert set(second.memberships.values_list("track", "cluster__number")) == {(kept.pk, 1), (third.pk, 2)}
    assert list(excluding.excluded.values_list("track", "reason")) == [(kept.pk, "no tempo")]


def test_a_track_keeps_its_values_and_what_it_lacks_comes_from_the_others(user: User) -> None:
    album = AlbumFactory(title="Home")
    kept = TrackFactory(title="Kept", album=None, score=0, isrc="", liked=False, spotify_id=None, features=False)
    one = TrackFactory(title="One", album=album, disc_number=2, track_number=5, score=9, isrc="GBUM71029604")
    two = TrackFactory(title="Two", liked=True, duration_ms=1_000, track_number=7)

    merge(kept, [one, two], user)

    kept.refresh_from_db()
    assert (kept.title, kept.score, kept.liked, kept.isrc) == ("Kept", 9, True, "GBUM71029604")
    assert (kept.album, kept.disc_number, kept.track_number) == (album, 2, 5)
    assert (kept.spotify_id, kept.duration_ms) == (one.spotify_id, 1_000)
    assert (kept.tempo, kept.energy) == (one.tempo, one.energy)


@pytest.mark.parametrize(("scores", "expected"), [((3, 9), 9), ((9, 3), 9), ((None, 0), 0), ((None, None), None)])
def test_the_highest_score_stays_unless_another_is_chosen(user: User, scores: Any, expected: Any) -> None:
    kept, other = (TrackFactory(score=score) for score in scores)
    merge(kept, [other], user)
    kept.refresh_from_db()
    assert kept.score == expected

    lower = TrackFactory(score=1)
    merge(kept, [lower], user, {"score": lower.pk})
    kept.refresh_from_db()
    assert kept.score == 1


def test_what_the_service_and_the_owner_say_of_the_track_that_stays_stays(user: User) -> None:
    kept, other = TrackFactory(popularity=10, liked=True), TrackFactory(popularity=90, liked=False)
    merge(kept, [other], user)
    kept.refresh_from_db()
    assert (kept.popularity, kept.liked) == (10, True)


def test_times_are_shown_as_the_site_shows_them() -> None:
    one = TrackFactory(added_at=datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC))
    two = TrackFactory(added_at=datetime(2023, 5, 6, 7, 8, 9, tzinfo=UTC))
    (added,) = (found for found in differences(Track, [one, two]) if found.name == "added_at")
    assert [text for _, text in added.options] == ["6 May 2024, 07:08", "6 May 2023, 07:08"]


def test_a_number_on_another_album_fills_no_gap(user: User) -> None:
    album = AlbumFactory()
    kept = TrackFactory(album=album)
    merge(kept, [TrackFactory(track_number=7), TrackFactory(album=album, disc_number=1)], user)
    kept.refresh_from_db()
    assert (kept.album, kept.disc_number, kept.track_number) == (album, 1, None)


def test_the_longer_list_of_artists_stays_and_no_two_lists_are_mixed(user: User) -> None:
    a, b, c = (ArtistFactory(name=name) for name in "abc")
    kept, fuller, strange = (TrackFactory(artists=artists) for artists in ([a], [a, b], [c, b, b][:2]))
    merge(kept, [strange, fuller], user)
    assert names(kept.track_artists, "artist") == ["a", "b"]


def test_an_editor_chooses_values_and_what_is_replaced_becomes_an_alias(user: User) -> None:
    a, b = ArtistFactory(name="a"), ArtistFactory(name="b")
    kept = TrackFactory(title="Song - 2011 Remaster", spotify_id=ID_A, isrc="GBUM71029604", artists=[a])
    other = TrackFactory(title="Song", spotify_id=ID_B, isrc="USS1Z9900001", artists=[b], explicit=True)

    merge(kept, [other], user, {"title": other.pk, "spotify_id": other.pk, "isrc": other.pk, "artists": other.pk})

    kept.refresh_from_db()
    assert (kept.title, kept.spotify_id, kept.isrc, kept.explicit) == ("Song", ID_B, "USS1Z9900001", True)
    assert kept.slug == "song-2011-remaster"
    assert names(kept.track_artists, "artist") == ["b"]
    assert set(kept.aliases.values_list("name", "slug", "spotify_id", "isrc")) == {
        ("Song", "song", None, "USS1Z9900001"),
        ("Song - 2011 Remaster", None, ID_A, "GBUM71029604"),
    }


# --- Albums ------------------------------------------------------------------------------------------------------


def test_the_tracks_of_merged_albums_are_on_the_one_that_stays(user: User) -> None:
    label, artist = LabelFactory(name="Label"), ArtistFactory(name="Artist")
    kept, other = AlbumFactory(labels=[]), AlbumFactory(labels=[label], artists=[artist])
    tracks = [TrackFactory(album=kept), TrackFactory(album=other), TrackFactory(album=other)]

    merged = merge(kept, [other], user)

    assert set(kept.tracks.all()) == set(tracks)
    assert merged.moved == 2
    assert (names(kept.album_labels, "label"), names(kept.album_artists, "artist")) == (["Label"], ["Artist"])
    version = tracks[1].history.first()
    assert (version.change_type, version.history_change_reason) == (
        "merge",
        f"Album “{other}” merged into “{kept}” ({kept.slug}).",
    )


def test_of_two_dates_that_agree_the_finer_one_stays(user: User) -> None:
    kept = AlbumFactory(release_date="1983-01-01", release_precision="year", upc="602435971889")
    same = AlbumFactory(release_date="1983-05-12", release_precision="day")
    other = AlbumFactory(release_date="1990-05-12", release_precision="day", upc="602435971890")
    merge(kept, [other, same], user)
    kept.refresh_from_db()
    assert (kept.released, kept.upc) == ("1983-05-12", "602435971889")
    assert set(kept.aliases.values_list("spotify_id", "upc")) == {
        (other.spotify_id, other.upc),
        (same.spotify_id, ""),
    }


# --- What differs ------------------------------------------------------------------------------------------------


def test_only_what_is_known_and_different_is_asked(user: User) -> None:
    album = AlbumFactory(title="Home")
    one = TrackFactory(title="Song", album=album, track_number=3, score=1, isrc="", explicit=None, features=False)
    two = TrackFactory(title="Song", album=album, track_number=4, score=1, isrc="GBUM71029604", features=False)
    found = {difference.label: difference.options for difference in differences(Track, [one, two])}
    assert found == {
        "Place on an album": [(one.pk, "Home, track 3"), (two.pk, "Home, track 4")],
        "Spotify id": [(one.pk, one.spotify_id), (two.pk, two.spotify_id)],
    }


@pytest.mark.parametrize("number", [2, 4])
def test_differences_need_as_many_queries_for_few_rows_as_for_many(django_assert_num_queries: Any, number: int) -> None:
    tracks = [TrackFactory(artists=[ArtistFactory()]) for _ in range(number)]
    rows = list(Track.objects.filter(pk__in=[track.pk for track in tracks]))
    with django_assert_num_queries(3):  # albums, artists of the tracks, their names
        differences(Track, rows)


# --- What still finds them ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("factory", "folder"), [(TrackFactory, "tracks"), (AlbumFactory, "albums")])
def test_the_address_of_what_was_merged_redirects(client: Client, user: User, factory: Any, folder: str) -> None:
    kept, other = factory(title="Kept"), factory(title="Other")
    merge(kept, [other], user)
    for start in ("", "/api/v1"):
        if client.get(f"{start}/{folder}/kept/").status_code == 200:
            assert client.get(f"{start}/{folder}/other/")["Location"] == f"{start}/{folder}/kept/"
    assert factory(title="Other").slug == "other-2"


def a_file(*rows: tuple[str, str, str]) -> Source:
    """A file of tracks: the id, the title, the album of each, all by one artist."""
    named = {"Artist Name(s)": "Somebody", "Popularity": "50"}
    return net_file(
        *(
            net_row(**{"Track URI": f"spotify:track:{key}", "Track Name": title, "Album Name": album, **named})
            for key, title, album in rows
        )
    )


def test_an_import_finds_the_track_that_stays_and_leaves_it_as_it_is(user: User) -> None:
    file = a_file((ID_A, "Song", "Home"), (ID_B, "Song (Album Version)", "Away"))
    run_import([file], ImportOptions(), user)
    kept, other = Track.objects.order_by("title")
    merge(kept, [other], user)
    Track.objects.filter(pk=kept.pk).update(popularity=1)

    run_import([a_file((ID_B, "Song (Album Version)", "Away"))], ImportOptions(), user)

    assert list(Track.objects.values_list("title", "popularity")) == [("Song", 1)]
    assert Import.objects.count() == 2


def test_an_import_finds_the_album_that_stays(user: User) -> None:
    file = a_file((ID_A, "One", "Home"), (ID_B, "Two", "Home (Deluxe)"))
    run_import([file], ImportOptions(), user)
    kept, other = Album.objects.order_by("title")
    merge(kept, [other], user)

    run_import([a_file((ID_A, "One", "Home"), (ID_B, "Two", "Home (Deluxe)"))], ImportOptions(), user)

    assert list(Album.objects.values_list("title", flat=True)) == ["Home"]
    assert set(kept.tracks.values_list("title", flat=True)) == {"One", "Two"}


# --- What is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", [TrackFactory, AlbumFactory])
def test_what_is_gone_cannot_be_merged_and_nothing_changes(user: User, factory: Any) -> None:
    kept, gone, there = factory(), factory(), factory()
    type(gone).objects.filter(pk=gone.pk).delete()
    with pytest.raises(MergeError, match="no longer exist"):
        merge(kept, [there, gone], user)
    assert set(type(kept).objects.all()) == {kept, there}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("factory", "queries"), [(TrackFactory, 39), (AlbumFactory, 27)])
def test_many_rows_ask_as_much_as_few(
    django_assert_num_queries: Any, user: User, factory: Any, queries: int, rows: int
) -> None:
    kept, other = factory(), factory()
    for _ in range(rows):
        if factory is TrackFactory:
            PlaylistFactory(tracks=[other, kept])
        else:
            TrackFactory(album=other)
    merge(factory(), [factory()], user)
    User.objects.get()
    with django_assert_num_queries(queries):
        merge(kept, [other], user)
