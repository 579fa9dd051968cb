"""The pages of the catalogue: what they show, what they link, what they hide, and what they ask the database."""

import pytest
from django.test import Client

from musicdb.models import Album, Genre
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory, clustered_genre
from tests.pages.html import parse, table_rows

pytestmark = pytest.mark.django_db


def track_with_everything(**fields):
    album = AlbumFactory(
        labels=[LabelFactory(name="Loud Label"), LabelFactory(name="Plain Label", visibility="hidden")],
        release_date="1983-05-01",
        release_precision="month",
    )
    artists = [ArtistFactory(name="Zoë"), ArtistFactory(name="Anon", visibility="hidden")]
    return TrackFactory(album=album, artists=artists, **fields)


def test_healthz_answers_ok(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_an_icon_is_where_browsers_look_for_one(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"] == "/static/musicdb/icon.svg"


def test_home_of_an_empty_library_invites_editors(client: Client) -> None:
    page = parse(client.get("/"))
    assert ("import it from a file", "/admin/musicdb/import/add/") in page.links


def test_home_of_a_library_without_genres_invites_editors_to_add_them(client: Client) -> None:
    TrackFactory(genres=[])
    page = parse(client.get("/"))
    assert ("add genres to tracks", "/admin/musicdb/track/?gap=genre") in page.links
    assert "is empty" not in page.text


def test_home_shows_each_genre_with_its_plot_counts_and_last_run(client: Client) -> None:
    _genre, run = clustered_genre(tracks=12, name="trip hop")
    GenreFactory(name="skiffle")
    page = parse(client.get("/"))
    first, second = page.all("li", class_="card")
    assert first.one("img").attrs["src"] == run.plot_svg.url
    assert [p.text for p in first.all("p")] == [
        f"12 tracks · {run.cluster_count} clusters",
        f"Last run {run.finished_at.day} {run.finished_at:%b %Y, %H:%M}",
    ]
    assert ("trip hop", "/genres/trip-hop/") in first.links
    assert (f"{run.cluster_count} clusters", "/genres/trip-hop/clusters/") in first.links
    assert [p.text for p in second.all("p")] == ["0 tracks"]
    assert "Not clustered yet" in second.text
    totals = {term.text: number.text for term, number in zip(page.all("dt"), page.all("dd"), strict=True)}
    assert totals == {"tracks": "12", "artists": "12", "albums": "12", "labels": "12", "genres": "2"}


def test_genre_list_is_ordered_by_size_and_paginated(client: Client) -> None:
    small, large = GenreFactory(name="small"), GenreFactory(name="large")
    TrackFactory(genres=[large])
    for _ in range(100):
        GenreFactory()
    page = parse(client.get("/genres/"))
    assert page.one("ul", class_="names").links[0] == ("large", "/genres/large/")
    assert ("Next →", "?page=2") in page.links
    last = parse(client.get("/genres/?page=2"))
    assert last.one("ul", class_="names").links[-1] == ("small", f"/genres/{small.slug}/")
    assert client.get("/genres/?page=3").status_code == 404
    assert client.get("/genres/?page=x").status_code == 404


def test_genre_shows_its_top_artists_albums_labels_and_tracks(client: Client) -> None:
    genre = GenreFactory(name="dub")
    track = track_with_everything(genres=[genre], title="Most Played", score=9)
    TrackFactory(genres=[genre], title="Second", score=1, album=track.album, artists=[track.artists_in_order[0]])
    TrackFactory(title="Elsewhere", score=99)
    page = parse(client.get("/genres/dub/"))
    assert page.one("h1").text == "dub"
    artists, labels = page.all("ol", class_="top")
    assert [item.text for item in artists.all("li")] == ["Zoë 2 tracks", "Anon 1 track"]
    assert artists.links == [("Zoë", "/artists/zoe/")]
    assert [item.text for item in labels.all("li")] == ["Loud Label 2 tracks", "Plain Label 2 tracks"]
    assert labels.links == [("Loud Label", "/labels/loud-label/")]
    assert [item.text for item in page.one("ul", class_="albums").all("li")] == [f"{track.album.title} 1983 · 2 tracks"]
    assert [row[1].text for row in table_rows(page.one("table"))] == ["Most Played", "Second"]


def test_genre_links_to_its_clusters_only_when_there_are_some(client: Client) -> None:
    _genre, _run = clustered_genre(name="dub")
    GenreFactory(name="skiffle")
    assert ("See the clusters", "/genres/dub/clusters/") in parse(client.get("/genres/dub/")).links
    page = parse(client.get("/genres/skiffle/"))
    assert "not clustered yet" in page.text
    assert not [href for _, href in page.links if "clusters" in href]


@pytest.mark.parametrize(("kind", "factory"), [("artists", ArtistFactory), ("labels", LabelFactory)])
def test_only_visible_names_have_a_page(client: Client, kind: str, factory) -> None:
    shown, hidden = factory(name="Shown"), factory(name="Hidden", visibility="hidden")
    assert parse(client.get(f"/{kind}/{shown.slug}/")).one("h1").text == "Shown"
    assert client.get(f"/{kind}/{hidden.slug}/").status_code == 404
    assert [text for text, _ in parse(client.get(f"/{kind}/")).one("ul", class_="names").links] == ["Shown"]


def test_artist_page_lists_tracks_albums_and_genres(client: Client) -> None:
    genre = GenreFactory(name="dub")
    artist = ArtistFactory(name="Zoë")
    album = AlbumFactory(title="Both", release_date="2001-01-01", release_precision="year")
    TrackFactory(title="Less", artists=[artist], album=album, score=1, genres=[genre])
    TrackFactory(title="More", artists=[artist], album=album, score=2)
    page = parse(client.get("/artists/zoe/"))
    assert [row[1].text for row in table_rows(page.one("table"))] == ["More", "Less"]
    assert [item.text for item in page.one("ul", class_="albums").all("li")] == ["Both 2001 · 2 tracks"]
    assert page.one("ul", class_="chips").links == [("dub", "/genres/dub/")]


def test_the_genres_of_an_artist_are_sorted_as_lists_of_names_are(client: Client) -> None:
    TrackFactory(
        artists=[ArtistFactory(name="Zoë")], genres=[GenreFactory(name=name) for name in ("rock", "électro", "Funk")]
    )
    chips = parse(client.get("/artists/zoe/")).one("ul", class_="chips")
    assert [name for name, _ in chips.links] == ["électro", "Funk", "rock"]


def test_label_page_lists_the_tracks_of_its_albums(client: Client) -> None:
    label = LabelFactory(name="Loud Label")
    TrackFactory(title="Ours", album=AlbumFactory(labels=[LabelFactory(), label]))
    TrackFactory(title="Theirs")
    page = parse(client.get("/labels/loud-label/"))
    assert [row[1].text for row in table_rows(page.one("table"))] == ["Ours"]


def test_album_page_shows_release_date_as_precise_as_known_and_labels_in_order(client: Client) -> None:
    track = track_with_everything(title="Only One")
    page = parse(client.get(track.album.get_absolute_url()))
    facts = {term.text: value for term, value in zip(page.all("dt"), page.all("dd"), strict=True)}
    assert facts["Released"].text == "1983-05"
    assert facts["Labels"].text == "Loud Label, Plain Label"
    assert facts["Labels"].links == [("Loud Label", "/labels/loud-label/")]
    assert [row[1].text for row in table_rows(page.one("table"))] == ["Only One"]


def test_album_without_labels_date_or_art_shows_none(client: Client) -> None:
    album = AlbumFactory(image_url="")
    TrackFactory(album=album)
    page = parse(client.get(album.get_absolute_url()))
    assert not {"Labels", "Released", "Artists"} & {term.text for term in page.all("dt")}
    assert not page.all("img", class_="art")


def test_art_that_is_no_web_address_is_never_shown(client: Client) -> None:
    assert Album(image_url="javascript:alert(1)").art == ""
    assert Album(image_url="https://images.example/1.jpg").art == "https://images.example/1.jpg"


def test_track_page_shows_each_feature_and_says_which_are_unknown(client: Client) -> None:
    track = track_with_everything(
        title="Bars", energy=0.25, tempo=None, loudness=-10, key=3, mode=0, time_signature=4, score=7, liked=True
    )
    page = parse(client.get(track.get_absolute_url()))
    bars = page.one("dl", class_="bars")
    words = {row.one("dt").text: row.one("dd").text for row in bars.all("div")}
    assert len(words) == 12
    assert {name: words[name] for name in ("Energy", "Tempo", "Loudness", "Key", "Mode", "Time signature")} == {
        "Energy": "0.25",
        "Tempo": "unknown",
        "Loudness": "-10 dB",
        "Key": "D♯/E♭",
        "Mode": "minor",
        "Time signature": "4 beats",
    }
    widths = {
        row.one("dt").text: part.attrs["width"]
        for row in bars.all("div")
        for part in row.all("rect", class_="bar-part")
    }
    assert (widths["Energy"], widths["Loudness"]) == ("25.0", "75.0")
    assert "Tempo" not in widths
    assert page.one("span", class_="liked").attrs["aria-label"] == "liked"


def test_track_without_features_artists_or_album_still_has_a_page(client: Client) -> None:
    track = TrackFactory(features=False, album=None, spotify_id=None)
    page = parse(client.get(track.get_absolute_url()))
    assert "no audio features" in page.text
    assert not page.all("dt")
    assert "Spotify" not in page.text


def test_track_page_links_the_clusters_that_it_is_in(client: Client) -> None:
    _genre, run = clustered_genre(name="dub")
    membership = run.memberships.select_related("track", "cluster").get(rank=1, cluster__number=2)
    page = parse(client.get(membership.track.get_absolute_url()))
    name = membership.cluster.shown_name
    assert name
    assert (f"dub, cluster #2: {name}", "/genres/dub/clusters/2/") in page.links
    assert "nearest to the centre, of " in page.text


def test_markup_in_names_is_text(client: Client) -> None:
    nasty = '<script>alert(1)</script> & "quotes"'
    track = TrackFactory(title=nasty, artists=[ArtistFactory(name=nasty)], genres=[GenreFactory(name=nasty)])
    page = parse(client.get(track.get_absolute_url()))
    assert page.one("h1").text == nasty
    # All other scripts are files of the site.
    in_place = [script for script in page.all("script") if "src" not in script.attrs]
    assert [script.attrs["type"] for script in in_place] == ["application/ld+json"]


@pytest.mark.parametrize(
    "address", ["/genres/none/", "/artists/none/", "/labels/none/", "/albums/none/", "/tracks/none/"]
)
def test_unknown_address_is_a_designed_404(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert "<h1>Not found</h1>" in response.content.decode()


def test_unchanged_page_is_a_304(client: Client) -> None:
    GenreFactory(name="dub")
    etag = client.get("/genres/dub/")["ETag"]
    assert client.get("/genres/dub/", headers={"if-none-match": etag}).status_code == 304
    TrackFactory(genres=[Genre.objects.get(name="dub")])
    assert client.get("/genres/dub/", headers={"if-none-match": etag}).status_code == 200


def library(tracks: int):
    """A genre of that many tracks by one artist on one label, and then some."""
    genre, artist, label = GenreFactory(name="g"), ArtistFactory(name="a"), LabelFactory(name="l")
    for number in range(tracks):
        album = AlbumFactory(title=f"t{number}", labels=[label, LabelFactory()])
        artists = [artist, ArtistFactory()]
        TrackFactory(title=f"t{number}", genres=[genre, GenreFactory()], artists=artists, album=album, score=1)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    # Each page also reads the site settings.
    [
        # Counts of the four kinds, of the genres for the pages; the genres with their collections; the playlists; the
        # library's run.
        ("/", 6),
        # Count for the pages; the genres.
        ("/genres/", 3),
        # The genre, its count, artists, labels; albums, their labels; tracks, artists, labels; the run.
        ("/genres/g/", 11),
        ("/artists/", 4),
        # The artist, count; tracks (3); albums, their labels; genres; the run.
        ("/artists/a/", 7),
        ("/labels/", 4),
        # The label, count; tracks (3); albums, their labels; the run.
        ("/labels/l/", 8),
        # The album, its labels, its artists, count; tracks (3); how many discs.
        ("/albums/t0/", 7),
        # The track with its other releases, artists, labels, genres; its clusters; its playlists.
        ("/tracks/t0/", 7),
    ],
)
def test_queries_do_not_grow_with_rows(
    client: Client, django_assert_num_queries, address: str, queries: int, rows: int
) -> None:
    library(rows)
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
