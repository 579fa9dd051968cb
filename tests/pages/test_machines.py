"""Sitemaps, robots.txt, the manifest, feeds, and clusters embedded in other sites."""

import json
import random
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from defusedxml import ElementTree
from django.contrib.staticfiles import finders
from django.test import Client

from clusters.core.params import Params
from clusters.models import Collection, Publication, Run
from clusters.runs import Options, publish, recluster, unpublish
from musicdb.models import Genre, Label, SiteSettings, Track
from musicdb.pages.machines import sitemaps
from tests.factories import (
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
    clustered_genre,
    collection_of,
    features_of_group,
    runs_of,
)
from tests.pages.html import parse

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "</script> ]]> שלום <b>"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def addresses(client: Client, path: str) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200, path
    found = [node.text or "" for node in ElementTree.fromstring(response.content).iter(f"{SITEMAP}loc")]
    return [address.removeprefix("http://testserver") for address in found]


class TestSitemaps:
    def test_they_have_every_visible_page_once(self, client: Client) -> None:
        _genre, run = clustered_genre(name="dub")
        ArtistFactory(name="Hidden", visibility="hidden")
        LabelFactory(name="Hidden", visibility="hidden")
        PlaylistFactory(name="Hidden", visibility="hidden")
        PlaylistFactory(name="Rain")
        files = addresses(client, "/sitemap.xml")
        kinds = ("pages", "genres", "artists", "labels", "albums", "tracks", "playlists", "runs", "clusters")
        assert files == [f"/sitemap-{kind}.xml" for kind in kinds]
        found = [address for file in files for address in addresses(client, file)]
        assert len(found) == len(set(found))
        assert "hidden" not in "".join(found)
        assert {"/", "/genres/dub/", "/genres/dub/clusters/", "/genres/dub/clusters/1/", "/playlists/rain/"} < set(
            found
        )
        assert {client.get(address).status_code for address in found} == {200}
        assert run.finished_at.isoformat(timespec="seconds")[:10] in client.get("/sitemap-runs.xml").text

    def test_hidden_owners_take_their_clusters_along(self, client: Client) -> None:
        label = LabelFactory(name="Stone")
        _genre, run = clustered_genre(name="dub")
        Collection.objects.filter(pk=run.collection_id).update(kind="label", genre=None, label=label)
        assert addresses(client, "/sitemap-runs.xml") == ["/labels/stone/clusters/"]
        Label.objects.update(visibility="hidden")
        assert client.get("/sitemap-runs.xml").status_code == 404
        assert "/sitemap-runs.xml" not in addresses(client, "/sitemap.xml")

    def test_large_ones_are_cut_by_ranges_of_keys(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
    ) -> None:
        monkeypatch.setattr(sitemaps.Rows, "limit", 10)
        Genre.objects.bulk_create(
            Genre(pk=pk, name=f"g {pk}", slug=f"g-{pk}", name_key=f"g {pk}") for pk in [*range(1, 25), *range(91, 93)]
        )
        files = [file for file in addresses(client, "/sitemap.xml") if "genres" in file]
        # None for the keys from 30 to 89, which no genre has.
        assert files == ["/sitemap-genres.xml", *(f"/sitemap-genres.xml?p={part}" for part in (2, 3, 4))]
        with django_assert_num_queries(3):
            parts = [addresses(client, files[0])]
        parts += [addresses(client, file) for file in files[1:]]
        assert [len(part) for part in parts] == [9, 10, 5, 2]
        assert parts[3] == ["/genres/g-91/", "/genres/g-92/"]
        for wrong in ("?p=5", "?p=0", "?p=x"):
            assert client.get(f"/sitemap-genres.xml{wrong}").status_code == 404
        assert client.get("/sitemap-nothing.xml").status_code == 404

    @pytest.mark.parametrize("rows", [1, 3])
    def test_queries(self, client: Client, django_assert_num_queries: Any, rows: int) -> None:
        for number in range(rows):
            clustered_genre(name=f"g{number}")
        for name in ("artists", "tracks", "runs", "clusters"):
            with django_assert_num_queries(3):
                client.get(f"/sitemap-{name}.xml")
        # One for each of eight files, and the newest date of two; the version.
        with django_assert_num_queries(11):
            client.get("/sitemap.xml")

    def test_robots_are_told_where_it_is(self, client: Client) -> None:
        response = client.get("/robots.txt")
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert response.text.splitlines() == [
            "User-agent: *",
            "Disallow: /admin/",
            "Disallow: /search/",
            "Disallow: /api/docs/",
            "Disallow: /api/schema/",
            "",
            "Sitemap: http://testserver/sitemap.xml",
        ]


