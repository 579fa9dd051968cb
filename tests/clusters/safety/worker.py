"""What a worker does for a test. It knows no Django, as workers do not."""

import signal

from threadpoolctl import threadpool_info


def neighbourly() -> tuple[list[int], bool]:
    """What a worker says of itself: the threads of each library that has some, and whether it can hear Ctrl-C."""
    heard = signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, set())
    return [library["num_threads"] for library in threadpool_info()], heard
