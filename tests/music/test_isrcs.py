import pytest

from musicdb.music import is_isrc, normalise_isrc


@pytest.mark.parametrize(
    "printed",
    [
        "USS1Z9900001",
        "US-S1Z-99-00001",
        "us-s1z-99-00001",
        "US S1Z 99 00001",
        " US\u2010S1Z\u201199\u201300001 ",
        "ISRC US-S1Z-99-00001",
        "ISRC: USS1Z9900001",
        "US.S1Z.99.00001",
        "ＵＳＳ１Ｚ９９００００１",
    ],
)
def test_however_it_is_printed_it_is_one_code(printed: str) -> None:
    assert normalise_isrc(printed) == "USS1Z9900001"
    assert is_isrc(normalise_isrc(printed))


def test_text_that_is_no_isrc_is_left_to_the_validator() -> None:
    assert normalise_isrc("unknown") == "UNKNOWN"
    assert not is_isrc("UNKNOWN")
    assert normalise_isrc(" - ") == ""
