"""``manage.py importlibrary --print-map`` and ``--map``: a table whose header no format knows, in a shell."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from musicdb.imports import ImportOptions, Source, run_import
from musicdb.imports.formats.mapped import read_mapping
from musicdb.models import Import, SavedMapping, Track
from tests.imports.files import SAMPLES, track_id

pytestmark = pytest.mark.django_db

RATINGS = (
    "Track ID,Track Name,Artist(s),Album,Danceability Rating,Energy Rating,Tempo Rating\n"
    f'{track_id(1)},Song One,"Paul McCartney, Linda McCartney",Ram,0.59,0.721,105.757\n'
)


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("importlibrary", *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    path = tmp_path / "my ratings.csv"
    path.write_text(RATINGS)
    return path


def test_an_unknown_header_leads_to_the_map(ratings: Path) -> None:
    with pytest.raises(CommandError) as refused:
        run(ratings)
    said = str(refused.value)
    assert "“Danceability Rating”, “Energy Rating” and “Tempo Rating” as audio features" in said
    assert f"“manage.py importlibrary '{ratings}' --print-map > map.json” writes" in said
    assert said.endswith("Nothing was imported.")
    assert not Track.objects.exists()


def test_what_is_printed_can_be_imported_with(ratings: Path, tmp_path: Path) -> None:
    map_file = tmp_path / "map.json"
    map_file.write_text(run(ratings, "--print-map"), encoding="utf-8-sig")
    assert not Import.objects.exists()
    run(ratings, "--map", map_file)
    track = Track.objects.get()
    assert (track.title, track.spotify_id) == ("Song One", track_id(1))
    assert (track.danceability, track.energy, track.tempo) == (0.59, 0.721, 105.757)
    assert track.features_source == "my ratings.csv"
    assert [artist.name for artist in track.artists_in_order] == ["Paul McCartney", "Linda McCartney"]
    assert Import.objects.get().file_format == "Columns mapped by hand"


def test_a_corrected_map(ratings: Path, tmp_path: Path) -> None:
    found = json.loads(run(ratings, "--print-map"))
    for column in found["columns"]:
        if column["heading"] == "Artist(s)":
            column["reading"] = "one"
    map_file = tmp_path / "map.json"
    map_file.write_text(json.dumps(found))
    run(ratings, "--map", map_file)
    assert [artist.name for artist in Track.objects.get().artists_in_order] == ["Paul McCartney, Linda McCartney"]


def test_what_was_imported_is_used_for_the_same_header(ratings: Path, tmp_path: Path) -> None:
    map_file, again = tmp_path / "map.json", tmp_path / "again.csv"
    map_file.write_text(run(ratings, "--print-map").replace('"comma"', '"one"'))
    run(ratings, "--map", map_file)
    again.write_text(RATINGS.replace("Song One", "Song Two").replace(track_id(1), track_id(2)))
    printed = run(again, "--print-map")
    assert read_mapping(printed, "") == read_mapping(map_file.read_text(), "")
    assert "Song Two" in printed
    said = run(again)
    assert "again.csv: The columns are read as mapped on " in said
    track = Track.objects.get(title="Song Two")
    assert [artist.name for artist in track.artists_in_order] == ["Paul McCartney, Linda McCartney"]


def test_a_map_that_is_given_counts_for_more_than_what_is_kept(ratings: Path, tmp_path: Path) -> None:
    by_comma, by_one = tmp_path / "comma.json", tmp_path / "one.json"
    by_comma.write_text(run(ratings, "--print-map"))
    by_one.write_text(by_comma.read_text().replace('"comma"', '"one"'))
    run(ratings, "--map", by_one)
    said = run(ratings, "--map", by_comma)
    assert "as mapped" not in said
    assert [artist.name for artist in Track.objects.get().artists_in_order] == ["Paul McCartney", "Linda McCartney"]
    assert run(ratings, "--print-map") == by_comma.read_text()
    assert json.loads(by_comma.read_text())["columns"][1]["cells"] == ["Song One"]


def test_a_dry_run_and_a_refused_import_keep_no_map(ratings: Path, tmp_path: Path) -> None:
    map_file = tmp_path / "map.json"
    map_file.write_text(run(ratings, "--print-map"))
    run(ratings, "--map", map_file, "--dry-run")
    ratings.write_text(RATINGS.replace("0.59", "lots"))
    with pytest.raises(CommandError, match="1 of 1 row cannot be imported"):
        run(ratings, "--map", map_file)
    assert not SavedMapping.objects.exists()


def test_who_mapped_first_stays_until_it_is_changed(ratings: Path, tmp_path: Path) -> None:
    map_file = tmp_path / "map.json"
    map_file.write_text(run(ratings, "--print-map"))
    mapping = read_mapping(map_file.read_text(), "map.json")
    editor = User.objects.create(username="editor")
    run_import([Source("a.csv", RATINGS.encode())], ImportOptions(mappings=(mapping,)), editor)
    saved_at = SavedMapping.objects.get().saved_at
    assert "as mapped by editor on " in run(ratings)
    saved = SavedMapping.objects.get()
    assert (saved.saved_by, saved.saved_at) == (editor, saved_at)
    map_file.write_text(map_file.read_text().replace('"comma"', '"one"'))
    run(ratings, "--map", map_file)
    assert SavedMapping.objects.get().saved_by is None


def test_each_header_may_have_its_map(ratings: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("Lied;Wer\nTwo;Sia\n")
    with pytest.raises(CommandError, match=r"different headers: my ratings\.csv, other\.csv"):
        run(ratings, other, "--print-map")
    maps = [tmp_path / "a.json", tmp_path / "b.json"]
    maps[0].write_text(run(ratings, "--print-map"))
    maps[1].write_text('{"columns": [{"heading": "Lied", "field": "title"}, {"heading": "Wer", "field": "artists"}]}')
    run(ratings, other, SAMPLES / "kaggle.csv", "--map", maps[0], "--map", maps[1], "--skip-bad")
    assert Track.objects.filter(title__in=["Song One", "Two"]).count() == 2
    assert "Columns mapped by hand" in Import.objects.get().file_format


def test_the_rows_that_are_bad_can_be_mended_and_imported_with_the_same_map(tmp_path: Path) -> None:
    path, map_file = tmp_path / "x.csv", tmp_path / "map.json"
    path.write_text("Song,Band,=BPM\nOne,Sia,120\nTwo,Sia,fast\n")
    columns = [{"heading": "Song", "field": "title"}, {"heading": "Band", "field": "artists"}]
    map_file.write_text(json.dumps({"columns": [*columns, {"heading": "=BPM", "field": "tempo"}]}))
    run(path, "--map", map_file, "--skip-bad")
    kept = Path(f"{path}.bad-rows.csv")
    kept.write_text(kept.read_text(encoding="utf-8-sig").replace("fast,", "99,", 1))
    run(kept, "--map", map_file)
    assert list(Track.objects.order_by("title").values_list("title", "tempo")) == [("One", 120), ("Two", 99)]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"{", "map.json is not JSON"),
        (b"\xff\xfe", "map.json is not in UTF-8."),
        (b'{"columns": [{"heading": "Song", "field": "title"}]}', "No column is mapped to Artists."),
        (None, "map.json cannot be read: No such file"),
    ],
)
def test_a_map_that_is_none(ratings: Path, tmp_path: Path, content: bytes | None, complaint: str) -> None:
    map_file = tmp_path / "map.json"
    if content is not None:
        map_file.write_bytes(content)
    with pytest.raises(CommandError, match=complaint):
        run(ratings, "--map", map_file)
    assert not Track.objects.exists()


def test_a_map_of_another_file_is_not_left_unused(ratings: Path, tmp_path: Path) -> None:
    map_file = tmp_path / "map.json"
    map_file.write_text(run(ratings, "--print-map"))
    with pytest.raises(CommandError, match=r"exportify_net.csv lacks columns that are mapped: .*“Danceability Rating”"):
        run(SAMPLES / "exportify_net.csv", "--map", map_file)
    assert not Track.objects.exists()


def test_columns_without_a_heading_are_mapped_by_their_place(tmp_path: Path) -> None:
    path, map_file = tmp_path / "x.csv", tmp_path / "map.json"
    path.write_text("Lied,,Wer\nOne,Ram,Sia,120\nTwo,Ram,Sia,99\n")
    found = json.loads(run(path, "--print-map"))
    assert [(column["heading"], column["cells"]) for column in found["columns"]] == [
        ("Lied", ["One", "Two"]),
        ("Column 2", ["Ram", "Ram"]),
        ("Wer", ["Sia", "Sia"]),
        ("Column 4", ["120", "99"]),
    ]
    for column, field in zip(found["columns"], ("title", "album", "artists", "tempo"), strict=True):
        column["field"] = field
    map_file.write_text(json.dumps(found))
    run(path, "--map", map_file)
    assert list(Track.objects.order_by("title").values_list("title", "album__title", "tempo")) == [
        ("One", "Ram", 120),
        ("Two", "Ram", 99),
    ]


def test_a_file_without_headings_is_mapped_by_the_number_of_its_columns(tmp_path: Path) -> None:
    path, other, map_file = tmp_path / "x.csv", tmp_path / "other.csv", tmp_path / "map.json"
    path.write_text("One,Sia\nTwo,Sia\n")
    other.write_text("Three,IU\n")
    found = json.loads(run(path, "--print-map", "--no-header"))
    assert [(column["heading"], column["cells"]) for column in found["columns"]] == [
        ("Column 1", ["One", "Two"]),
        ("Column 2", ["Sia", "Sia"]),
    ]
    found["columns"][0]["field"], found["columns"][1]["field"] = "title", "artists"
    map_file.write_text(json.dumps(found))
    said = run(path, other, "--map", map_file)
    assert "The file has no headings: its first row is read like the others." in said
    assert sorted(Track.objects.values_list("title", flat=True)) == ["One", "Three", "Two"]


def test_a_first_row_that_looks_like_data_is_mapped_unasked(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("One,Sia,3:45\nTwo,Sia,2:01\n")
    columns = json.loads(run(path, "--print-map"))["columns"]
    assert columns[2] == {
        "heading": "Column 3",
        "field": "duration_ms",
        "reading": "clock",
        "cells": ["3:45", "2:01"],
    }
    with pytest.raises(CommandError, match=r"looks like data, not like headings: “3:45”.* --print-map > map.json"):
        run(path)


def test_a_map_without_headings_is_none_for_a_file_that_has_them(tmp_path: Path) -> None:
    path, map_file = tmp_path / "x.csv", tmp_path / "map.json"
    columns = [{"heading": "Column 1", "field": "title"}, {"heading": "Column 2", "field": "artists"}]
    map_file.write_text(json.dumps({"columns": columns}))
    for text in ("Song,Band\nOne,Sia\n", "One,Sia,Ram\nTwo,Sia,Ram\n"):
        path.write_text(text)
        with pytest.raises(CommandError, match=r"A mapping is for 2 columns without headings, which is"):
            run(path, "--map", map_file)
    assert not Track.objects.exists()


def test_no_header_alone_says_what_it_goes_with(ratings: Path) -> None:
    with pytest.raises(CommandError, match="--no-header goes with --print-map"):
        run(ratings, "--no-header")


def test_the_bad_rows_of_a_file_without_headings_are_mended_with_the_same_map(tmp_path: Path) -> None:
    path, map_file = tmp_path / "x.csv", tmp_path / "map.json"
    path.write_text("One,Sia,120\nTwo,Sia,fast\n")
    fields = ("title", "artists", "tempo")
    columns = [{"heading": f"Column {number}", "field": field} for number, field in enumerate(fields, start=1)]
    map_file.write_text(json.dumps({"columns": columns}))
    run(path, "--map", map_file, "--skip-bad")
    kept = Path(f"{path}.bad-rows.csv")
    assert kept.read_text(encoding="utf-8-sig").startswith("Column 1,Column 2,Column 3,File,Row,")
    assert "Two,Sia,fast,x.csv,2,Column 3 " in kept.read_text(encoding="utf-8-sig")
    kept.write_text(kept.read_text(encoding="utf-8-sig").replace("fast,", "99,", 1))
    run(kept, "--map", map_file)
    assert list(Track.objects.order_by("title").values_list("title", "tempo")) == [("One", 120), ("Two", 99)]
