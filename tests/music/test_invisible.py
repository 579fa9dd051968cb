"""What nobody can see goes from a name; what changes how it looks stays."""

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from musicdb.music import name_key, normalise_name

INVISIBLE = {
    "zero-width space": "\u200b",
    "word joiner": "\u2060",
    "byte-order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "grapheme joiner": "\u034f",
    "zero-width joiner": "\u200d",
    "zero-width non-joiner": "\u200c",
    "left-to-right mark": "\u200e",
    "right-to-left mark": "\u200f",
    "Arabic letter mark": "\u061c",
    "unclosed embedding": "\u202a",
    "unclosed override": "\u202e",
    "unclosed isolate": "\u2067",
    "closing without opening": "\u202c",
    "variation selector": "\ufe0f",
    "variation selector 1": "\ufe00",
    "ideographic variation selector": "\U000e0100",
    "language tag": "\U000e0001",
    "tag letter": "\U000e0067",
    "vowel separator": "\u180e",
    "invisible times": "\u2062",
    "annotation anchor": "\ufff9",
    "inherent vowel": "\u17b4",
}
BLANK = ["\u3164", "\uffa0", "\u2800", "\u115f", "\u1160", "\u115f\u1160", "\u00a0", "\u3000"]


@pytest.mark.parametrize("character", INVISIBLE.values(), ids=INVISIBLE)
class TestAnInvisibleCharacter:
    @pytest.mark.parametrize("name", ["k-pop", "Édith", "кино", "사랑", "愛"])
    def test_makes_no_twin(self, character: str, name: str) -> None:
        for twin in (name + character, character + name, name[:2] + character + name[2:]):
            if (
                unicodedata.name(character, "").startswith("VARIATION SELECTOR")
                and name == "愛"
                and twin != character + name
            ):
                continue  # It can choose another form of the character.
            assert normalise_name(twin) == name
            assert name_key(twin) == name_key(name)

    def test_is_no_name(self, character: str) -> None:
        assert normalise_name(character) == normalise_name(f" {character}\t{character} ") == ""


@pytest.mark.parametrize("blank", BLANK)
def test_a_blank_is_a_space_and_no_name(blank: str) -> None:
    assert normalise_name(f"a{blank}b{blank}") == "a b"
    assert normalise_name(blank) == ""


def test_no_single_character_that_is_only_blank_or_control_is_a_name() -> None:
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)) in {"Cc", "Cs", "Zs", "Zl", "Zp"}:
            assert normalise_name(chr(code)) == "", hex(code)


@pytest.mark.parametrize(
    "name",
    [
        "👩\u200d🎤",
        "👨🏽\u200d⚕\ufe0f",
        "❤\ufe0f\u200d🔥",
        "🏃\u200d➡\ufe0f",
        "🏳\ufe0f\u200d🌈",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "1\ufe0f\u20e3",
        "♥\ufe0e",
        "♥\ufe0f",
        "⌚\ufe0e",
        "ℹ\ufe0f",
        # Persian: the letters on either side of the non-joiner would join.
        "می\u200cخواهم",
        # An initial heh, as an abbreviation is written.
        "ه\u200d",
        # Sinhala and Hindi.
        "ශ්\u200dරී",
        "क्\u200dष",
        "क्\u200cष",
        # A Japanese family name in one of its forms.
        "葛\U000e0100城",
        # Old Hangul without a consonant or without a vowel.
        "\u115f\u1161",
        "\u1100\u1160",
        # An override that is closed turns the text round.
        "\u202eolleh\u202c",
        "\u0600١",
    ],
)
def test_what_changes_the_look_stays(name: str) -> None:
    assert normalise_name(name) == name


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        # Emoji that are so by themselves.
        ("🎤\ufe0f", "🎤"),
        ("😀\ufe0f\u200d", "😀"),
        ("a\u200d🎤", "a🎤"),
        ("1\ufe0f", "1"),
        # These letters do not join the next anyway.
        ("دا\u200cر", "دار"),
        ("می\u200c", "می"),
        ("\u2068Sia\u2069", "Sia"),
        ("\u202aSia\u202c", "Sia"),
        ("\u202e\u202c", ""),
        ("\u202e\u200b \u202c", ""),
        ("👩\u200d\u200b🎤", "👩\u200d🎤"),
        ("e\u200b\u0301", "é"),
    ],
)
def test_what_changes_nothing_goes(given_name: str, name: str) -> None:
    assert normalise_name(given_name) == name


odd = st.sampled_from(
    [*"".join(INVISIBLE.values()), *"".join(BLANK), *"aé1 ♥🎤👩🏽🏴ای्क葛\u202c\u20e3\u1100\u1161\u0653\u0301"]
)


@example(" \u200dا")
@example("\u200b\u3164 \u200dا")
@example(" \u094d\u200cا")
@example("\u0301\u034f\u094d\u200d")
@given(st.text(odd, max_size=12))
def test_what_is_left_stays(text: str) -> None:
    name = normalise_name(text)
    assert normalise_name(name) == name
    assert name_key(name) == name_key(text)
