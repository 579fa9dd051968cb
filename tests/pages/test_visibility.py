"""A hidden artist or label has no page and no link, at any public address, whatever the rule."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from clusters.models import Cluster, Collection, Run
from clusters.models.collection_querysets import KINDS
from musicdb.editing import merge
from musicdb.exports.track_lists import TRACK_LIST_FORMATS
from musicdb.models import Artist, Genre, Label, PageRule, SiteSettings, Track
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
    stored_run,
    with_neighbours,
)

pytestmark = pytest.mark.django_db

# Only the address has this, not the name: an answer that has it has a link.
SECRET = "zq-hidden"
NAMES = {"artist": "A Hidden Artist", "label": "A Hidden Label"}
SLUGS = {
    "genre_slug": "dub",
    "album_slug": "album",
    "track_slug": "track",
    "artist_slug": "artist",
    "label_slug": "label",
    "playlist_slug": "playlist",
    "other_slug": "similar",
}


# What else the addresses have in the places of parameters: an address for each.
CHOICES = {
    "<track_list_format:extension>": [one.extension for one in TRACK_LIST_FORMATS],
    "<slug:column>": ["liked", "energy"],
    "<slug:section>": ["pages", "genres", "artists", "labels", "albums", "tracks", "playlists", "runs", "clusters"],
}
QUERIES = {
    "oembed": "?url=http://testserver/genres/dub/clusters/",
    **dict.fromkeys(("search/", "search/suggest", "api/v1/search/"), "?q=hidden"),
    "tracks.json": "?ids={track}",
    "selection/": "?grid=0,0,1&within=0,0,9,9",
    "selection.<track_list_format:extension>": "?grid=0,0,1&within=0,0,9,9",
}


def addresses(patterns: Any = None, before: str = "") -> Iterator[str]:
    """Yield every address that visitors have, with the slugs of ``library`` in the places of parameters."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and "(?P" not in route and "media/" not in route:
            for name, slug in SLUGS.items():
                route = route.replace(f"<slug:{name}>", slug).replace(f"<str:{name}>", slug)
            cluster = Cluster.objects.get(run__collection__genre__slug="dub")
            run, track = _run_at(route), Track.objects.get(slug="track")
            query = next((query for end, query in QUERIES.items() if route.endswith(end)), "")
            route = route.replace("<int:number>", "1").replace("<int:pk>", str(cluster.pk))
            route = route.replace("<int:run>", str(run.pk)) + query.format(track=track.pk)
            parameter = next((one for one in CHOICES if one in route), "")
            for choice in CHOICES.get(parameter, [""]):
                yield "/" + route.replace(parameter, choice)


def _run_at(route: str) -> Run:
    """The published run of the collection that an address is below."""
    kind = route.split("s/")[0]
    owner = {f"collection__{kind}__slug": SLUGS[f"{kind}_slug"]} if f"{kind}_slug" in SLUGS else {}
    runs = Run.objects.published().filter(**owner) if kind in KINDS else Run.objects.published()
    return runs.get(collection__kind=kind if kind in KINDS else "library")


@pytest.fixture
def library() -> None:
    """Everything that can name an artist or a label, once with a hidden one and once with one that is shown."""
    genre = GenreFactory(name="dub")
    artists = [ArtistFactory(name="Artist"), ArtistFactory(name=NAMES["artist"], slug=f"{SECRET}-artist")]
    labels = [LabelFactory(name="Label"), LabelFactory(name=NAMES["label"], slug=f"{SECRET}-label")]
    for hidden in (artists[1], labels[1]):
        type(hidden).objects.filter(pk=hidden.pk).update(visibility="hidden")  # type: ignore[attr-defined]
        hidden.aliases.create(name="Former", slug=f"{SECRET}-former")
    album = AlbumFactory(title="Album", labels=labels)
    track = TrackFactory(title="Track", album=album, artists=artists, genres=[genre], liked=True)
    without = TrackFactory(title="Without features", album=album, artists=artists, genres=[genre], features=False)
    playlist = PlaylistFactory(name="Playlist", tracks=[track, without])
    PlaylistFactory(name="By rule", rule=f"artist={SECRET}-artist")
    secret = PlaylistFactory(name="A Hidden Playlist", slug=f"{SECRET}-playlist", visibility="hidden", tracks=[track])
    for owner in (Collection.objects.library(), genre, playlist, secret, *artists, *labels):
        run = stored_run(owner, {1: [track]}, is_published=True, excluded_count=1)
        run.excluded.create(track=without, reason="no features")


# The rule decides only about those of which an editor has not decided.
_SLOW = (PageRule.ALL, PageRule.NONE)


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("rule", [pytest.param(one, marks=[pytest.mark.slow] * (one in _SLOW)) for one in PageRule])
def test_no_public_address_links_to_what_is_hidden(client: Client, rule: PageRule) -> None:
    SiteSettings.objects.create(page_rule=rule, min_tracks=1)
    track = Track.objects.get(slug="track")
    similar = TrackFactory(title="Similar", album=track.album, artists=track.artists.all(), genres=track.genres.all())
    with_neighbours(Run.objects.get(collection__kind="library"), [track, similar])
    answers = {address: client.get(address) for address in addresses()}
    assert len(answers) > 25
    assert {address for address, answer in answers.items() if SECRET in body(answer)} == set()
    # With the rule "none", the artist and the label that are not hidden have no page either.
    gone = {address for address in answers if re.match(r"(/api/v1)?/(artists/artist|labels/label)[/.]", address)}
    gone |= {"/sitemap-artists.xml", "/sitemap-labels.xml"}
    assert len(gone) == 66
    assert {address for address, answer in answers.items() if answer.status_code == 404} == (
        gone if rule == PageRule.NONE else set()
    )


@pytest.mark.slow
@pytest.mark.usefixtures("library")
def test_what_is_hidden_is_named_where_its_tracks_are(client: Client) -> None:
    """The check above would hold if these pages did not show the names at all."""
    named = [address for address in addresses() if NAMES["artist"] in body(client.get(address))]
    assert {
        *("/genres/dub/", "/genres/dub/clusters/", "/genres/dub/clusters/1/"),
        *("/genres/dub/clusters.md", "/genres/dub/clusters/1.md"),
        *("/artists/artist/", "/labels/label/", "/albums/album/", "/tracks/track/", "/playlists/playlist/"),
        *("/api/v1/tracks/", "/api/v1/tracks/track/", "/api/v1/genres/dub/clusters/"),
    } <= set(named)
    Artist.objects.update(visibility="shown")
    # Lists of tracks as files, and what the map says of a track, link only tracks.
    files = (*(f".{one.extension}" for one in TRACK_LIST_FORMATS), "/tracks.json")
    linked = {address for address in addresses() if f"{SECRET}-artist" in body(client.get(address))}
    named = [address for address in named if not address.split("?")[0].endswith(files)]
    # The list of albums and the plot name artists without a link.
    assert linked >= set(named) - {"/albums/", "/explore/"}


def body(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode(errors="replace")


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("kind", ["artist", "label"])
@pytest.mark.parametrize("slug", [f"{SECRET}-%s", f"{SECRET}-former"])
class TestDoors:
    """What is hidden is answered as what does not exist."""

    def test_pages(self, client: Client, kind: str, slug: str) -> None:
        for prefix in ("", "/api/v1"):
            found = client.get(f"{prefix}/{kind}s/{self._slug(slug, kind)}/")
            unknown = client.get(f"{prefix}/{kind}s/nobody/")
            assert (found.status_code, body(found)) == (404, body(unknown))

    def test_filters(self, client: Client, kind: str, slug: str) -> None:
        hidden = self._slug(slug, kind)
        for address in ("/api/v1/tracks/", "/api/v1/albums/", "/artists/artist/"):
            found, unknown = (client.get(address, {kind: value}) for value in (hidden, "nobody"))
            assert found.status_code == 400
            assert body(found).replace(hidden, "nobody") == body(unknown)

    def test_lists_and_searches(self, client: Client, kind: str, slug: str) -> None:
        for address in (f"/{kind}s/", f"/api/v1/{kind}s/"):
            for query in ({}, {"q": "hidden"}, {"q": "former"}, {"genre": "dub"}):
                assert "Hidden" not in body(client.get(address, query))

    @staticmethod
    def _slug(slug: str, kind: str) -> str:
        return slug % kind if "%s" in slug else slug


@pytest.mark.parametrize("factory", [ArtistFactory, LabelFactory])
def test_what_was_merged_into_a_hidden_one_is_not_found(client: Client, factory: Any) -> None:
    survivor, other = factory(name="New", visibility="hidden"), factory(name="Old", visibility="shown")
    merge(survivor, [other], User.objects.create_user("editor"))
    kind = survivor._meta.model_name
    assert client.get(f"/{kind}s/old/").status_code == 404
    type(survivor).objects.update(visibility="automatic")
    assert client.get(f"/{kind}s/old/")["Location"] == f"/{kind}s/new/"
    SiteSettings.objects.create(page_rule=PageRule.NONE)
    assert client.get(f"/{kind}s/old/").status_code == 404


@pytest.mark.usefixtures("library")
class TestStoredCopies:
    """A browser that asks whether its copy is still good gets a new page when anything about a link has changed."""

    ADDRESSES = ("/tracks/track/", "/albums/album/", "/genres/dub/", "/genres/dub/clusters.md", "/api/v1/tracks/")

    def test_a_change_of_the_rule(self, client: Client) -> None:
        self._changes(client, lambda: SiteSettings.objects.create(page_rule=PageRule.NONE))

    def test_a_track_that_is_liked_no_more(self, client: Client) -> None:
        SiteSettings.objects.create(page_rule=PageRule.LIKED)
        # The liked track is another than those on the pages.
        Track.objects.update(liked=False)
        other = TrackFactory(artists=[Artist.objects.get(slug="artist")], liked=True)
        album = AlbumFactory(labels=[Label.objects.get(slug="label")])
        Track.objects.filter(pk=other.pk).update(album=album)
        self._changes(client, lambda: Track.objects.update(liked=False))

    def test_a_track_less(self, client: Client) -> None:
        SiteSettings.objects.create(page_rule=PageRule.TRACKS, min_tracks=3)
        other = TrackFactory(
            artists=[Artist.objects.get(slug="artist")], album=AlbumFactory(labels=[Label.objects.get(slug="label")])
        )
        self._changes(client, lambda: Track.objects.filter(pk=other.pk).delete())

    def _changes(self, client: Client, change: Any) -> None:
        tags = {address: client.get(address)["ETag"] for address in self.ADDRESSES}
        for address, tag in tags.items():
            assert client.get(address, headers={"if-none-match": tag}).status_code == 304
        change()
        for address, tag in tags.items():
            assert client.get(address, headers={"if-none-match": tag}).status_code == 200, address


class TestSiteSettings:
    def test_the_name_is_on_every_page(self, client: Client) -> None:
        Genre.objects.create(name="dub")
        SiteSettings.objects.create(name="Zoë & Co")
        for address, title in (
            ("/", "Zoë &amp; Co"),
            ("/genres/dub/", "dub, genre – Zoë &amp; Co"),
            ("/artists/", "Artists – Zoë &amp; Co"),
            ("/nowhere/", "Not found – Zoë &amp; Co"),
        ):
            text = client.get(address).text
            assert f"<title>{title}</title>" in text
            assert "> <bdi>Zoë &amp; Co</bdi></a>" in text

    def test_the_introduction_is_on_the_home_page(self, client: Client) -> None:
        assert "All tracks, and those of every genre, grouped by how they sound." in client.get("/").text
        SiteSettings.objects.create(introduction="First.\n\n<b>Second.</b>")
        text = client.get("/").text
        assert "<p>First.</p>" in text
        assert "<p>&lt;b&gt;Second.&lt;/b&gt;</p>" in text
        assert "All tracks, and those" not in text
        assert reverse("home") == "/"
