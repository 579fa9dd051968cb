"""JSON as programs and people leave it: lines, several values, byte-order marks, commas too many, no objects."""

import json
from typing import Any

import pytest

from musicdb.imports import ImportRefusedError, Source
from tests.imports.files import records_of


def song(number: int) -> dict[str, Any]:
    """A track as beets writes it."""
    names = {"title": f"Song {number}", "artist": "Sia", "albumartist": "Sia"}
    return {**names, "length": 200.0, "mb_trackid": str(number), "path": f"/{number}.mp3"}


ONE, TWO, THREE = (json.dumps(song(number)) for number in (1, 2, 3))


def read(text: str, encoding: str = "utf-8") -> list[tuple[int, str]]:
    """Return the number and the title of each entry."""
    parsed = records_of(Source("library.json", text.encode(encoding)))
    assert parsed.file_formats == ["beets library"]
    return [(row.ref.row, row.record.title) for row in parsed.tracks]


@pytest.mark.parametrize("between", ["", "\n", "\n\n", ",\n", "\n\ufeff"], ids=repr)
def test_lists_one_after_the_other_are_one(between: str) -> None:
    one, other = (json.dumps(found, indent=4) for found in ([song(1), song(2)], [song(3)]))
    assert read(one + between + other + between) == [(1, "Song 1"), (2, "Song 2"), (3, "Song 3")]


def test_lines_after_a_list() -> None:
    assert read(f"[{ONE},\n{TWO}]\n{THREE}\n") == [(1, "Song 1"), (2, "Song 2"), (3, "Song 3")]


@pytest.mark.parametrize(
    "text",
    [
        ONE + TWO,
        f"{ONE}, {TWO}",
        f"{ONE},\n{TWO},\n",
        *(json.dumps(song(1), indent=2) + end + TWO for end in ("", "\n")),
    ],
)
def test_objects_one_after_the_other(text: str) -> None:
    assert read(text) == [(1, "Song 1"), (2, "Song 2")]


def test_a_blank_line_counts_as_an_entry() -> None:
    assert read(f"{ONE}\n\n{TWO}\n") == [(1, "Song 1"), (3, "Song 2")]


@pytest.mark.parametrize("first", ["null", "true", "-1", "1.5", '"x"', "[]"])
def test_a_list_may_begin_with_what_is_no_object(first: str) -> None:
    assert read(f"[{first}, {ONE}]") == [(2, "Song 1")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_part_of_it(encoding: str) -> None:
    assert read(f"\n[{ONE}]\n", encoding) == [(1, "Song 1")]


def refusal(text: str) -> str:
    with pytest.raises(ImportRefusedError) as refused:
        records_of(Source("library.json", text.encode()))
    return str(refused.value)


@pytest.mark.parametrize(("text", "sign"), [(f"[{ONE},\n]", "]"), ('[{"title": "One",\n}]', "}")])
def test_a_comma_too_many_is_named(text: str, sign: str) -> None:
    # Python says where the comma is, or where a value should be.
    assert refusal(text) in {
        f"library.json is a JSON file with a comma too many (line {line}, before “{sign}”). Delete the comma."
        for line in (1, 2)
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [(f"[{ONE},\n{TWO}", 2), (f"{ONE}\n{TWO[:-1]}", 2), (f"{ONE}\n\nrest", 3), ("[", 1), (f"[{ONE}]]", 1)],
)
def test_what_is_cut_off_or_damaged_is_named_by_its_line(text: str, line: int) -> None:
    assert f"is a JSON file that is cut off or damaged (line {line}: " in refusal(text)


@pytest.mark.parametrize("text", ['["Song", "Sia"]', "[1, 2]", "[null]", '[["Song", "Sia"]]', '[true, "x"]'])
def test_a_list_without_objects_says_nothing_of_tracks(text: str) -> None:
    assert "is a JSON list without objects" in refusal(text)


@pytest.mark.parametrize("header", ["[Mood],Song,Band", "[null],Song,Band", "[true love],Song,Band"])
def test_a_table_may_begin_with_a_bracket(header: str) -> None:
    assert "“Song” as the title" in refusal(f"{header}\nx,One,Sia\n")
