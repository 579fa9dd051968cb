"""Celery's entry point: ``celery -A musicdb worker``. Only workers, and who hands work over, import it."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "musicdb.settings")

app = Celery("musicdb")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    # What there is to do, and how far it is, stands in the database: a message only says that there is something. So
    # none is kept for a worker that was killed, and no result is kept at all.
    task_acks_late=False,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    task_serializer="json",
    accept_content=["json"],
    broker_connection_retry_on_startup=True,
    # No worker is told anything by another.
    worker_send_task_events=False,
    worker_enable_remote_control=False,
)
app.autodiscover_tasks(["clusters.jobs"])
