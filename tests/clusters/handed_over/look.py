"""Look at the newest reclustering until it is as its test waits for, then say how it is. Prints JSON.

Run as a process of its own, on the database that the workers use.
"""

import json
import sys
import time
from collections.abc import Callable

import django

django.setup()

from clusters.models import Reclustering, Run  # noqa: E402
from clusters.progress import Progress  # noqa: E402
from tests.clusters.safety.whole import problems, unowned_plots  # noqa: E402

WAITED_FOR: dict[str, Callable[[Progress], bool]] = {
    "over": lambda progress: progress.is_over,
    "begun": lambda progress: progress.working > 0,
    "silent": lambda progress: progress.state == "silent",
    "now": lambda progress: True,
}


def main(waited_for: str) -> None:
    until = time.monotonic() + 60
    while True:
        progress = Progress.of(Reclustering.objects.get(pk=Reclustering.objects.latest("pk").pk))
        if WAITED_FOR[waited_for](progress) or time.monotonic() > until:
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
    main(sys.argv[1])
