"""Which spellings are taken for one name, and which are not."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from musicdb.music import group_by_key, label_similarity_key, normalise_name, similarity_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Magic Strawberry Sound", "MAGIC STRAWBERRY SOUND"),
        ("Beyoncé", "BEYONCE"),
        ("Beyonce\u0301", "Beyoncé"),
        ("AC/DC", "ac-dc"),
        ("AC/DC", "ACDC"),
        ("k-pop", "K pop"),
        ("I.U.", "IU"),
        ("Guns N’ Roses", "Guns N' Roses"),
        ("Guns N´ Roses", "Guns N Roses"),
        ("Earth, Wind & Fire", "Earth Wind and Fire"),
        ("Ｐｅｒｆｕｍｅ", "Perfume"),
        ("Straße", "STRASSE"),
        ("아이유", "아이유 "),
        ("Молчат Дома", "молчат дома"),
    ],
)
def test_spellings_of_one_name_fold_to_the_same(one: str, other: str) -> None:
    assert similarity_key(one) == similarity_key(other)
    assert label_similarity_key(one) == label_similarity_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Кино", "Kino"),
        ("ガ", "カ"),
        ("й", "и"),
        ("高橋", "髙橋"),
        ("C", "C++"),
        ("A$AP Rocky", "AAP Rocky"),
        ("♡", "★"),
        ("!!!", "???"),
        ("Roxy Music", "Roxy"),
        ("1975", "The 1975"),
        ("2012 Stone", "Stone"),
        ("Prince - Live", "Prince"),
    ],
)
def test_other_names_fold_to_others(one: str, other: str) -> None:
    assert similarity_key(one) != similarity_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Universal Music Ltd.", "Universal Music LLC"),
        ("Universal Music Ltd.", "Universal Music"),
        ("UMG Recordings, Inc.", "UMG"),
        ("2012 Stone Music Entertainment", "Stone Music Entertainment"),
        ("(P) 2012 Stone Music Entertainment", "Stone Music"),
        ("(P)2012 Stone Music", "Stone Music"),
        ("℗ 2012 Stone Music", "Stone Music"),
        ("℗ & © 2012, 2013 Stone Music", "Stone Music"),
        ("(C) Stone Music", "Stone Music"),
        ("2012 - Stone Music", "Stone Music"),
        ("SM Entertainment – NCT Dream", "SM Entertainment"),
        ("S.M. Entertainment Co.,Ltd.", "SM Entertainment"),
        ("Bertelsmann GmbH & Co. KG", "Bertelsmann"),
        ("Big Hit Ent.", "BIGHIT Entertainment"),
        ("Genie Music Corporation", "GENIE MUSIC"),
        ("Café Music L.L.C.", "CAFE"),
        ("XL Recordings", "XL Records"),
    ],
)
def test_spellings_of_one_label_fold_to_the_same(one: str, other: str) -> None:
    assert label_similarity_key(one) == label_similarity_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Warner Records", "Warner Classics"),
        ("Music Factory", "Factory"),
        ("Label Records", "Records"),
        ("Entertainment One", "One"),
        # Nothing but a year and the kind of company: the year is the name.
        ("1984 Records", "1979 Records"),
        ("1984 Records", "Records"),
        ("2012", "2013"),
        ("2012 -", "2013 -"),
        # The part after the dash, where nothing that names anybody stands before it.
        ("Music - Alpha", "Music - Beta"),
        ("X-Mal", "X"),
        ("Blix-Street", "Blix"),
        ("This and", "This"),
        ("20125 Stone", "Stone"),
        ("Пятница Music", "Pyatnica Music"),
    ],
)
def test_other_labels_fold_to_others(one: str, other: str) -> None:
    assert label_similarity_key(one) != label_similarity_key(other)


@pytest.mark.parametrize("name", ["Records", "Music Group", "The Label, Inc.", "& Co.", "2012", "(P) 2012", "!!!", "♡"])
def test_something_of_every_label_is_left(name: str) -> None:
    assert label_similarity_key(name)


@example("\ua9c00")
@given(st.text(min_size=1).map(normalise_name).filter(bool))
def test_any_name_folds_to_something_whatever_its_case(name: str) -> None:
    assert similarity_key(name)
    assert label_similarity_key(name)
    assert similarity_key(name) == similarity_key(f" {name} ")


def test_groups_have_two_or_more_and_come_by_their_names() -> None:
    names = [(1, "Zed"), (2, "Apple"), (3, "ZED"), (4, "Other"), (5, "apple"), (6, "zed!")]
    assert group_by_key(names, similarity_key) == [[2, 5], [1, 3, 6]]
    assert group_by_key([(1, "Warner Records"), (2, "Warner Classics")], label_similarity_key) == []
    assert group_by_key([], label_similarity_key) == []


def test_a_hundred_thousand_names_take_seconds() -> None:
    names = [(number, f"({number}) Café – Müller & Söhne Musik, Inc. {number // 2}") for number in range(100_000)]
    started = time.perf_counter()
    assert group_by_key(names, label_similarity_key) == []
    assert time.perf_counter() - started < 15
