"""Names in the order in which a reader looks for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicdb.music import Articles, jump_letter, sort_key

ARTICLES = Articles.of(["The", "A", "An", "La", "L'"])
# Each line in its order, and the lines in theirs.
IN_ORDER = [
    ["!!!", "$uicideboy$", "(G)I-DLE", "…And Oceans", "♥"],
    ["2 Unlimited", "007 Band", "10cc", "٢١ Savage", "98 Degrees", "0100", "1975", "10,000 Maniacs", "2000000000000"],
    ["A", "A-ha", "a-ha 2", "A-ha 10", "AAA", "ABBA", "Ábc", "Abd", "Ægir", "AFI", "The Beatles", "Beatles Revival"],
    ["Édith Piaf", "Eels", "iKON", "L'Impératrice", "Impetus", "La Oreja", "“Weird Al” Yankovic", "ZZ Top"],
    ["Άλφα", "βήτα"],
    ["Ёлка", "Елла", "Иван", "Йод", "Кино"],
    ["אביב", "שלום"],
    ["أحمد", "فيروز"],
    ["ไทย"],
    ["가인", "ㄴ", "나비", "방탄"],
    ["あい", "アウ", "かぐや", "ガール", "きく"],
    ["愛", "東京"],
]


def test_a_reader_finds_the_names_in_this_order() -> None:
    names = [name for line in IN_ORDER for name in line]
    in_bytes = sorted(names, key=lambda name: sort_key(name, ARTICLES).encode())
    assert in_bytes == names
    # As SQLite compares text, and PostgreSQL in the collation "C".
    assert sorted(names, key=lambda name: sort_key(name, ARTICLES)) == names


@pytest.mark.parametrize(
    ("one", "other"),
    [("Beyoncé", "BEYONCE"), ("7", "007"), ("Don’t", "don't"), ("ｱｲｳ", "あいう"), ("Mo", "MØ"), ("１", "1")],
)
def test_these_have_one_place(one: str, other: str) -> None:
    assert sort_key(one) == sort_key(other)


@pytest.mark.parametrize("name", ["The The", "The", "A", "La La Land", "Theatre", "A-ha", "L'", "An", "Lamb"])
def test_an_article_alone_is_the_name(name: str) -> None:
    assert sort_key(name, ARTICLES)[0] == name[0].lower()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("À la Folie", "a!la!folie"),
        ("À", "a"),
        ("“The Été”", "ete the"),
        ("the Ü", "u the"),
        ("La Éle", "ele la"),
        ("Ｔｈｅ Cure", "cure the"),
    ],
)
def test_an_article_is_written_so(name: str, key: str) -> None:
    assert sort_key(name, ARTICLES) == key


def test_an_article_comes_after_the_name_and_before_longer_names() -> None:
    names = ["Beatles", "La Beatles", "The Beatles", "Beatles 2", "Beatlesmania"]
    assert sorted({*names}, key=lambda name: sort_key(name, ARTICLES)) == names
    assert sort_key("The Beatles") > sort_key("Sia")


@pytest.mark.parametrize(
    ("letter", "names"),
    {
        "#": ["!!!", "2 Unlimited", "♥", "(G)I-DLE"],
        "A": ["ABBA", "Ábc", "Ægir", "ábc"],
        "B": ["The Beatles", "Beatles"],
        "I": ["L'Impératrice"],
        "Ж": ["Жар"],
        "Σ": ["σίγμα"],
        "א": ["אביב"],
        "ㄱ": ["가인", "까치", "ㄱ"],
        "ㅎ": ["하늘"],
        "ㅇ": ["아이유", "ㅏ"],
        "あ": ["あい", "アウ", "ぁ"],
        "か": ["ガール", "きく"],
        "わ": ["んだ", "ワン"],
        "漢": ["愛", "東京", "𠮷野"],
    }.items(),
)
def test_a_list_has_them_under_this_letter(letter: str, names: list[str]) -> None:
    for name in names:
        key = sort_key(name, ARTICLES)
        assert jump_letter(key) == jump_letter(key[:1]) == letter


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=6), max_size=30))
def test_the_names_under_a_letter_stand_together(names: list[str]) -> None:
    letters = [jump_letter(key) for key in sorted(map(sort_key, names)) if key]
    assert len([one for one, before in zip(letters, ["", *letters], strict=False) if one != before]) == len(
        set(letters)
    )


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 4))
def test_numbers_are_sorted_by_value(one: int, other: int, zeros: int) -> None:
    first, second = sort_key(f"Nr {'0' * zeros}{one}"), sort_key(f"Nr {other}")
    assert (first < second, first == second) == (one < other, one == other)