def test_the_manifest_has_the_site_s_name_and_icons_that_exist(client: Client) -> None:
    SiteSettings.objects.create(name="Zoë </script> & Co")
    response = client.get("/site.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    manifest = json.loads(response.content)
    assert (manifest["name"], manifest["start_url"]) == ("Zoë </script> & Co", "/")
    for icon in manifest["icons"]:
        path = finders.find(icon["src"].removeprefix("/static/"))
        assert path, icon
        if icon["type"] == "image/png":
            header = Path(path).read_bytes()[:24]
            size = "x".join(str(int.from_bytes(header[at : at + 4], "big")) for at in (16, 20))
            assert (header[1:4], size) == (b"PNG", icon["sizes"])
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    head = parse(client.get("/")).one("head")
    assert head.one("link", rel="manifest").attrs["href"] == "/site.webmanifest"
    assert len([node for node in head.all("meta") if node.attrs.get("name") == "theme-color"]) == 2


def entries(client: Client, path: str) -> list[dict[str, str]]:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)
    assert [node.attrib["href"] for node in feed.findall(f"{ATOM}link") if node.attrib["rel"] == "self"] == [
        f"http://testserver{path}"
    ]
    return [
        {
            **{name: entry.findtext(f"{ATOM}{name}") or "" for name in ("id", "title", "updated", "summary")},
            "link": entry.find(f"{ATOM}link").attrib["href"],  # type: ignore[union-attr]
        }
        for entry in feed.findall(f"{ATOM}entry")
    ]


def publish_again(genre: Genre) -> Run:
    (outcome,) = recluster([collection_of(genre)], Params(), Options(force=True))
    assert outcome.status == "published", outcome
    return runs_of(genre).get(is_published=True)


class TestFeeds:
    def test_an_entry_says_what_moved(self, client: Client) -> None:
        genre, _first = clustered_genre(tracks=24, name="dub")
        for _ in range(3):
            TrackFactory(genres=[genre], group=(0, 2))
        genre.tracks.remove(*genre.tracks.order_by("pk")[:2])
        run = publish_again(genre)
        newest, oldest = entries(client, "/genres/dub/clusters.atom")
        publication = Publication.objects.first()
        assert publication is not None
        assert (publication.came, publication.left, publication.previous_cluster_count) == (3, 2, 2)
        assert newest["title"] == f"Clusters in dub: {run.cluster_count} clusters, 2 before"
        assert newest["summary"].startswith(f"{publication.moved} tracks changed cluster, 3 came, 2 left. Clusters: #1")
        assert newest["link"] == "http://testserver/genres/dub/clusters/"
        assert newest["id"].startswith("tag:testserver,")
        assert newest["id"] != oldest["id"]
        assert oldest["title"] == "Clusters in dub: 2 clusters"
        assert oldest["summary"].startswith("24 tracks in 2 clusters. Clusters: #1")
        assert entries(client, "/changes.atom") == [newest, oldest]

    def test_tracks_that_changed_cluster_are_counted(self) -> None:
        genre, first = clustered_genre(tracks=24, name="dub")
        # Of the first of two groups, from now on it sounds like the second.
        moving = genre.tracks.order_by("pk").first()
        Track.objects.filter(pk=moving.pk).update(**features_of_group(random.Random(1), 1, 2))
        run = publish_again(genre)
        numbers = [dict(each.memberships.values_list("track", "cluster__number")) for each in (first, run)]
        moved = sum(numbers[0][track] != numbers[1][track] for track in numbers[0])
        publication = Publication.objects.first()
        assert publication is not None
        assert (publication.moved, publication.came, publication.left) == (moved, 0, 0)
        assert moved >= 1

    def test_what_visitors_may_not_see_is_in_no_feed(self, client: Client) -> None:
        _genre, run = clustered_genre(name="dub")
        unpublish(run)
        assert entries(client, "/changes.atom") == []
        assert client.get("/genres/dub/clusters.atom").status_code == 404
        publish(run)
        assert len(entries(client, "/changes.atom")) == 1
        label = LabelFactory(name="Stone", visibility="hidden")
        Collection.objects.filter(pk=run.collection_id).update(kind="label", genre=None, label=label)
        assert entries(client, "/changes.atom") == []
        assert client.get("/labels/stone/clusters.atom").status_code == 404

    def test_a_run_that_waited_for_review_is_compared_with_nothing(self) -> None:
        genre, run = clustered_genre(name="dub")
        unpublish(run)
        Publication.objects.all().delete()
        publish_again(genre)
        publication = Publication.objects.get()
        assert publication.is_first
        assert publication.moved == 0

    def test_they_have_at_most_30_entries_and_outlive_runs(self, client: Client) -> None:
        _genre, run = clustered_genre(name="dub")
        first = Publication.objects.get()
        Publication.objects.bulk_create(
            Publication(
                collection=run.collection, published_at=first.published_at, track_count=1, clusters=[[1, HOSTILE, 1]]
            )
            for _ in range(40)
        )
        found = entries(client, "/changes.atom")
        assert len(found) == len({entry["id"] for entry in found}) == 30
        assert "</script>" in found[0]["summary"]

    @pytest.mark.parametrize("rows", [1, 3])
    def test_queries(self, client: Client, django_assert_num_queries: Any, rows: int) -> None:
        for number in range(rows):
            publish_again(clustered_genre(name=f"g{number}")[0])
        # The publications; the site settings. Of a genre also its run.
        with django_assert_num_queries(2):
            client.get("/changes.atom")
        with django_assert_num_queries(3):
            client.get("/genres/g0/clusters.atom")

    def test_pages_link_them(self, client: Client) -> None:
        clustered_genre(name="dub")
        for address, feeds in (
            ("/artists/", ["/changes.atom"]),
            ("/genres/dub/clusters/", ["/changes.atom", "/genres/dub/clusters.atom"]),
        ):
            links = parse(client.get(address)).one("head").all("link", type="application/atom+xml")
            assert [link.attrs["href"] for link in links] == feeds


