"""Unchanged pages: a 304 or a kept page after one query, and what must never be shared."""

import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from clusters.models import Collection, Run
from musicdb.conf import code_digest
from musicdb.models import Artist, Genre, Label, SiteSettings, Track
from musicdb.pages import unchanged
from tests.db.shared import once_for_the_module
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

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]
VISITOR = "public, max-age=0, stale-while-revalidate=60"
EDITOR = "private, no-cache"
# Answers that say themselves how to cache them, or differ from one request to the next.
OWN_RULES = {"map-points", "map-values", "oembed", "robots", "theme", "healthz", "api-schema", "api-docs"}
# By name of a page, what it is asked for.
QUERIES = {"search": "q=dub", "search-suggest": "q=dub", "api:search": "q=dub"}


def make_library() -> None:
    genre, artist, label = GenreFactory(name="g"), ArtistFactory(name="g"), LabelFactory(name="g")
    album = AlbumFactory(title="g", labels=[label])
    tracks = [TrackFactory(title=name, album=album, artists=[artist], genres=[genre]) for name in ("g", "h", "i")]
    playlist = PlaylistFactory(name="g", tracks=tracks)
    for owner in (Collection.objects.library(), genre, artist, label, playlist):
        stored_run(owner, {1: tracks}, is_published=True)
    genre.aliases.create(name="former", slug="former")


library = once_for_the_module(make_library)


@pytest.fixture
def page_cache(settings: LazySettings) -> Any:
    settings.CACHES = {
        **settings.CACHES,
        "pages": {"BACKEND": "musicdb.conf.memory_cache.MemoryCache", "OPTIONS": {"MAX_BYTES": 10_000_000}},
    }
    cache = caches["pages"]
    cache.clear()
    yield cache
    cache.clear()


def read(response: Any) -> bytes:
    """Return the content. ``close`` would also close the connection of the tests."""
    content: bytes = response.getvalue()
    for close in response._resource_closers:
        close()
    return content


def addresses() -> dict[str, str]:
    """Every public address without a parameter, or with one that the library has, by its name."""
    found: dict[str, str] = {}

    def walk(patterns: list[Any], prefix: str, space: str) -> None:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                if route != "admin/":
                    walk(pattern.url_patterns, route, f"{pattern.namespace}:" if pattern.namespace else space)
            elif isinstance(pattern, URLPattern) and pattern.name:
                filled = route.replace("<slug:other_slug>", "h")
                filled = re.sub(r"<slug:\w+_slug>", "g", filled).replace("<int:number>", "1")
                filled = re.sub(r"<track_list_format:\w+>", "xspf", filled).replace("<slug:section>", "genres")
                if not re.search(r"[<(]", filled):
                    found.setdefault(space + pattern.name, f"/{filled}")

    walk(get_resolver().url_patterns, "", "")
    return found


# Below each kind of collection are the same pages.
SAME = re.compile(r"(playlist|artist|label)-")
PAGES = {name: address for name, address in addresses().items() if name not in OWN_RULES and not SAME.match(name)}


def test_they_are_all_there() -> None:
    assert {"home", "genres", "genre-clusters", "genre-cluster-tracks", "track", "sitemap", "changes"} <= set(PAGES)
    assert len(PAGES) > 40


@pytest.mark.parametrize("name", PAGES)
def test_an_unchanged_page_is_a_304_after_one_query(client: Client, django_assert_num_queries: Any, name: str) -> None:
    if "similar" in name or "path" in name:
        with_neighbours(Run.objects.get(collection__kind="library"), list(Track.objects.all()))
    address = f"{PAGES[name]}?{QUERIES.get(name, '')}".rstrip("?")
    page = client.get(address)
    read(page)
    assert page.status_code == 200
    assert page["Cache-Control"] == VISITOR
    assert {"Accept-Encoding", "Cookie"} <= set(page["Vary"].split(", "))
    with django_assert_num_queries(1) as queries:
        again = client.get(address, headers={"If-None-Match": page["ETag"]})
    assert again.status_code == 304
    assert "musicdb_libraryversion" in queries[0]["sql"]
    assert not again.content
    for header in ("ETag", "Cache-Control"):
        assert again[header] == page[header]
    head = client.head(address)
    assert head.status_code == 200
    assert not read(head)
    differing = {name for name in {*head.headers, *page.headers} if head.headers.get(name) != page.headers.get(name)}
    # The time at which a feed or a file was made may be in it.
    assert differing <= {"Content-Length", "Last-Modified"}
    assert client.head(address, headers={"If-None-Match": page["ETag"]}).status_code == 304


