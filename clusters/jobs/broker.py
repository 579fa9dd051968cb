"""The workers' queue at the broker, reached with a connection that gives up soon.

Web requests use it, so they never wait long for a broker that does not answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

# Tasks are sent by name: importing them would import what computes.
RECLUSTER = "clusters.recluster"
# In seconds, to connect and for each answer.
BROKER_TIMEOUT = 0.3
# Redis, RabbitMQ and a folder each read the options that they know.
_GIVE_UP_SOON = {
    "socket_connect_timeout": BROKER_TIMEOUT,
    "socket_timeout": BROKER_TIMEOUT,
    "read_timeout": BROKER_TIMEOUT,
    "write_timeout": BROKER_TIMEOUT,
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
}


class BrokerError(Exception):
    """The broker cannot be reached. The message says why."""


class Queue:
    """The queue over which this site's workers receive their tasks."""

    def __init__(self, app: Any, connection: Any) -> None:
        self._app = app
        self._queue = app.amqp.queues[settings.CELERY_TASK_DEFAULT_QUEUE].bind(connection.default_channel)
        self._producer = app.amqp.Producer(connection.default_channel, auto_declare=False)

    def is_empty(self) -> bool:
        """Return whether no message waits in the queue. Messages that workers have received do not count."""
        # A broker that has lost the queue gets it back here.
        _, messages, _ = self._queue.queue_declare()
        return not messages

    def send(self, task: str, key: int) -> None:
        """Send the message that has a worker run the Celery task of this name on the row with this key."""
        self._app.send_task(task, args=[key], producer=self._producer, retry=False)


@contextmanager
def open_queue() -> Iterator[Queue]:
    """Connect to the broker for as long as the block runs.

    Raises BrokerError, also for what fails in the block.
    """
    # Imported here because only sites with workers need Celery, which takes a fifth of a second to import.
    from kombu.exceptions import KombuError

    from musicdb.celery import app

    connection = app.connection_for_write(
        settings.CELERY_BROKER_URL,
        connect_timeout=BROKER_TIMEOUT,
        transport_options={**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **_GIVE_UP_SOON},
    )
    try:
        with connection:
            yield Queue(app, connection)
    except (KombuError, OSError, *connection.connection_errors, *connection.channel_errors) as error:
        raise BrokerError(f"The workers' broker cannot be reached: {str(error).rstrip('.')}.") from error
