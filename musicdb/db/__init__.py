"""What every database access may need: bulk writes, prepared statements, staging, retries, isolation, roles."""

from musicdb.db.bulk import in_batches, insert, one_of, reserve_keys, update
from musicdb.db.cascades import count_cascade, tables_that_need
from musicdb.db.connections import close_lost_connections, not_waiting
from musicdb.db.errors import FailureKind, classify, explain, failure_of
from musicdb.db.isolation import data_version, repeatable_read
from musicdb.db.locks import migration_lock
from musicdb.db.prepared import Parameter, PreparedInsert
from musicdb.db.retries import retry_on_deadlock
from musicdb.db.staging import DIRECT, StagedWriter, Writer, large_page_cache, staged_writer

__all__ = [
    "DIRECT",
    "FailureKind",
    "Parameter",
    "PreparedInsert",
    "StagedWriter",
    "Writer",
    "classify",
    "close_lost_connections",
    "count_cascade",
    "data_version",
    "explain",
    "failure_of",
    "in_batches",
    "insert",
    "large_page_cache",
    "migration_lock",
    "not_waiting",
    "one_of",
    "repeatable_read",
    "reserve_keys",
    "retry_on_deadlock",
    "staged_writer",
    "tables_that_need",
    "update",
]
