"""Brings an import to where it writes: in a transaction, with a plan that holds in it.

On SQLite a transaction locks out other writers. There the plan is made and its rows are prepared before, while others
may write, and under the lock the rows only move into their tables. What says that a plan still holds is that nobody
has written anything since. On PostgreSQL others write during the transaction, so what the plan changes is locked.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from musicdb.db import DIRECT, data_version, large_page_cache, repeatable_read, staged_writer
from musicdb.imports.apply import Applied, apply_plan
from musicdb.imports.confirm import plan_that_holds
from musicdb.imports.plan import Plan
from musicdb.progress import Progress

# How often an import plans while others may write. If they did so each time, it plans once more, under the lock.
PLANS_AHEAD = 3


@dataclass(frozen=True)
class Ready:
    """A plan that holds, and what writes it."""

    plan: Plan
    write: Callable[[], Applied]


@contextmanager
def ready_to_write(make_plan: Callable[[], Plan], lock: Callable[[], None], progress: Progress) -> Iterator[Ready]:
    """Yield a plan that holds, in a transaction. ``lock`` is called first in it, and waits for other imports.

    Whatever ``make_plan`` and ``lock`` raise ends the transaction.
    """
    for _ in range(PLANS_AHEAD if connection.vendor == "sqlite" else 0):
        with staged_writer() as writer:
            with repeatable_read():
                version = data_version()
                plan = make_plan()
                applied = apply_plan(plan, writer, "Preparing", progress)

            def write(applied: Applied = applied) -> Applied:
                writer.write(lambda done, total: progress("Writing", done, total))
                return applied

            with large_page_cache(), transaction.atomic():
                lock()
                if data_version() == version:
                    yield Ready(plan, write)
                    return
        # Two plans would take twice the memory.
        del plan, applied, write
    with large_page_cache(), transaction.atomic():
        lock()
        plan = plan_that_holds(make_plan)
        yield Ready(plan, lambda: apply_plan(plan, DIRECT, "Writing", progress))
