"""Let one import at a time change the library, and say whom the others wait for.

Two imports at once would each create what the other creates. On PostgreSQL an import therefore takes an advisory lock
until its transaction ends. On SQLite the transaction itself locks out other writers, so an import plans before it.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anyascii import anyascii
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils.formats import date_format
from django.utils.timezone import localtime

from musicdb.imports.messages import ImportRefusedError

KEY = 0x6D75736963  # "music"
# The name of a connection, which others can read, says what it does and for whom. PostgreSQL cuts it at 63 bytes.
MARK = "musicdb"
MAX_MARK = 63
POLL_SECONDS = 0.5
SECONDS_BETWEEN_NOTICES = 30

logger = logging.getLogger(__name__)


class ImportLockedError(ImportRefusedError):
    """Another import is still under way. The message says which; nothing was changed."""


@dataclass(frozen=True)
class Patience:
    """How many seconds to wait for another import, and whom to tell about it, how often."""

    seconds: float
    notify: Callable[[str], None] = logger.warning
    seconds_between_notices: float = SECONDS_BETWEEN_NOTICES


# A web server ends a request after 30 seconds.
WEB_PATIENCE = Patience(seconds=15)


@dataclass(frozen=True)
class _Holder:
    """Who has the lock. ``work`` is empty where the server does not tell."""

    work: str = ""
    user_name: str = ""
    started_at: datetime | None = None

    def __str__(self) -> str:
        by = f" by {self.user_name}" if self.user_name else ""
        at = f", started at {date_format(localtime(self.started_at), 'H:i:s')}" if self.started_at else ""
        return f"the {self.work or 'other import'}{by}{at}"


def lock_imports(work: str, user: Any, patience: Patience) -> None:
    """Wait until no other import is under way, then keep others waiting until the transaction ends.

    ``work`` is what they are told, such as "import of liked.csv". Raises ImportLockedError when patience ends.
    """
    if connection.vendor != "postgresql":
        return
    started = time.monotonic()
    next_notice = 0.0
    while not _try_lock():
        waited = time.monotonic() - started
        holder = _find_holder()
        if waited >= patience.seconds:
            raise ImportLockedError(
                f"Waited {waited:.0f} seconds for {holder}, which is still under way. Try again when it has finished."
            )
        if waited >= next_notice:
            patience.notify(f"Waiting for {holder}." if not next_notice else f"Still waiting for {holder}.")
            next_notice = waited + patience.seconds_between_notices
        time.sleep(POLL_SECONDS)
    _mark_connection(work, user)


def _try_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [KEY])
        return bool(cursor.fetchone()[0])


def _mark_connection(work: str, user: Any) -> None:
    mark = f"{MARK}:{user.pk if user else ''}:{anyascii(work)}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('application_name', %s, true)", [mark[:MAX_MARK]])


def _find_holder() -> _Holder:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT activity.application_name, activity.xact_start"
            " FROM pg_locks AS locks JOIN pg_stat_activity AS activity USING (pid)"
            " WHERE locks.locktype = 'advisory' AND locks.granted AND locks.objsubid = 1"
            " AND locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND (locks.classid::bigint << 32) | locks.objid::bigint = %s",
            [KEY],
        )
        name, started_at = cursor.fetchone() or ("", None)
    mark, _, rest = (name or "").partition(":")
    user_key, _, work = rest.partition(":")
    if mark != MARK:
        return _Holder(started_at=started_at)
    user = get_user_model()._default_manager.filter(pk=user_key).first() if user_key else None
    return _Holder(work, user.get_username() if user else "", started_at)
