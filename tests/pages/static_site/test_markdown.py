"""The site as Markdown, in the shape of the site that this one grew from."""

from pathlib import Path

import pytest

from musicdb.models import Artist, Label
from musicdb.pages.markdown import views
from musicdb.pages.static_site import FileFormat, Options, export_site
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
    stored_run,
)
from tests.pages.links import broken_links_of_folder

pytestmark = pytest.mark.django_db
MARKDOWN = Options(FileFormat.MARKDOWN)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "site"


def test_files_have_the_shape_of_the_seed(root: Path) -> None:
    genre = GenreFactory(name="trip hop")
    first, *others = [
        TrackFactory(genres=[genre], artists=[ArtistFactory()], album=AlbumFactory(labels=[LabelFactory()]))
        for _ in range(3)
    ]
    stored_run(genre, {1: [first], 2: others}, is_published=True)
    Artist.objects.filter(pk=first.artists_in_order[0].pk).update(name="Zoë", slug="zoe-x")
    Label.objects.filter(pk=first.labels_in_order[0].pk).update(name="Plain", visibility="hidden")
    PlaylistFactory(name="Mix", tracks=[first])
    report = export_site(root, MARKDOWN)
    assert report.missing == []
    assert broken_links_of_folder(root) == []
    page = (root / "genres" / "trip_hop" / "clusters" / "overview.md").read_text("utf-8").splitlines()
    assert page[:3] == [
        "# Clusters in trip hop",
        "",
        "![Comparison of Cluster](../../../images/genres/trip_hop/clusters/clusters_scatter.png)",
    ]
    assert (root / "images" / "genres" / "trip_hop" / "clusters" / "clusters_scatter.png").is_file()
    row = next(line for line in page if f"| {first.title} |" in line)
    assert "| [Zoë](../../../artists/zoe_x/overview.md) | Plain |" in row
    artist = (root / "artists" / "zoe_x" / "overview.md").read_text("utf-8").splitlines()
    assert artist[:5] == ["# Zoë", "", "1 track", "", "Genres: [trip hop](../../genres/trip_hop/overview.md)"]
    assert f"| {first.title} |" in artist[-1]
    assert {path.name for path in root.iterdir()} == {
        ".musicdb-export.sqlite3", "README.md", "artists", "genres", "images", "labels", "playlists"
    }  # fmt: skip


def test_long_lists_have_pages(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "ROWS_A_PAGE", 2)
    for _ in range(3):
        ArtistFactory(visibility="shown")
    export_site(root, MARKDOWN)
    assert broken_links_of_folder(root) == []
    assert "Page 1 of 2 · [Next](overview_page_2.md)" in (root / "artists" / "overview.md").read_text("utf-8")
    assert "[Previous](overview.md)" in (root / "artists" / "overview_page_2.md").read_text("utf-8")


def test_names_that_differ_only_in_their_marks_are_two_files(root: Path) -> None:
    for slug in ("a-b", "a_b", "A-B", "aux"):
        ArtistFactory(name=slug, slug=slug, visibility="shown")
    export_site(root, MARKDOWN)
    folders = [path.name for path in (root / "artists").iterdir() if path.is_dir()]
    assert len({name.casefold() for name in folders}) == 4
    assert "aux" not in folders
    assert broken_links_of_folder(root) == []
