"""A folder of an export: only what changed is written, only what the export wrote is removed."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from musicdb.models import Artist, Track
from musicdb.pages.static_site import ExportRefusedError, FileFormat, Options, export, export_site
from musicdb.pages.static_site.folder import MANIFEST, open_folder
from tests.factories import ArtistFactory, TrackFactory

pytestmark = pytest.mark.django_db


def stamps(root: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in root.rglob("*.html")}


def test_a_second_export_writes_what_changed_and_removes_what_is_gone(tmp_path: Path) -> None:
    kept, gone = TrackFactory(title="Kept"), TrackFactory(title="Gone")
    first = export_site(tmp_path)
    assert (first.unchanged, first.removed) == (0, 0)
    again = export_site(tmp_path)
    assert (again.written, again.removed, again.unchanged) == (0, 0, first.written)
    before = stamps(tmp_path)
    gone.delete()
    Track.objects.filter(pk=kept.pk).update(title="Renamed")
    third = export_site(tmp_path)
    assert not (tmp_path / "tracks" / gone.slug).exists()
    assert third.removed == 1
    after = stamps(tmp_path)
    changed = {path for path in after if after[path] != before[path]}
    assert tmp_path / "tracks" / kept.slug / "index.html" in changed
    assert tmp_path / "artists" / "index.html" not in changed


def test_files_of_others_stay_as_they_are(tmp_path: Path) -> None:
    artist = ArtistFactory(visibility="shown")
    export_site(tmp_path)
    (tmp_path / "CNAME").write_text("music.example.org")
    (tmp_path / "artists" / artist.slug / "notes.txt").write_text("mine")
    other = ArtistFactory(visibility="shown")
    (tmp_path / "artists" / other.slug).mkdir()
    in_the_way = tmp_path / "artists" / other.slug / "index.html"
    in_the_way.write_text("mine")
    Artist.objects.filter(pk=artist.pk).delete()
    report = export_site(tmp_path)
    assert report.foreign == [f"artists/{other.slug}/index.html"]
    assert in_the_way.read_text() == "mine"
    assert (tmp_path / "CNAME").read_text() == "music.example.org"
    assert [path.name for path in (tmp_path / "artists" / artist.slug).iterdir()] == ["notes.txt"]


def test_folders_that_are_not_its_own_are_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_text("")
    with pytest.raises(ExportRefusedError, match="has files that are not of an export"):
        export_site(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.odt"]
    with pytest.raises(ExportRefusedError, match="is not a folder"):
        export_site(tmp_path / "thesis.odt")
    export_site(tmp_path / "site")
    with pytest.raises(ExportRefusedError, match="has an export as html"):
        export_site(tmp_path / "site", Options(FileFormat.MARKDOWN))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / MANIFEST).write_text("This is no database, however long the text is.")
    with pytest.raises(ExportRefusedError, match="is not the list"):
        export_site(tmp_path / "other")


def test_one_export_at_a_time(tmp_path: Path) -> None:
    with open_folder(tmp_path, "html"), pytest.raises(ExportRefusedError, match="Another export"):
        export_site(tmp_path)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    export_site(site)
    elsewhere.mkdir()
    (site / "tracks" / TrackFactory().slug).symlink_to(elsewhere)
    with pytest.raises(ExportRefusedError, match="leads out"):
        export_site(site)
    assert list(elsewhere.iterdir()) == []


def test_after_an_end_in_the_middle_the_next_export_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_AT_ONCE", 4)
    tracks = [TrackFactory() for _ in range(8)]

    def stop(stage: str, done: int, total: int | None) -> None:
        if any((tmp_path / "tracks").glob("*/index.html")):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_site(tmp_path, progress=stop)
    # What a process that is killed while it writes leaves behind.
    written = next((tmp_path / "tracks").glob("*/index.html"))
    written.with_name("index.html.partial").write_text("<html")
    written.unlink()
    gone = next(track for track in tracks if track.slug == written.parent.name)
    gone.delete()
    report = export_site(tmp_path)
    assert (report.missing, report.foreign) == ([], [])
    assert not written.parent.exists()
    assert list(tmp_path.rglob("*.partial")) == []
    assert sum(each.is_dir() for each in (tmp_path / "tracks").iterdir()) == 7


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    TrackFactory(title="One")
    out = io.StringIO()
    call_command("exportsite", tmp_path / "site", stdout=out, jobs=1)
    assert out.getvalue().endswith(" unchanged, 0 removed.\n")
    assert "0 written" not in out.getvalue()
    for options in ({"address": "music.example.org"}, {"live": "javascript:alert(1)"}, {"live": "http://[x"}):
        with pytest.raises(CommandError, match="is not an address such as"):
            call_command("exportsite", tmp_path / "site", stdout=out, **options)