class TestEmbedding:
    def ask(self, client: Client, **query: str) -> Any:
        return client.get(f"/oembed?{urlencode(query)}")

    def test_clusters_are_embedded_in_a_frame(self, client: Client) -> None:
        _genre, run = clustered_genre(name="dub")
        page = parse(client.get("/genres/dub/clusters/"))
        address = page.one("head").one("link", type="application/json+oembed").attrs["href"] or ""
        answer = client.get(address.removeprefix("http://testserver")).json()
        assert answer == {
            "type": "rich",
            "version": "1.0",
            "title": "Clusters in dub",
            "provider_name": "musicdb",
            "provider_url": "http://testserver/",
            "cache_age": 3600,
            "html": '<iframe src="http://testserver/genres/dub/clusters/embed/" width="800" height="664" '
            'title="Clusters in dub" loading="lazy" frameborder="0"></iframe>',
            "width": 800,
            "height": 664,
            "thumbnail_url": f"http://testserver{run.plot_png.url}",
            "thumbnail_width": 1152,
            "thumbnail_height": 864,
        }

    @pytest.mark.parametrize(("width", "height"), [("400", ""), ("", "300"), ("100", "100"), ("5000", "5000")])
    def test_the_frame_keeps_the_limits(self, client: Client, width: str, height: str) -> None:
        clustered_genre(name="dub")
        address = "http://testserver/genres/dub/clusters/"
        answer = self.ask(client, url=address, maxwidth=width, maxheight=height).json()
        assert 0 < answer["width"] <= min(int(width or 800), 800)
        assert 0 < answer["height"] <= int(height or 664)

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ({}, 404),
            ({"url": "http://testserver/genres/dub/"}, 404),
            ({"url": "http://testserver/genres/other/clusters/"}, 404),
            ({"url": "http://elsewhere.example/genres/dub/clusters/"}, 404),
            ({"url": "javascript://testserver/genres/dub/clusters/"}, 404),
            ({"url": "http://[bad"}, 404),
            ({"url": "http://testserver/clusters/"}, 404),
            ({"url": "http://testserver/genres/dub/clusters/", "format": "xml"}, 501),
            ({"url": "http://testserver/genres/dub/clusters/", "maxwidth": "wide"}, 400),
            ({"url": "http://testserver/genres/dub/clusters/", "maxwidth": "-1"}, 400),
            ({"url": "http://testserver/genres/dub/clusters/", "format": "json"}, 200),
        ],
    )
    def test_errors(self, client: Client, query: dict[str, str], status: int) -> None:
        clustered_genre(name="dub")
        assert self.ask(client, **query).status_code == status

    def test_only_the_embedded_page_may_be_framed(self, client: Client, django_assert_num_queries: Any) -> None:
        genre, run = clustered_genre(name=HOSTILE)
        with django_assert_num_queries(2):
            response = client.get(f"/genres/{genre.slug}/clusters/embed/")
        page = parse(response)
        assert "frame-ancestors *" in response["Content-Security-Policy"]
        assert "X-Frame-Options" not in response
        assert page.one("img").attrs["src"] == run.plot_svg.url
        assert {address for _, address in page.links} == {f"http://testserver{run.get_absolute_url()}"}
        other = client.get(run.get_absolute_url())
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
        assert other["X-Frame-Options"] == "DENY"
        GenreFactory(name="none")
        assert client.get("/genres/none/clusters/embed/").status_code == 404
