"""Look at what is asked for since a moment until it is as its test waits for, then say how it is. Prints JSON.

Run as a process of its own, on the database that the workers use.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import django

django.setup()

from clusters.jobs.progress import Progress  # noqa: E402
from clusters.models import ReclusterJob, Run  # noqa: E402
from tests.clusters.safety.invariants import problems, unowned_plots  # noqa: E402

WAITED_FOR: dict[str, Callable[[Progress], bool]] = {
    "finished": lambda progress: progress.is_finished,
    "running": lambda progress: progress.running > 0,
    "now": lambda progress: True,
}


def main(waited_for: str, since: float) -> None:
    asked_for = ReclusterJob.objects.filter(created_at__gte=datetime.fromtimestamp(since, UTC))
    until = time.monotonic() + 90
    while True:
        job = asked_for.first()
        progress = job and Progress.of(job)
        if (progress and WAITED_FOR[waited_for](progress)) or time.monotonic() > until:
            break
        time.sleep(0.05)
    tasks = {
        task.genre_name: {
            "state": task.state,
            "attempts": task.attempts,
            "status": (task.outcome or {}).get("status"),
            "worker": task.worker.split("@")[0],
            "is of its genre": task.run is not None and task.run.genre == task.genre,
        }
        for task in progress.tasks
    }
    runs = Run.objects.filter(started_at__gte=progress.job.created_at).count()
    # Before the first run there is no folder of plots.
    wrong = problems() + unowned_plots() if Run.objects.exists() else []
    print(json.dumps({"state": progress.state, "tasks": tasks, "new runs": runs, "wrong": wrong}))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
