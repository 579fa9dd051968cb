"""The exports of single lists, below the admin: what a workbook can hold, and in which order rows come."""

import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from musicdb.exports import GenreResource, TrackResource
from musicdb.exports.lists import Xlsx
from musicdb.exports.tables import ALBUMS, ARTISTS, GENRES, LABELS, PLAYLISTS, TRACKS, Table
from musicdb.imports import ImportOptions, Source, preview
from musicdb.models import Genre, GenreAlias, Track
from musicdb.music import FEATURE_NAMES
from tests.factories import GenreFactory, TrackFactory

pytestmark = pytest.mark.django_db


def test_characters_that_a_workbook_cannot_hold_come_back_from_it() -> None:
    """They made the export an error."""
    GenreFactory(name="pop", description="end \x0c_x000D_\r\n")
    data = Xlsx().export_data(GenreResource().export(Genre.objects.all()))
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet["C2"].value == "end _x000C__x005F_x000D__x000D_\n"
    assert not preview([Source("genres.xlsx", data)], ImportOptions()).changes_anything


def test_rows_keep_the_order_of_the_list_from_batch_to_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("musicdb.exports.columns.BATCH", 2)
    for title in ("b", "d", "a", "c", "e"):
        TrackFactory(title=title)
    dataset = TrackResource().export(Track.objects.order_by("-title"))
    assert [row[1] for row in dataset] == ["e", "d", "c", "b", "a"]


def test_aliases_come_in_the_order_in_which_they_were_made() -> None:
    genre = GenreFactory(name="pop")
    for name in ("zz", "aa"):
        GenreAlias.objects.create(name=name, target=genre)
    assert GenreResource().export(Genre.objects.all()).dict[0]["other_spellings"] == "zz; aa"


@pytest.mark.parametrize("table", [GENRES, ARTISTS, LABELS, ALBUMS, TRACKS, PLAYLISTS], ids=lambda table: table.name)
def test_the_docs_name_every_column(table: Table) -> None:
    docs = (Path(__file__).resolve().parents[2] / "docs" / "exporting.md").read_text(encoding="utf-8")
    match = re.search(rf"^\| [^|]+ \|.*\n(?:\|.*\n)*?\| {table.name} \| (?P<columns>.*) \|$", docs, re.MULTILINE)
    assert match
    columns = [column.name for column in table.list_columns]

    assert re.findall(r"`(\w+)`", match["columns"]) == [name for name in columns if name not in FEATURE_NAMES]
