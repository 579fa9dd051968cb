"""Which names a name may consist of."""

import pytest

from musicdb.music import names_in


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("Simon & Garfunkel feat. X", ["Simon", "Garfunkel", "X"]),
        ("A, B", ["A", "B"]),
        ("A;B/C", ["A", "B", "C"]),
        ("A (feat. B & C)", ["A", "B", "C"]),
        ("A [with B]", ["A", "B"]),
        ("A FT. B x C", ["A", "B", "C"]),
        ("Andy Withers", ["Andy Withers"]),
        ("Sixx:A.M.", ["Sixx:A.M."]),
        ("Ann & Ann", ["Ann"]),
        ("/", ["/"]),
        ("坂本龍一・高橋幸宏", ["坂本龍一", "高橋幸宏"]),
    ],
)
def test_names_in(name: str, names: list[str]) -> None:
    assert names_in(name) == names
