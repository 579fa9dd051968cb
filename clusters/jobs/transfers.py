"""Has workers do the imports and exports that are too long for a request."""

import logging

from clusters.jobs.broker import BrokerError, open_queue
from clusters.jobs.heartbeats import worker_is_running
from clusters.jobs.outbox import uses_workers
from musicdb.transfers import RUN_TRANSFER

logger = logging.getLogger(__name__)


def send_transfer(key: int) -> bool:
    """Have a worker do the transfer with this key. Return False if none is running or the broker does not answer."""
    if not (uses_workers() and worker_is_running()):
        return False
    try:
        with open_queue() as queue:
            queue.send(RUN_TRANSFER, key)
    except BrokerError as error:
        logger.warning("%s", error)
        return False
    return True
