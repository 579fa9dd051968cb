"""Wait until the first job since a moment is in a state, or for a minute and a half; then print as JSON how it is.

This runs as a process of its own, on the database that the workers use.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import django

django.setup()

from clusters.jobs import Progress  # noqa: E402
from clusters.models import ReclusterJob, Run  # noqa: E402
from tests.clusters.safety.invariants import problems, unowned_plots  # noqa: E402

REACHED: dict[str, Callable[[Progress], bool]] = {
    "finished": lambda progress: progress.is_finished,
    "under way": lambda progress: progress.finished >= 3 and progress.running > 0,
    # The first task is the one that takes long enough to be killed. A process that is killed while it waits for a task
    # would take the lock of a folder broker's pool with it.
    "running": lambda progress: progress.tasks[0].state == "running",
    "any": lambda progress: True,
}


def main(since: float, state: str) -> None:
    jobs = ReclusterJob.objects.filter(created_at__gte=datetime.fromtimestamp(since, UTC)).order_by("pk")
    until = time.monotonic() + 90
    while True:
        job = jobs.first()
        progress = job and Progress.of(job)
        if (progress and REACHED[state](progress)) or time.monotonic() > until:
            break
        time.sleep(0.05)
    assert progress is not None
    tasks = {
        task.collection_name: {
            "state": task.state,
            "attempts": task.attempts,
            "status": (task.outcome or {}).get("status"),
            "worker": task.worker.split("@")[0],
            "is of its genre": task.run is not None and task.run.collection == task.collection,
            "new runs": Run.objects.filter(collection=task.collection, started_at__gte=progress.job.created_at).count(),
        }
        for task in progress.tasks
    }
    # A test that waits for a running task wants to know at once. There is no folder of plots before the first run.
    wrong = problems() + unowned_plots() if state == "finished" and Run.objects.exists() else []
    print(json.dumps({"state": progress.state, "tasks": tasks, "wrong": wrong}))


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2])
