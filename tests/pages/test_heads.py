"""What pages say of themselves in their heads: titles, descriptions, addresses, previews of links, JSON-LD."""

import json
from typing import Any

import pytest
from django.test import Client

from musicdb.models import Genre, SiteSettings, Track
from musicdb.pages.machines.structured import document, duration
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
    clustered_genre,
)
from tests.pages.html import Node, parse

pytestmark = pytest.mark.django_db

HOSTILE = '</script><script>alert(1)</script> ]]> \u202eabc\u2066 "quoted" & שלום\nnew\u2028line '


def meta(page: Node) -> dict[str, str]:
    found = {}
    for node in page.all("meta"):
        name = node.attrs.get("property") or node.attrs.get("name")
        if name and "media" not in node.attrs:
            assert name not in found or name == "music:musician", name
            found[name] = node.attrs["content"] or ""
    return found


def link(page: Node, rel: str) -> str | None:
    links = [node.attrs["href"] for node in page.one("head").all("link", rel=rel)]
    return links[0] if links else None


def graph(page: Node) -> list[dict[str, Any]]:
    data = json.loads(page.one("script", type="application/ld+json")._text())
    assert data["@context"] == "https://schema.org"
    found: list[dict[str, Any]] = data["@graph"]
    return found


def undo(**fields: Any) -> Track:
    album = AlbumFactory(
        title="She’s Fine",
        release_date="2019-03-05",
        release_precision="day",
        album_type="album",
        image_url="https://images.example/fine.jpg",
        labels=[LabelFactory(name="Stone"), LabelFactory(name="Secret", visibility="hidden")],
    )
    heize = ArtistFactory(name="HEIZE")
    hidden = ArtistFactory(name="Anon", visibility="hidden")
    album.album_artists.create(artist=heize)
    return TrackFactory(
        title="Undo",
        album=album,
        artists=[heize, hidden],
        genres=[GenreFactory(name="korean pop")],
        isrc="USS1Z9900001",
        duration_ms=187_400,
        **fields,
    )


def test_a_track_says_by_whom_it_is(client: Client) -> None:
    track = undo()
    page = parse(client.get("/tracks/undo/?utm_source=x"))
    assert page.one("title").text == "Undo, by HEIZE, Anon – musicdb"
    assert meta(page) | {"viewport": "", "color-scheme": ""} == {
        "viewport": "",
        "color-scheme": "",
        "description": "A track by HEIZE, Anon from the album She’s Fine (2019), 3:07 long. Genres: korean pop.",
        "og:site_name": "musicdb",
        "og:type": "music.song",
        "og:title": "Undo, by HEIZE, Anon",
        "og:description": "A track by HEIZE, Anon from the album She’s Fine (2019), 3:07 long. Genres: korean pop.",
        "og:url": "http://testserver/tracks/undo/",
        "og:image": "https://images.example/fine.jpg",
        "og:image:alt": "Art of She’s Fine",
        "music:album": "http://testserver/albums/shes-fine/",
        "music:duration": "187",
        "music:musician": "http://testserver/artists/heize/",
        "twitter:card": "summary",
        "twitter:image:alt": "Art of She’s Fine",
    }
    assert link(page, "canonical") == "http://testserver/tracks/undo/"
    recording, crumbs = graph(page)
    assert recording == {
        "@type": "MusicRecording",
        "@id": "http://testserver/tracks/undo/",
        "url": "http://testserver/tracks/undo/",
        "name": "Undo",
        "byArtist": [
            {"@type": "MusicGroup", "name": "HEIZE", "url": "http://testserver/artists/heize/"},
            {"@type": "MusicGroup", "name": "Anon"},
        ],
        "inAlbum": {"@type": "MusicAlbum", "name": "She’s Fine", "url": "http://testserver/albums/shes-fine/"},
        "isrcCode": "USS1Z9900001",
        "duration": "PT3M7S",
        "sameAs": track.spotify_url,
        "genre": ["korean pop"],
        "image": "https://images.example/fine.jpg",
    }
    assert [place["item"] for place in crumbs["itemListElement"]] == [
        "http://testserver/albums/shes-fine/",
        "http://testserver/tracks/undo/",
    ]


def test_an_album_says_its_labels_and_tracks(client: Client) -> None:
    undo()
    page = parse(client.get("/albums/shes-fine/"))
    assert page.one("title").text == "She’s Fine, by HEIZE – musicdb"
    assert meta(page)["description"] == "Album by HEIZE, released 2019-03-05: 1 track, with Undo. Label: Stone, Secret."
    assert (meta(page)["og:type"], meta(page)["music:release_date"]) == ("music.album", "2019-03-05")
    album = graph(page)[0]
    assert album["albumReleaseType"] == "https://schema.org/AlbumRelease"
    assert album["albumRelease"]["recordLabel"] == [
        {"@type": "Organization", "name": "Stone", "url": "http://testserver/labels/stone/"},
        {"@type": "Organization", "name": "Secret"},
    ]
    assert album["numTracks"] == 1
    (entry,) = album["track"]["itemListElement"]
    assert (entry["position"], entry["item"]["name"], entry["item"].get("inAlbum")) == (1, "Undo", None)


