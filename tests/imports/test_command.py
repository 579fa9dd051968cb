"""``manage.py importlibrary``, as somebody with files in a folder uses it."""

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from musicdb import history
from musicdb.models import Import, Playlist, Track
from musicdb.models.history import ChangeType
from tests.imports.files import SAMPLES, as_csv, net_row

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("importlibrary", *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def half_bad(tmp_path: Path) -> Path:
    path = tmp_path / "songs.csv"
    path.write_text(as_csv([net_row(1), net_row(2, **{"Track Name": "=LOVE", "Energy": "2"})]), encoding="utf-8")
    return path


def test_a_summary_by_model() -> None:
    assert run(SAMPLES / "exportify_net.csv").splitlines()[:-1] == [
        "Exportify (exportify.net): 7 rows",
        "  Genre: 4 created, 0 updated",
        "  Artist: 5 created, 0 updated",
        "  Label: 3 created, 0 updated",
        "  Album: 5 created, 0 updated",
        "  Track: 7 created, 0 updated, 0 unchanged",
        "  Playlist: 1 created, 0 updated",
        "  Playlist “exportify net”: new, 7 tracks",
    ]
    assert Import.objects.get().user is None


def test_a_dry_run_changes_nothing() -> None:
    assert "A dry run: nothing was changed." in run(SAMPLES / "kaggle.csv", "--dry-run")
    assert not Track.objects.exists()
    assert not Import.objects.exists()


def test_options(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(as_csv([net_row(1, **{"Release Date": "7/2/2021", "Artist Name(s)": "IU,SUGA"})]))
    with pytest.raises(CommandError, match="--dates day-first or --dates month-first"):
        run(path)
    run(
        path,
        "--dates",
        "month-first",
        "--artists-by",
        "comma",
        "--genre",
        "Mine",
        "--liked",
        "--format",
        "exportify.net",
    )
    track = Track.objects.get()
    assert track.album is not None
    assert track.album.released == "2021-07-02"
    assert [artist.name for artist in track.artists_in_order] == ["IU", "SUGA"]
    assert track.liked
    assert track.genres.filter(name="Mine").exists()


def test_a_bad_row_refuses_all_and_says_where(half_bad: Path) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match=r"1 of 2 rows cannot be imported.*--skip-bad.*Nothing was imported"):
        call_command("importlibrary", str(half_bad), stderr=out)
    assert out.getvalue() == "  songs.csv, row 3, Energy: “2” is not between 0 and 1.\n"
    assert not Track.objects.exists()


def test_skipped_rows_are_kept_and_can_be_mended_and_imported(half_bad: Path) -> None:
    assert f"The rows that were not imported are in {half_bad}.bad-rows.csv." in run(half_bad, "--skip-bad")
    assert Track.objects.get().title == "Song 1"
    kept = Path(f"{half_bad}.bad-rows.csv")
    text = kept.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0].endswith("Time Signature,File,Row,Why it was not imported")
    assert text.splitlines()[1].endswith("songs.csv,3,Energy “2” is not between 0 and 1.")
    # People correct the file in a spreadsheet, which must not run a cell as a formula.
    assert ",'=LOVE," in text
    kept.write_text(text.replace(",2,2,", ",0.2,2,"), encoding="utf-8-sig")
    run(kept)
    assert Track.objects.filter(title="=LOVE", energy=0.2).exists()


@pytest.mark.parametrize(
    ("name", "message"), [("none.csv", "cannot be read: No such file"), (".", "cannot be read: Is a directory")]
)
def test_a_file_that_is_not_there(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run(tmp_path / name)


@pytest.mark.parametrize(
    ("flags", "names", "liked"),
    [
        ((), ["liked songs"], True),
        (("--no-liked",), ["liked songs"], False),
        (("--playlist", "Mine"), ["Mine"], True),
        (("--no-playlist", "--liked"), [], True),
    ],
)
def test_playlists(tmp_path: Path, flags: tuple[str, ...], names: list[str], liked: bool) -> None:
    path = tmp_path / "liked_songs.csv"
    path.write_text(as_csv([net_row(1)]))
    said = run(path, *flags, "--dry-run")
    assert ("New pages: 1 playlist, 1 artist, 1 album, 1 label, 1 genre, 1 track" in said) is bool(names)
    run(path, *flags)
    assert list(Playlist.objects.values_list("name", flat=True)) == names
    assert Track.objects.get().liked is liked


def test_what_becomes_of_existing_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(as_csv([net_row(1)]))
    run(path)
    track = Track.objects.get()
    track.title = "Mine"
    with history.signals_disabled():
        track.save()
    user = User.objects.create(username="editor")
    history.record_updates(Track, [track.pk], history.Change(ChangeType.EDIT, user))
    said = run(path)
    assert "  Kept in 1 row: Track: title (an editor set it)" in said.splitlines()
    run(path, "--existing", "skip")
    assert Track.objects.get().title == "Mine"
    run(path, "--existing", "overwrite")
    assert Track.objects.get().title == "Song 1"
    with pytest.raises(CommandError, match="invalid Existing value"):
        run(path, "--existing", "nonsense")


def test_what_editors_deleted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(as_csv([net_row(1)]))
    run(path)
    user = User.objects.create(username="editor")
    history.delete(Track.objects.all(), history.Change(ChangeType.DELETION, user))
    assert "  Deleted by editors, left deleted: track “Song 1”" in run(path).splitlines()
    assert not Track.objects.exists()
    run(path, "--restore-deleted")
    assert Track.objects.get().title == "Song 1"


def test_a_dry_run_of_what_would_be_refused_fails(half_bad: Path) -> None:
    with pytest.raises(CommandError, match="would be refused"):
        run(half_bad, "--dry-run")
    assert "A dry run: nothing was changed." in run(half_bad, "--dry-run", "--skip-bad")


def test_a_dry_run_prints_what_would_be_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(as_csv([net_row(1)]))
    run(path)
    path.write_text(as_csv([net_row(1, **{"Track Name": "Other"})]))
    assert "  Overwritten: track “Other”, title: Song 1 → Other" in run(path, "--dry-run").splitlines()
    assert Track.objects.get().title == "Song 1"
    assert "Overwritten" not in run(path)
