"""The length of a track: as people read it, and what it says of recordings."""

# Two lengths that differ by more are those of two recordings. Services round, and count silence differently.
MAX_DIFFERENCE_MS = 5_000


def format_duration(milliseconds: int) -> str:
    """Return a length as minutes and seconds, such as "3:07".

    >>> format_duration(187_400)
    '3:07'
    """
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    return f"{minutes}:{seconds:02}"


def format_exact_duration(milliseconds: int) -> str:
    """Return a length to the millisecond, such as "3:07.400".

    >>> format_exact_duration(187_400)
    '3:07.400'
    """
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes}:{rest // 1000:02}.{rest % 1000:03}"


def may_be_as_long(one: int | None, other: int | None) -> bool:
    """Return whether two lengths, in milliseconds, can be those of one recording. An unknown one can be any."""
    return one is None or other is None or abs(one - other) <= MAX_DIFFERENCE_MS
