"""One thread for linear algebra: several make the small matrices here slower, and results that cannot be repeated."""

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[object]:
    """Return a context in which numpy and scikit-learn compute in one thread."""
    limit: AbstractContextManager[object] = _controller().limit(limits=1)
    return limit


@cache
def _controller() -> ThreadpoolController:
    # It looks through every library that the process has loaded: 8 ms, which each collection would pay three times.
    return ThreadpoolController()
