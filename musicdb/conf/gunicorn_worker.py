"""The worker class that gunicorn.conf.py names."""

from typing import Any

from gunicorn.workers.gthread import _DEFER, TConn, ThreadWorker

# Seconds that a thread waits for the first bytes of a new connection. A client that connects in order to ask sends them
# at once.
FIRST_BYTES = 0.02


class ThreadedWorker(ThreadWorker):
    """gunicorn's threaded worker, which gives new connections that send nothing back to its poller at once.

    gunicorn's own keeps a thread for each of them for five seconds. Fifty of them then stop a site of sixteen threads.
    """

    def handle(self, conn: TConn) -> Any:
        if not conn.initialized and not conn.data_ready and not conn.wait_for_data(FIRST_BYTES):
            return _DEFER
        return super().handle(conn)
