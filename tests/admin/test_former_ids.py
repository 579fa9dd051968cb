"""A corrected id keeps the old one as an alias, so that the next import of the same file finds the row by it."""

from typing import Any

import pytest
from django.test import Client

from musicdb.imports import Source
from musicdb.imports.options import Existing
from musicdb.models import Album, Artist, Genre, Track
from tests.admin.helpers import messages_of, page_of
from tests.admin.screens import Screen, saved
from tests.factories import AlbumFactory, ArtistFactory, TrackFactory
from tests.imports.files import NET, as_csv, net_file, net_row, track_id
from tests.imports.library import run, state, zipped
from tests.pages.html import parse

pytestmark = pytest.mark.django_db

OLD, NEW = track_id(1), "N" * 22
BOX = "keep_former_name"
OLD_ISRC, NEW_ISRC = "KRA381001057", "KRA381001058"
OLD_UPC, NEW_UPC = "036000291452", "4006381333931"
MODELS: list[Any] = [Artist, Album, Track]


def import_ids(**options: Any) -> None:
    run(
        zipped(
            artists=f"slug,name,spotify_id,visibility\n,IU,{OLD},\n",
            albums=f"slug,title,released,spotify_id,upc\n,Lilac,2021-03-25,{OLD},{OLD_UPC}\n",
            tracks=f"slug,title,artists,artist_slugs,album,spotify_id,isrc\n,Coin,IU,,Lilac,{OLD},{OLD_ISRC}\n",
        ),
        **options,
    )


def counts() -> list[int]:
    return [model.objects.count() for model in MODELS]


def aliases_of(row: Any, *columns: str) -> list[Any]:
    return list(row.aliases.order_by("pk").values_list("name", *columns))


@pytest.mark.parametrize("model", MODELS)
def test_the_next_import_of_the_same_file_finds_the_row_by_the_old_id(mina: Client, model: Any) -> None:
    import_ids()
    row = model.objects.get()
    saved(Screen(mina, row).type(spotify_id=NEW))
    assert aliases_of(row, "spotify_id") == [(str(row), OLD)]
    assert row.history.first().aliases[0]["spotify_id"] == OLD
    before = state()
    for existing in Existing:
        import_ids(existing=existing)
        assert state() == before
    assert counts() == [1, 1, 1]


def test_the_next_import_of_an_exportify_file_finds_the_track(mina: Client) -> None:
    source = net_file(net_row(1))
    run(source)
    saved(Screen(mina, Track.objects.get()).type(spotify_id=NEW, title="Corrected"))
    run(source)
    track = Track.objects.get()
    assert (track.title, track.spotify_id) == ("Corrected", NEW)
    # One alias has both.
    assert aliases_of(track, "spotify_id") == [("Song 1", OLD)]


def test_a_track_without_a_spotify_id_is_found_by_its_old_isrc(mina: Client) -> None:
    source = zipped(tracks=f"slug,title,artists,artist_slugs,album,isrc\n,Coin,IU,,,{OLD_ISRC}\n")
    run(source)
    track = Track.objects.get()
    saved(Screen(mina, track).type(isrc=NEW_ISRC))
    assert aliases_of(track, "isrc") == [("Coin", OLD_ISRC)]
    run(source)
    assert Track.objects.get().isrc == NEW_ISRC


def test_an_alias_with_the_title_of_the_track_does_not_hide_the_track(mina: Client) -> None:
    track = TrackFactory(title="Coin", artists=[ArtistFactory(name="IU")], isrc=OLD_ISRC)
    saved(Screen(mina, track).type(isrc=NEW_ISRC))
    run(zipped(tracks="slug,title,artists,artist_slugs,album,genres,duration_ms\n,Coin,IU,,,Pop,193000\n"))
    track = Track.objects.get()
    assert (track.duration_ms, [genre.name for genre in track.genres.all()]) == (193_000, ["Pop"])


