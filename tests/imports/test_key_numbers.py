"""Numbers and hashes of many rows in little memory."""

from musicdb.imports.key_numbers import Hashes, KeyNumbers


def test_numbers_of_keys() -> None:
    numbers = KeyNumbers()
    numbers.add([5, 4_096, 10_000_000])
    numbers[7] = 513
    assert list(numbers) == [5, 7, 4_096, 10_000_000]
    assert len(numbers) == 4
    assert [numbers[key] for key in (5, 6, 7, 9_999_999)] == [1, 0, 513, 0]
    assert [key in numbers for key in (7, 6, None, "7")] == [True, False, False, False]


def test_hashes_know_what_was_added() -> None:
    hashes = Hashes()
    for number in (3, 1, 2):
        hashes.add(("row", number))
    assert [("row", number) in hashes for number in range(5)] == [False, True, True, True, False]
    hashes.add("x")
    assert "x" in hashes
    assert "y" not in hashes
