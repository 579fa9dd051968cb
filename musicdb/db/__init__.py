"""What every database access may need: bulk writes, prepared statements, retries, isolation, cascades, roles."""

from musicdb.db.bulk import in_batches, insert, one_of, reserve_keys, update
from musicdb.db.cascades import count_cascade, tables_that_need
from musicdb.db.connections import close_lost_connections
from musicdb.db.errors import FailureKind, classify, explain, failure_of
from musicdb.db.isolation import data_version, repeatable_read
from musicdb.db.locks import migration_lock
from musicdb.db.prepared import Parameter, PreparedInsert
from musicdb.db.retries import retry_on_deadlock

__all__ = [
    "FailureKind",
    "Parameter",
    "PreparedInsert",
    "classify",
    "close_lost_connections",
    "count_cascade",
    "data_version",
    "explain",
    "failure_of",
    "in_batches",
    "insert",
    "migration_lock",
    "one_of",
    "repeatable_read",
    "reserve_keys",
    "retry_on_deadlock",
    "tables_that_need",
    "update",
]