@pytest.mark.parametrize(
    ("address", "title", "kind", "type_", "described"),
    [
        ("/artists/heize/", "HEIZE, artist", "profile", "MusicGroup", "1 track by HEIZE, on one album from 2019"),
        ("/labels/stone/", "Stone, label", "website", "CollectionPage", "1 track on the label Stone, on one album"),
        ("/genres/korean-pop/", "korean pop, genre", "website", "CollectionPage", "1 track of korean pop, most of"),
        ("/playlists/rain/", "Rain, playlist", "music.playlist", "MusicPlaylist", "A playlist of 1 track, with Undo."),
        ("/artists/", "Artists", "website", "CollectionPage", "1 artist of a music library, such as HEIZE."),
        ("/playlists/", "Playlists", "website", "CollectionPage", "1 playlist of a music library, such as Rain."),
    ],
)
def test_other_pages_say_what_they_are(
    client: Client, address: str, title: str, kind: str, type_: str, described: str
) -> None:
    PlaylistFactory(name="Rain", tracks=[undo()])
    page = parse(client.get(address))
    assert page.one("title").text == f"{title} – musicdb"
    assert meta(page)["og:type"] == kind
    assert meta(page)["description"].startswith(described)
    assert graph(page)[0]["@type"] == type_
    assert graph(page)[0]["url"] == link(page, "canonical") == f"http://testserver{address}"


def test_the_home_page_is_the_website(client: Client) -> None:
    SiteSettings.objects.create(name="Zoë & Co", introduction="Ours.")
    page = parse(client.get("/"))
    assert page.one("title").text == "Zoë & Co"
    assert graph(page) == [
        {"@type": "WebSite", "name": "Zoë & Co", "@id": "http://testserver/", "url": "http://testserver/"}
    ]
    assert (meta(page)["og:title"], meta(page)["description"]) == ("Zoë & Co", "Ours.")


def test_pages_of_a_list_have_addresses_of_their_own(client: Client) -> None:
    Genre.objects.bulk_create(Genre(name=f"g {n}", slug=f"g-{n}", name_key=f"g {n}") for n in range(250))
    base = "http://testserver/genres/"
    seen = {}
    for number in (1, 2, 3):
        page = parse(client.get(f"/genres/?page={number}&fbclid=x"))
        seen[number] = (link(page, "canonical"), link(page, "prev"), link(page, "next"), page.one("title").text)
        assert "robots" not in meta(page)
    assert seen == {
        1: (base, None, f"{base}?page=2", "Genres – musicdb"),
        2: (f"{base}?page=2", base, f"{base}?page=3", "Genres, page 2 – musicdb"),
        3: (f"{base}?page=3", f"{base}?page=2", None, "Genres, page 3 – musicdb"),
    }
    assert graph(page)[0]["mainEntity"]["itemListElement"][0]["position"] == 201
    filtered = parse(client.get("/genres/?utm=x&q=g"))
    assert meta(filtered)["robots"] == "noindex, follow"
    assert link(filtered, "canonical") == f"{base}?q=g"
    assert link(filtered, "next") == f"{base}?q=g&page=2"


def test_pages_of_clusters_show_their_plot(client: Client) -> None:
    _genre, run = clustered_genre(tracks=40, name="dub")
    run.clusters.filter(number=1).update(name="Night drive")
    page = parse(client.get("/genres/dub/clusters/"))
    found = meta(page)
    assert page.one("title").text == "Clusters in dub – musicdb"
    assert found["description"].startswith(
        f"40 tracks of dub in {run.cluster_count} clusters, grouped by how they sound: Night drive"
    )
    with run.plot_png.open() as file:
        header = file.read(24)
    width, height = (str(int.from_bytes(header[at : at + 4], "big")) for at in (16, 20))
    assert (found["og:image:width"], found["og:image:height"]) == (width, height)
    assert (found["og:image"], found["og:image:alt"]) == (f"http://testserver{run.plot_png.url}", run.plot_alt)
    assert found["twitter:card"] == "summary_large_image"
    listed = graph(page)[0]["mainEntity"]["itemListElement"]
    assert (listed[0]["name"], listed[0]["url"]) == (
        "Cluster #1: Night drive",
        "http://testserver/genres/dub/clusters/1/",
    )
    one = parse(client.get("/genres/dub/clusters/1/"))
    assert one.one("title").text == "Cluster #1: Night drive in dub – musicdb"
    assert [place["name"] for place in graph(one)[1]["itemListElement"]] == [
        "Genres",
        "dub",
        "Clusters",
        "Cluster #1: Night drive",
    ]
    how = parse(client.get("/genres/dub/clusters/how/"))
    assert how.one("title").text == "How the clusters in dub were made – musicdb"


def test_no_name_breaks_out_of_a_page(client: Client) -> None:
    name = (HOSTILE * 20)[:290]
    artist, label = ArtistFactory(name=name), LabelFactory(name=name)
    genre, run = clustered_genre(tracks=12, name=name[:190])
    genre.description = HOSTILE * 200
    genre.save()
    album = AlbumFactory(title=name, labels=[label], artists=[artist])
    track = TrackFactory(title=name, album=album, artists=[artist], genres=[genre])
    playlist = PlaylistFactory(name=name, description=HOSTILE * 300, tracks=[track])
    run.clusters.update(name=name[:190])
    rows = [artist, label, genre, album, track, playlist, run, run.clusters.get(number=1)]
    for address in [*(row.get_absolute_url() for row in rows), "/", "/artists/", "/labels/", "/playlists/", "/genres/"]:
        response = client.get(address)
        assert "<script>alert" not in response.text, address
        page = parse(response)
        found = meta(page)
        assert 0 < len(found["description"]) <= 160
        assert "\n" not in found["description"]
        assert graph(page), address
    assert graph(parse(client.get(track.get_absolute_url())))[0]["name"] == track.title


def test_empty_facts_are_left_out() -> None:
    found = document({"@type": "Thing", "name": "", "about": {"url": ""}}, [], "http://x/", lambda path: path)
    assert found["@graph"] == [{"@type": "Thing", "@id": "http://x/", "url": "http://x/"}]
    assert duration(59_999) == "PT1M0S"


def test_the_policy_needs_no_exception(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
