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
from clusters.models import Reclustering, Run  # noqa: E402
from tests.clusters.safety.invariants import problems, unowned_plots  # noqa: E402

WAITED_FOR: dict[str, Callable[[Progress], bool]] = {
    "over": lambda progress: progress.is_over,
    "begun": lambda progress: progress.working > 0,
    "now": lambda progress: True,
}


def main(waited_for: str, since: float) -> None:
    asked_for = Reclustering.objects.filter(asked_at__gte=datetime.fromtimestamp(since, UTC))
    until = time.monotonic() + 90
    while True:
        reclustering = asked_for.first()
        progress = reclustering and Progress.of(reclustering)
        if (progress and WAITED_FOR[waited_for](progress)) or time.monotonic() > until:
            break
        time.sleep(0.05)
    turns = {
        turn.genre_name: {
            "state": turn.state,
            "attempts": turn.attempts,
            "status": (turn.outcome or {}).get("status"),
            "worker": turn.worker.split("@")[0],
            "is of its genre": turn.run is not None and turn.run.genre == turn.genre,
        }
        for turn in progress.turns
    }
    runs = Run.objects.filter(started_at__gte=progress.reclustering.asked_at).count()
    # Before the first run there is no folder of plots.
    wrong = problems() + unowned_plots() if Run.objects.exists() else []
    print(json.dumps({"state": progress.state, "turns": turns, "new runs": runs, "wrong": wrong}))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
