"""What an import keeps of each row: columns in little memory, and no more of a million rows than it must."""

import sys
import tracemalloc

import pytest

from musicdb.imports import ImportOptions, Source, preview
from musicdb.imports.columns import Columns
from musicdb.music import FEATURE_NAMES
from tests.imports.files import as_csv, net_row, track_id


class TestColumns:
    def test_it_is_like_a_dictionary(self) -> None:
        columns = Columns({"title": "A", "score": None})
        columns["liked"] = True
        columns["title"] = "B"
        assert columns == {"title": "B", "score": None, "liked": True}
        assert {**columns, "score": 1} == {"title": "B", "score": 1, "liked": True}
        assert list(columns.items()) == [("title", "B"), ("score", None), ("liked", True)]
        assert (columns.get("score", 5), columns.get("isrc", 5), "isrc" in columns, len(columns)) == (None, 5, False, 3)
        assert columns.keys() & {"title", "isrc"} == {"title"}
        assert repr(columns) == "{'title': 'B', 'score': None, 'liked': True}"
        del columns["title"]
        assert dict(columns) == {"score": None, "liked": True}
        with pytest.raises(KeyError):
            columns["title"]

    def test_rows_share_names_and_not_values(self) -> None:
        one, two = Columns({"title": "A", "liked": True}), Columns({"title": "B", "liked": True})
        one["liked"] = False
        one["score"] = 3
        assert dict(two) == {"title": "B", "liked": True}

    def test_it_takes_little_memory(self) -> None:
        values = {**dict.fromkeys(FEATURE_NAMES, 0.5), **dict.fromkeys("abcdefghij", 1)}
        columns = Columns(values)
        assert sys.getsizeof(columns) + sys.getsizeof(columns._cells) < 0.4 * sys.getsizeof(values)


@pytest.mark.django_db
def test_what_a_preview_keeps_of_a_row() -> None:
    def peak(rows: int) -> int:
        text = as_csv(net_row(number, **{"Track URI": f"spotify:track:{track_id(number)}"}) for number in range(rows))
        source = Source("songs.csv", text.encode())
        tracemalloc.start()
        preview([source], ImportOptions(no_playlist=True))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(10)  # The first loads modules.
    assert (peak(3_000) - peak(1_000)) / 2_000 < 3_700
