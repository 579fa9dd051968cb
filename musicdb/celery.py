"""Celery's entry point: ``celery -A musicdb worker``. Only workers, and processes that send them tasks, import it."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "musicdb.settings")

app = Celery("musicdb")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    # A message is removed from the broker when its task has ended, and returned if the process that runs it dies. Tasks
    # must therefore be idempotent.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    # A worker takes no more messages than it has processes, so that idle workers get the others.
    worker_prefetch_multiplier=1,
    # Tasks store their outcome in the database.
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    # A worker outlives its broker. RabbitMQ closes the channel of a task that takes longer than half an hour.
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_channel_error_retry=True,
    # A task goes on when the worker loses its connection.
    worker_cancel_long_running_tasks_on_connection_loss=False,
    # No worker tells another anything.
    worker_send_task_events=False,
    worker_enable_remote_control=False,
)
app.autodiscover_tasks(["clusters.jobs", "musicdb.transfers"])
