"""Database errors: distinguished by the driver's code, explained truthfully, logged with their traceback."""

import logging
import sqlite3
from typing import Any

import psycopg
import pytest
from django.db import Error, IntegrityError, InterfaceError, OperationalError, connection, transaction

from musicdb.db import FailureKind, classify, explain, failure_of
from musicdb.models import Label

on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="needs SQLite")
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs PostgreSQL")


def caused(error: Error, cause: BaseException) -> Error:
    error.__cause__ = cause
    return error


def sqlite_error(name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (psycopg.errors.LockNotAvailable(), FailureKind.BUSY),
        (psycopg.errors.TooManyConnections(), FailureKind.BUSY),
        (psycopg.errors.DeadlockDetected(), FailureKind.DEADLOCK),
        (psycopg.errors.SerializationFailure(), FailureKind.DEADLOCK),
        (psycopg.errors.UniqueViolation(), FailureKind.CONSTRAINT),
        (psycopg.errors.ForeignKeyViolation(), FailureKind.CONSTRAINT),
        (psycopg.errors.DiskFull(), FailureKind.DISK_FULL),
        (psycopg.errors.AdminShutdown(), FailureKind.CONNECTION_LOST),
        (psycopg.errors.ConnectionFailure(), FailureKind.CONNECTION_LOST),
        (psycopg.OperationalError("server closed the connection unexpectedly"), FailureKind.CONNECTION_LOST),
        (psycopg.errors.ReadOnlySqlTransaction(), FailureKind.READ_ONLY),
        (psycopg.errors.UndefinedColumn(), FailureKind.OTHER),
        (sqlite_error("SQLITE_BUSY"), FailureKind.BUSY),
        (sqlite_error("SQLITE_BUSY_SNAPSHOT"), FailureKind.BUSY),
        (sqlite_error("SQLITE_LOCKED"), FailureKind.BUSY),
        (sqlite_error("SQLITE_CONSTRAINT_UNIQUE"), FailureKind.CONSTRAINT),
        (sqlite_error("SQLITE_FULL"), FailureKind.DISK_FULL),
        (sqlite_error("SQLITE_CANTOPEN"), FailureKind.CONNECTION_LOST),
        (sqlite_error("SQLITE_READONLY_DBMOVED"), FailureKind.READ_ONLY),
        (sqlite_error("SQLITE_CORRUPT"), FailureKind.OTHER),
        (sqlite_error("SQLITE_FULLER"), FailureKind.OTHER),
    ],
)
def test_the_code_of_the_driver_decides(cause: BaseException, kind: FailureKind) -> None:
    assert classify(caused(OperationalError("what Django says"), cause)) is kind


def test_a_closed_connection_is_a_lost_one() -> None:
    error = caused(InterfaceError("connection already closed"), psycopg.InterfaceError("the connection is closed"))
    assert classify(error) is FailureKind.CONNECTION_LOST


def test_an_error_of_django_itself_is_something_else() -> None:
    assert failure_of(transaction.TransactionManagementError("Broken transaction")).message == (
        "The database reported an error: Broken transaction."
    )


def test_the_log_has_the_traceback(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        said = explain(caused(OperationalError("database or disk is full"), sqlite_error("SQLITE_FULL")))
    assert said == "The disk that holds the database is full. Free some space on it, then try again."
    (record,) = caplog.records
    assert record.getMessage() == "Database failure: DISK_FULL"
    assert record.exc_info is not None
    assert "database or disk is full" in str(record.exc_info[1])


@pytest.mark.django_db
def test_a_name_that_is_taken_is_named() -> None:
    Label.objects.create(name="Taken", slug="taken")
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        Label.objects.create(name="Taken", slug="another")
    failure = failure_of(raised.value)
    assert failure.kind is FailureKind.CONSTRAINT
    expected = {"sqlite": "musicdb_label.name", "postgresql": "Key (name)=(Taken) already exists."}
    assert expected[connection.vendor] in failure.message


@on_sqlite
@pytest.mark.django_db(transaction=True)
def test_a_full_disk_on_sqlite(sqlite_is_full: Any) -> None:
    with sqlite_is_full, pytest.raises(OperationalError) as raised, transaction.atomic():
        Label.objects.bulk_create(Label(name=f"{number:0300}", slug=str(number)) for number in range(1_000))
    assert classify(raised.value) is FailureKind.DISK_FULL


@on_postgresql
@pytest.mark.django_db
def test_a_read_only_transaction_on_postgresql() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        with pytest.raises(Error) as raised:
            cursor.execute("CREATE TABLE refused ()")
        transaction.set_rollback(True)
    assert classify(raised.value) is FailureKind.READ_ONLY
