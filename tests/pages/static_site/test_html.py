"""The whole site as HTML files: the same pages, with links that lead from file to file."""

import json
import string
from pathlib import Path

import pytest
from defusedxml.ElementTree import parse as parse_xml
from django.test import Client

from clusters.models import Run
from musicdb.models import Album, Track
from musicdb.pages.static_site import Options, Report, chosen_parts, export_site
from musicdb.pages.views import ArtistListView
from tests.factories import AlbumFactory, ArtistFactory
from tests.pages.html import parse_text
from tests.pages.links import broken_links_of_folder, links_of
from tests.pages.little_library import little_library

pytestmark = pytest.mark.django_db
BY_DEFAULT = Options()
CHOICES = [
    BY_DEFAULT,
    Options(parts=chosen_parts(["similar", "track-files"])),
    Options(parts=chosen_parts([], ["tracks", "albums"])),
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "site"


@pytest.fixture
def tracks() -> list[Track]:
    return little_library()


@pytest.fixture
def run(tracks: list[Track]) -> Run:
    """The run of the genre."""
    return Run.objects.get(collection__kind="genre")


def exported(root: Path, options: Options = BY_DEFAULT) -> Report:
    """Export the site, which must leave nothing out."""
    report = export_site(root, options)
    assert (report.missing, report.foreign) == ([], [])
    return report


@pytest.mark.parametrize("options", CHOICES, ids=["by default", "with all", "without tracks"])
def test_every_link_leads_to_a_file(root: Path, run: Run, options: Options) -> None:
    report = exported(root, options)
    assert report.written > 30
    assert broken_links_of_folder(root) == []


def test_every_public_page_is_there(root: Path, run: Run) -> None:
    exported(root)
    paths = {str(path.relative_to(root)) for path in root.rglob("*.html")}
    assert {"index.html", "genres/index.html", "artists/index.html", "labels/index.html"} <= paths
    assert {"genres/dub/index.html", "playlists/mix/index.html", "genres/dub/clusters/index.html"} <= paths
    assert {"genres/dub/clusters/how/index.html", "genres/dub/clusters/2/index.html"} <= paths
    for row in [*Track.objects.all(), *Album.objects.all()]:
        assert f"{row.get_absolute_url()[1:]}index.html" in paths
    media = {path.name for path in (root / "media" / "plots").iterdir()}
    assert {Path(run.plot_svg.name).name, Path(run.plot_png.name).name} <= media
    assert len(media) == 10


def test_a_page_is_that_of_the_site_but_for_its_links(root: Path, tracks: list[Track], client: Client) -> None:
    exported(root)
    track = tracks[0]
    page = parse_text((root / "tracks" / track.slug / "index.html").read_text("utf-8"))
    live = parse_text(client.get(track.get_absolute_url()).content.decode())
    assert page.one("h1").text == live.one("h1").text
    assert page.one("dl", class_="bars").text == live.one("dl", class_="bars").text
    assert page.one("a", class_="brand").attrs["href"] == "../../index.html"
    assert f"../../albums/{track.album.slug}/index.html" in links_of(page)
    # What only the live site can do is not there, and nothing says that it is.
    explore = parse_text((root / "explore" / "index.html").read_text("utf-8"))
    assert (page.all("form"), explore.all("form")) == ([], [])
    assert not (root / "tracks" / track.slug / "path").exists()
    assert "Admin" not in page.text
    assert "on the map" not in page.text
    assert page.all("link", rel="canonical") == []
    assert "site.invalid" not in (root / "tracks" / track.slug / "index.html").read_text("utf-8")


def test_every_page_of_a_list_and_its_letters(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ArtistListView, "paginate_by", 10)
    for letter in string.ascii_uppercase[:12]:
        ArtistFactory(name=letter, visibility="shown")
    exported(root)
    assert broken_links_of_folder(root) == []
    first = parse_text((root / "artists" / "index.html").read_text("utf-8"))
    assert {"page-2.html", "page-2.html#letter-L"} <= set(links_of(first))
    second = parse_text((root / "artists" / "page-2.html").read_text("utf-8"))
    assert "index.html" in links_of(second)
    assert len(list((root / "artists").glob("*/index.html"))) == 12


def test_with_its_own_address_it_has_whole_ones_for_machines(
    root: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ArtistListView, "paginate_by", 1)
    exported(root, Options(base="https://me.example/music"))
    second = parse_text((root / "artists" / "page-2.html").read_text("utf-8"))
    (canonical,) = second.all("link", rel="canonical")
    assert canonical.attrs["href"] == "https://me.example/music/artists/page-2.html"
    page = parse_text((root / "genres" / "dub" / "clusters" / "index.html").read_text("utf-8"))
    pictures = [node.attrs["content"] for node in page.all("meta") if node.attrs.get("property") == "og:image"]
    assert pictures == [f"https://me.example/music/{run.plot_png.url[1:]}"]
    (data,) = [node.text for node in page.all("script") if node.attrs.get("type") == "application/ld+json"]
    assert json.loads(data)["@graph"][0]["url"] == "https://me.example/music/genres/dub/clusters/"
    feed = parse_xml(root / "genres" / "dub" / "clusters.atom").getroot()
    links = {link.attrib["href"] for link in feed.iter("{http://www.w3.org/2005/Atom}link")}
    assert "https://me.example/music/genres/dub/clusters/" in links
    locations = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
    files = [location.text for location in parse_xml(root / "sitemap.xml").getroot().iter(locations)]
    assert "https://me.example/music/sitemap-tracks.xml" in files
    for file in files:
        for location in parse_xml(root / str(file).rpartition("/")[2]).getroot().iter(locations):
            path = root / str(location.text).removeprefix("https://me.example/music/")
            assert (path / "index.html").is_file(), location.text


def test_its_sitemaps_have_only_pages_that_it_has(root: Path, db: None) -> None:
    AlbumFactory()
    artist = ArtistFactory(visibility="shown")
    exported(root, Options(base="https://me.example", parts=chosen_parts([], ["albums"])))
    named = {
        path.name: [element.text for element in parse_xml(path).getroot().iter() if element.tag.endswith("}loc")]
        for path in root.glob("sitemap-*.xml")
    }
    assert named["sitemap-albums.xml"] == []
    assert named["sitemap-artists.xml"] == [f"https://me.example{artist.get_absolute_url()}"]


def test_what_it_lacks_leads_to_the_live_site(root: Path, run: Run) -> None:
    exported(root, Options(live="https://live.example"))
    page = parse_text((root / "genres" / "dub" / "index.html").read_text("utf-8"))
    assert page.one("form", class_="search").attrs["action"] == "https://live.example/search/"
    explore = parse_text((root / "explore" / "index.html").read_text("utf-8"))
    assert explore.one("form", class_="filters").attrs["action"] == "https://live.example/explore/?q="
    assert "https://live.example/artists/?genre=dub" in links_of(page)
    assert "https://live.example/admin/" in links_of(page)
    assert broken_links_of_folder(root) == []


def test_icons_and_manifest_resolve_under_any_prefix(root: Path, db: None) -> None:
    AlbumFactory()
    exported(root)
    manifest = json.loads((root / "site.webmanifest").read_text("utf-8"))
    assert manifest["start_url"] == "index.html"
    assert all((root / icon["src"]).is_file() for icon in manifest["icons"])
