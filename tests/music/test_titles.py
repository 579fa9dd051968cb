"""Which two titles are likely one recording."""

import pytest

from musicdb.music import title_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hmm BOP", "HMM BOP"),
        ("Can't Stop", "Cant Stop"),
        ("Song (feat. IU)", "Song"),
        ("Song [with SUGA]", "Song"),
        ("Song feat. IU", "Song"),
        ("Song - 2011 Remaster", "Song (Remastered 2011)"),
        ("Song - Live in Seoul", "Song (Live at Seoul)"),
        ("Song (Sped-Up Version)", "Song - Sped Up"),
        ("Song (Korean Ver.)", "Song - Korean Version"),
        ("Song (Slowed + Reverb)", "Song - Slowed"),
        ("Ｓｏｎｇ", "Song"),
        ("Song (Tiësto Remix)", "Song - Tiësto Remix"),
        ("봄날", "봄날 "),
    ],
)
def test_the_same(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Song", "Song - Live in Seoul"),
        ("Song", "Song (2011 Remaster)"),
        ("Song", "Song - Remix"),
        ("Song (Tiësto Remix)", "Song (Avicii Remix)"),
        ("Song", "Song (Acoustic)"),
        ("Song", "Song (Inst.)"),
        ("Song", "Song (English Ver.)"),
        ("Song", "Song (Sped Up)"),
        ("Song, Pt. 1", "Song, Pt. 2"),
        ("Intro (Part One)", "Intro (Part Two)"),
        ("Live", "Living"),
        ("Stay with Me", "Stay with You"),
        ("Dance with Somebody", "Dance"),
        ("Song (Japanese Version)", "Song (Korean Version)"),
        ("Song (Mandarin Ver.)", "Song (English Ver.)"),
        ("Song - Live at Wembley", "Song - Live in Paris"),
        ("Song (Live 1985)", "Song (Live 1986)"),
        ("Song - Live in Seoul", "Song (Live)"),
        ("Song (Acoustic) - Live at Wembley", "Song (Acoustic) - Live in Paris"),
        ("Song - 2009 Remaster", "Song - 2011 Remaster"),
        ("Song (Demo 1)", "Song (Demo 2)"),
        ("Song (Sped Up)", "Song (Slowed)"),
        ("Song (Nightcore)", "Song (8D Audio)"),
        ("Song (Karaoke)", "Song (Inst.)"),
        ("♡", "♥♥"),
    ],
)
def test_told_apart(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)


def test_a_title_that_is_a_word_for_a_version_is_a_title() -> None:
    assert title_key("Live") == ("live", frozenset())
    assert title_key("(Remix)")[0]
    assert title_key("feat. IU")[0]
