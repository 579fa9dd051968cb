"""How far long work is, for the person who waits for it."""

from collections.abc import Callable

# Called with the stage that runs, how many rows are done, and how many there are, if that is known. It may raise what
# ends the work.
Progress = Callable[[str, int, int | None], None]


def no_progress(stage: str, done: int, total: int | None) -> None:
    """Report to nobody."""
