"""What a person types finds what a name has, however either is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicdb.music import name_key, search_key


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("beyonce", "Beyoncé"),
        ("motorhead", "Motörhead"),
        ("bjork", "Björk"),
        ("BJÖRK", "bjo\u0308rk"),
        ("don't", "Don’t"),
        ("don´t", "Don`t"),
        ("dont", "Don't"),
        ("strasse", "Straße"),
        ("roisin murphy", "Róisín Murphy"),
        ("sigur ros", "Sigur Rós"),
        ("royksopp", "Röyksopp"),
        ("mo", "MØ"),
        ("aegir", "Ægir"),
        ("oeuvre", "Œuvre"),
        ("thorir", "Þórir"),
        ("lodz", "Łódź"),
        ("dordevic", "Đorđević"),
        ("istanbul", "İstanbul"),
        ("ISPARTA", "ısparta"),
        ("abba", "ＡＢＢＡ"),
        ("ｶﾞｰﾙ", "ガール"),
        ("사랑", "\u1109\u1161\u1105\u1161\u11bc"),
        ("k-pop", "K‐pop"),
        ("k-pop", "K–pop"),
        ("heroes", "“Heroes”"),
        ("heroes", '"Heroes"'),
        ("2000", "２０００"),
        ("3", "٣"),
        ("fin", "ﬁn"),
        ("ασωτος", "Άσωτος"),
        ("елка", "Ёлка"),
        ("שלום", "שָׁלוֹם"),
        ("احمد", "أحمد"),
        ("♥", "♥\ufe0f"),
        ("$uicideboy$", "$UICIDEBOY$"),
        ("wait...", "Wait…"),
    ],
)
def test_they_have_one_key(typed: str, name: str) -> None:
    assert search_key(typed) == search_key(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [("か", "が"), ("は", "ぱ"), ("ハ", "は"), ("й", "и"), ("क", "कि"), ("AC/DC", "ACDC"), ("a-b", "ab")],
)
def test_what_is_another_letter_or_sign_has_another_key(one: str, other: str) -> None:
    assert search_key(one) != search_key(other)


@pytest.mark.parametrize("name", ["'", "’", '"', "“”", "!!!", "…", "-", "♡"])
def test_a_name_of_signs_has_a_key(name: str) -> None:
    assert search_key(name)


def test_names_that_are_one_are_searched_for_as_one() -> None:
    for one, other in (("Électro", "éLECTRO"), ("ΟΔΟΣ", "οδος"), ("ǅ", "ǆ")):
        assert name_key(one) == name_key(other)
        assert search_key(one) == search_key(other)


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_a_key_is_its_own_key(text: str) -> None:
    key = search_key(text)
    assert search_key(key) == key == key.strip()


@given(st.text(st.sampled_from("aÉøß'’-– 1²İı\u0301"), max_size=12))
def test_case_and_form_do_not_count(text: str) -> None:
    assert search_key(text) == search_key(text.upper()) == search_key(text.lower())