def test_any_change_ends_it(client: Client) -> None:
    tag = client.get("/labels/")["ETag"]
    Artist.objects.update(name="Another")
    changed = client.get("/labels/", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed["ETag"] != tag


@pytest.mark.parametrize("other", ["/labels/", "/artists/?page=1", "/artists/none/", "/genres/former/"])
def test_the_tag_of_one_page_is_that_of_no_other(client: Client, other: str) -> None:
    tag = client.get("/artists/")["ETag"]
    expected = client.get(other).status_code
    assert client.get(other, headers={"If-None-Match": tag}).status_code == expected
    assert client.get("/artists/", headers={"If-None-Match": f'"x", {tag}'}).status_code == 304
    assert client.get("/artists/", headers={"If-None-Match": tag, "Host": "127.0.0.1"}).status_code == 200


def test_any_tag_is_no_answer_about_a_page_that_may_not_be(client: Client) -> None:
    assert client.get("/artists/none/", headers={"If-None-Match": "*"}).status_code == 404


def test_a_head_request_gets_the_length_and_no_content(rf: RequestFactory) -> None:
    # The client of the tests would drop the content itself.
    answer: Any = unchanged.UnchangedPageMiddleware(lambda request: HttpResponse("words"))(rf.head("/artists/"))
    assert (answer.content, answer["Content-Length"], answer["Cache-Control"]) == (b"", "5", VISITOR)


def test_other_code_makes_other_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    tag = client.get("/artists/")["ETag"]
    monkeypatch.setattr(unchanged, "code_digest", lambda: "another")
    assert Client().get("/artists/", headers={"If-None-Match": tag}).status_code == 200


def test_the_digest_is_of_templates_code_and_settings(settings: LazySettings, tmp_path: Any) -> None:
    made = code_digest.code_digest.__wrapped__
    before = made()
    assert made() == before
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "staticfiles.json").write_text("{}")
    with_manifest = made()
    settings.TIME_ZONE = "Asia/Seoul"
    assert len({before, with_manifest, made()}) == 3


class TestWhatEditorsGet:
    @pytest.fixture
    def editor(self, client: Client) -> Client:
        client.force_login(User.objects.create_superuser("mina"))
        return client

    def test_no_old_page(self, editor: Client) -> None:
        page = editor.get("/genres/g/")
        assert page["Cache-Control"] == EDITOR
        assert editor.get("/genres/g/", headers={"If-None-Match": page["ETag"]})["Cache-Control"] == EDITOR
        Genre.objects.filter(slug="g").update(description="New words.")
        assert "New words." in editor.get("/genres/g/", headers={"If-None-Match": page["ETag"]}).text

    @pytest.mark.usefixtures("page_cache")
    def test_nothing_of_theirs_is_kept_for_others(self, editor: Client) -> None:
        page = editor.get("/genres/g/")
        assert not page.cookies
        visitor = Client().get("/genres/g/")
        assert visitor.content == page.content
        assert (visitor["Cache-Control"], page["Cache-Control"]) == (VISITOR, EDITOR)

    @pytest.mark.usefixtures("page_cache")
    def test_the_admin_is_left_alone(self, editor: Client, django_assert_num_queries: Any) -> None:
        for address in ("/admin/", "/admin/musicdb/genre/"):
            page = editor.get(address)
            assert "no-store" in page["Cache-Control"]
            assert not caches["pages"]._store.entries
        login = Client().get("/admin/login/")
        assert "no-store" in login["Cache-Control"]
        assert login.cookies


@pytest.mark.parametrize(
    ("address", "status"),
    [("/artists/none/", 404), ("/genres/former/", 301), ("/genres/g", 301), ("/genres/g/clusters/9/", 404)],
)
def test_errors_and_redirects_are_asked_for_again(client: Client, page_cache: Any, address: str, status: int) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer["Cache-Control"] == VISITOR
    assert not page_cache._store.entries
    GenreFactory(name="former"), ArtistFactory(name="none")
    assert client.get(address).status_code == (200 if "none" in address else status)


def test_errors_of_the_request_are_left_alone(client: Client) -> None:
    assert not client.get("/artists/?ordering=x").has_header("Cache-Control")
    assert client.post("/artists/").status_code == 405
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.usefixtures("page_cache")
class TestTheCache:
    def test_a_page_is_made_once_for_a_version(self, client: Client, django_assert_num_queries: Any) -> None:
        made = client.get("/genres/g/")
        with django_assert_num_queries(1):
            kept = client.get("/genres/g/")
        assert (kept.content, kept.headers) == (made.content, made.headers)
        assert "Content-Security-Policy" in kept.headers
        with django_assert_num_queries(1):
            assert client.head("/genres/g/").headers == made.headers
        Label.objects.update(name="Other")
        assert "Other" in client.get("/genres/g/").text

    def test_each_query_string_host_and_encoding_has_its_own(self, client: Client) -> None:
        first = client.get("/artists/")
        assert client.get("/artists/?q=zzz").content != first.content
        assert "http://localhost/artists/" in client.get("/artists/", headers={"Host": "localhost"}).text
        assert "https://testserver/artists/" in client.get("/artists/", secure=True).text
        small = client.get("/artists/", headers={"Accept-Encoding": "gzip"})
        assert small["Content-Encoding"] == "gzip"
        assert len(small.content) < len(first.content)
        assert client.get("/artists/", headers={"Accept-Encoding": "gzip"}).content == small.content
        assert client.get("/artists/").content == first.content

    def test_a_head_request_stores_nothing(self, client: Client, page_cache: Any) -> None:
        client.head("/artists/")
        assert not page_cache._store.entries
        assert client.get("/artists/").content

    def test_a_program_that_takes_no_json_gets_none(self, client: Client) -> None:
        assert client.get("/api/v1/genres/").status_code == 200
        assert client.get("/api/v1/genres/", headers={"Accept": "text/csv"}).status_code == 406

    def test_pages_of_an_open_transaction_are_its_own(self, client: Client) -> None:
        assert "New name" not in client.get("/genres/g/").text
        SiteSettings.objects.create(name="New name")
        assert "New name" in client.get("/genres/g/").text
        SiteSettings.objects.update(name="Newer name")
        assert "Newer name" in client.get("/genres/g/").text
