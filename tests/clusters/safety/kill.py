"""Kill reclustering processes at many points and look, after each, at what visitors would see. Prints JSON.

Run by test_safety.py as a process of its own, on a database with published runs. All that is slow to import is imported
once here; each victim is a fork with a connection of its own.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.files.storage import default_storage  # noqa: E402
from django.db import connections  # noqa: E402
from django.db.models import Max  # noqa: E402

import clusters.core.pipeline  # noqa: E402, F401
from clusters.core.params import Params  # noqa: E402
from clusters.models import Cluster, Collection, Run  # noqa: E402
from clusters.runs import Options, recluster, service, storing  # noqa: E402
from musicdb.models import Genre  # noqa: E402
from tests.clusters.safety.invariants import problems, unowned_plots  # noqa: E402
from tests.factories import collections_of  # noqa: E402


def recluster_all(seed: int) -> None:
    list(recluster(collections_of(Genre.objects.order_by("slug")), Params(seed=seed), Options(force=True)))


def die(*args: Any, **kwargs: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_after(owner: Any, name: str, call: int) -> None:
    """Let this process die right after the ``call``-th call of ``owner.name`` has done its work."""
    original, calls = getattr(owner, name), [0]

    def dying(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        calls[0] += 1
        if calls[0] == call:
            die()
        return result

    setattr(owner, name, dying)


# Where, between the first file and the last row, a process dies by its own hand.
POINTS: dict[str, Callable[[], None]] = {
    "after the PNG": partial(die_after, default_storage, "save", 1),
    "after both files": partial(die_after, default_storage, "save", 2),
    "after the memberships": partial(die_after, storing, "insert", 1),
    "after all rows": partial(die_after, storing, "carry_names", 1),
    "after publishing, before the commit": partial(die_after, storing, "publish", 1),
    "after the commit": partial(die_after, service, "store", 1),
}


def victim(seed: int, prepare: Callable[[], None]) -> int:
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        try:
            prepare()
            recluster_all(seed)
        finally:
            os._exit(0)
    return pid


def killed_after(seconds: float, pid: int) -> bool:
    """Kill ``pid`` after so long. Return whether it was still at work."""
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def while_storing(seed: int, seconds: float) -> bool:
    """Kill a process so long after it began to store one of its genres."""
    readable, writable = os.pipe()

    def announce() -> None:
        original = service.store

        def storing_slowly(*args: Any) -> Any:
            os.write(writable, b"!")
            return original(*args)

        service.store = storing_slowly

    pid = victim(seed, announce)
    for _ in range(1 + seed % 3):
        os.read(readable, 1)
    found = killed_after(seconds, pid)
    os.close(readable)
    os.close(writable)
    return found


def main(kills: int) -> None:
    source = random.Random(2026)
    began = time.perf_counter()
    recluster_all(0)
    whole = time.perf_counter() - began
    summary: dict[str, Any] = {"kills": 0, "too late": 0, "left files behind": 0, "problems": []}
    plots = {str(path) for path in Path(default_storage.location).rglob("*") if path.is_file()}
    assert plots, "There is nothing published yet."

    def look(what: str, was_killed: bool) -> None:
        connections.close_all()
        summary["kills" if was_killed else "too late"] += 1
        summary["left files behind"] += bool(unowned_plots())
        summary["problems"] += [f"{what}: {problem}" for problem in problems()]

    for number, (what, prepare) in enumerate(POINTS.items()):
        _, status = os.waitpid(victim(number, prepare), 0)
        look(what, os.WIFSIGNALED(status))
    seed = 100
    while summary["kills"] < kills and seed < 100 + 2 * kills:
        seed += 1
        if seed % 2:
            seconds = source.uniform(0, whole)
            look(f"after {seconds:.3f} s", killed_after(seconds, victim(seed, lambda: None)))
        else:
            seconds = source.uniform(0, 0.02)
            look(f"{seconds:.4f} s after it began to store", while_storing(seed, seconds))

    recluster_all(1)
    summary["unowned at the end"] = unowned_plots()
    highest = Cluster.objects.aggregate(number=Max("number"))["number"]
    summary["next is unused"] = highest < max(Collection.objects.values_list("next_number", flat=True))
    summary["runs"] = Run.objects.count()
    summary["problems"] += problems()
    print(json.dumps(summary))


if __name__ == "__main__":
    main(int(sys.argv[1]))