def test_an_album_without_a_spotify_id_is_found_by_its_old_upc(mina: Client) -> None:
    source = Source("songs.csv", as_csv([[*net_row(1), OLD_UPC]], (*NET, "UPC")).encode())
    run(source)
    album = Album.objects.get()
    saved(Screen(mina, album).type(upc=NEW_UPC))
    assert aliases_of(album, "upc") == [("Album 1", OLD_UPC)]
    other = net_row(2, **{"Album Name": "Album 1", "Artist Name(s)": "Singer 1"})
    run(source, Source("more.csv", as_csv([[*other, OLD_UPC]], (*NET, "UPC")).encode()))
    assert Album.objects.get().upc == NEW_UPC
    assert Track.objects.count() == 2


@pytest.mark.parametrize("title", ["Renamed", "ALBUM 1"])
def test_an_album_without_any_id_is_found_by_its_old_title(mina: Client, title: str) -> None:
    source = net_file(net_row(1))
    run(source)
    album = Album.objects.get()
    assert album.spotify_id is None
    saved(Screen(mina, album).type(title=title))
    run(source)
    run(net_file(net_row(2, **{"Album Name": "Album 1", "Artist Name(s)": "Singer 1"})))
    assert Album.objects.get().title == title
    assert Track.objects.count() == 2


def test_whoever_says_no_keeps_no_id(mina: Client) -> None:
    artist = ArtistFactory(spotify_id=OLD)
    saved(Screen(mina, artist).type(spotify_id=NEW, keep_former_name=None))
    assert aliases_of(artist) == []


def test_an_id_that_returns_is_no_alias_any_more(mina: Client) -> None:
    artist = ArtistFactory(name="IU", spotify_id=OLD)
    saved(Screen(mina, artist).type(spotify_id=NEW))
    saved(Screen(mina, artist).type(spotify_id=OLD, name="Lee Ji-eun"))
    assert aliases_of(artist, "spotify_id") == [("IU", NEW)]
    saved(Screen(mina, artist).type(spotify_id=""))
    saved(Screen(mina, artist).type(spotify_id=NEW))
    assert sorted(aliases_of(artist, "spotify_id"), key=str) == [("IU", None), ("Lee Ji-eun", OLD)]


@pytest.mark.parametrize("is_alias", [False, True])
def test_an_id_that_leads_to_another_row_is_not_kept_and_the_editor_reads_why(mina: Client, is_alias: bool) -> None:
    album = AlbumFactory(title="Lilac", upc=OLD_UPC)
    other = AlbumFactory(title="Other", upc="" if is_alias else OLD_UPC)
    if is_alias:
        other.aliases.create(name="Other", upc=OLD_UPC)
    response = saved(Screen(mina, album).type(upc=NEW_UPC))
    assert aliases_of(album) == []
    texts = [text for _, text in messages_of(response)]
    assert f"“{OLD_UPC}” was not kept as an alias, because it leads to “Other”." in texts
    album.refresh_from_db()
    assert album.upc == NEW_UPC


def test_a_revert_asks_too(mina: Client) -> None:
    artist = ArtistFactory(name="IU", spotify_id=OLD)
    saved(Screen(mina, artist).type(spotify_id=NEW))
    first = artist.history.last()
    address = page_of(Artist, "version", artist.pk, first.history_id)
    (label,) = (one.text for one in parse(mina.get(address)).all("label") if "alias" in one.text)
    assert label == f"Keep “{NEW}” as an alias, so that searches and imports still find the artist by it"
    mina.post(address, {BOX: "on"})
    artist.refresh_from_db()
    assert (artist.spotify_id, aliases_of(artist, "spotify_id")) == (OLD, [("IU", NEW)])


@pytest.mark.parametrize(
    ("model", "label"),
    [
        (Genre, "Keep the old name as an alias"),
        (Artist, "Keep the old name or Spotify id as an alias"),
        (Album, "Keep the old title, Spotify id or UPC as an alias"),
        (Track, "Keep the old title, Spotify id or ISRC as an alias"),
    ],
)
def test_the_box_says_what_is_kept(mina: Client, model: Any, label: str) -> None:
    column = "name" if model in (Genre, Artist) else "title"
    form = mina.get(page_of(model, "change", model.objects.create(**{column: "Any"}).pk)).context["adminform"].form
    assert form.fields[BOX].label == label
