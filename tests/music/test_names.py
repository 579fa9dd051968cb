import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicdb.music import name_key, normalise_name, plain_spelling, search_key


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


@given(st.text(st.characters(exclude_categories=("C", "M", "Z"), exclude_characters="\u115f\u1160\u3164\uffa0\u2800")))
def test_nothing_visible_is_lost(text: str) -> None:
    assert normalise_name(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Électro", "électro"),
        ("Électro", "E\u0301LECTRO"),
        ("Straße", "STRASSE"),
        ("STRAẞE", "strasse"),
        ("İstanbul", "istanbul"),
        ("ısparta", "ISPARTA"),
        ("ΟΔΟΣ", "οδος"),
        ("  K-POP ", "k-pop"),
        ("AC/DC", "ac/dc"),
    ],
)
def test_names_that_differ_in_case_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


LOOK_ALIKE = [
    *(("Guns N' Roses", f"Guns N{sign} Roses") for sign in "`´‘’‚‛ʹʻʼʽʾʿˈˊˋ′‵׳＇｀"),
    *(('7" Up', f"7{sign} Up") for sign in "“”„‟«»″‶״〝〞〟＂"),
    *(("JAY-Z", f"JAY{sign}Z") for sign in "‐‑‒–—―−⁃﹘﹣－֊־⸺⸻"),
    *(("Big Bang", f"Big{space}Bang") for space in "\u00a0\u2002\u2003\u2009\u200a\u202f\u205f\u3000"),
    ("Wait...", "Wait…"),
    ("AKB48(Team A)", "ＡＫＢ４８（Ｔｅａｍ　Ａ）"),
    ("ガール・ポップ", "ｶﾞｰﾙ･ﾎﾟｯﾌﾟ"),
    ("a/b ~c~ #1, 50%", "ａ⁄ｂ 〜ｃ～ ﹟１﹐ ５０﹪"),
    ("'n", "ŉ"),
]


@pytest.mark.parametrize(("plain", "other"), LOOK_ALIKE)
def test_names_that_look_alike_have_one_key_and_one_plain_spelling(plain: str, other: str) -> None:
    assert name_key(plain) == name_key(other) == name_key(other.upper()) == plain.lower()
    if other != "ŉ":
        assert plain_spelling(normalise_name(other)) == plain
    assert search_key(plain) == search_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("e", "é"), ("1", "①"), ("か", "が"), ("AC/DC", "ACDC"), ("Beyonce", "Beyoncé"), ("P", "Р"), ("IV", "Ⅳ")),
        *(("dont", "don't"), ("kpop", "k-pop"), ("x", "×"), ("'x'", '"x"'), ("「x」", '"x"'), ("ー", "-"), ("æ", "ae")),
    ],
)
def test_names_that_differ_otherwise_have_two(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_each_letter_has_one_key_in_either_case() -> None:
    letters = [chr(code) for code in range(0x11000) if chr(code) not in (chr(code).lower(), chr(code).upper())]
    letters += [chr(code) for code in range(0x11000) if chr(code).lower() != chr(code).upper()]
    assert len(letters) > 2_500
    for letter in letters:
        key = name_key(f"a{letter}")
        assert key == name_key(f"a{letter.lower()}") == name_key(f"A{letter.upper()}") == name_key(key), letter


# With dots above, a few Greek letters have two forms.
@given(st.text(st.characters(codec="utf-8", exclude_characters="\u0307"), max_size=20))
def test_a_key_is_storable_and_its_own_key(text: str) -> None:
    key = name_key(text)

    assert name_key(key) == key == normalise_name(key)
    assert key == name_key(text.upper()) == name_key(text.lower()) == name_key(normalise_name(text))
    assert len(key) <= 3 * len(normalise_name(text))


# Signs that look alike, and what decides whether an invisible character beside them stays.
@given(
    st.text(st.sampled_from("".join(other for _, other in LOOK_ALIKE) + "aİß\u0301\u200d\ufe0e\ufe0f♥"), max_size=12)
)
def test_folding_signs_that_look_alike_is_done_at_once(text: str) -> None:
    key, plain = name_key(text), plain_spelling(normalise_name(text))

    assert name_key(key) == key == normalise_name(key)
    assert plain_spelling(plain) == plain == normalise_name(plain)
    assert name_key(plain) == key == name_key(text.upper()) == name_key(text.lower())
