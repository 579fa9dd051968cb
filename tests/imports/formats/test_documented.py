"""The formats that musicdb reads are those that its documentation lists."""

import re

import pytest
from django.conf import settings

from musicdb.imports.formats import FORMAT_LABELS, FORMATS

DOCUMENT = settings.BASE_DIR / "docs" / "importing.md"


def documented(heading: str = "## File formats") -> set[str]:
    """Return the formats in the first cells of the table below ``heading``."""
    text = DOCUMENT.read_text(encoding="utf-8").partition(f"{heading}\n")[2]
    table = text.partition("| --- |")[2].partition("\n\n")[0]
    first_cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name for cell in first_cells for name in re.findall(r"`([a-z.-]+)`", cell)}


@pytest.mark.parametrize("name", sorted({file_format.name for file_format in FORMATS}))
def test_each_format_is_in_the_table(name: str) -> None:
    assert name in documented()


def test_the_census_has_each_format() -> None:
    assert documented("### What each format has") == {file_format.name for file_format in FORMATS}


def test_the_table_has_no_format_that_is_not_there() -> None:
    assert documented() <= set(FORMAT_LABELS)
