import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicdb.music.names import normalise_name


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("WENDY", "WENDY"),
        ("  WENDY \t & \u00a0 SEULGI  ", "WENDY & SEULGI"),
        ("two\nlines", "two lines"),
        ("two\r\nlines", "two lines"),
        ("line\u2028and paragraph\u2029separator", "line and paragraph separator"),
        ("next\x85line", "next line"),
        ("NUL\x00inside", "NUL inside"),
        ("\x00\x07\x1b", ""),
        (" \n\t", ""),
        ("half a pair \ud800", "half a pair"),
        ("e\u0301", "é"),
        # Hangul that a Mac's file names spell by single letters.
        ("\u1112\u1161\u11ab", "한"),
        ("Joined 👩\u200d🎤 stays", "Joined 👩\u200d🎤 stays"),
        ("♡ | [x](y) *z* <b>", "♡ | [x](y) *z* <b>"),
    ],
)
def test_one_spelling(typed: str, stored: str) -> None:
    assert normalise_name(typed) == stored


# Every character, lone surrogates as well.
@given(st.text(st.characters(codec=None), max_size=40))
def test_the_result_is_stable_and_storable(text: str) -> None:
    name = normalise_name(text)

    assert normalise_name(name) == name
    assert name == unicodedata.normalize("NFC", name)
    assert name == name.strip()
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in name)
    assert "  " not in name
    assert name.encode().decode() == name


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Z")), max_size=40))
def test_nothing_visible_is_lost(text: str) -> None:
    assert normalise_name(text) == unicodedata.normalize("NFC", text)
