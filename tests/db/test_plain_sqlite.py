"""A library in a file of SQLite is open to the plain ``sqlite3`` program: it can check, shrink, dump and guard it."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the sample library, written by another process: no connection of Django's is open on it."""
    path = tmp_path_factory.mktemp("plain") / "library.sqlite3"
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": "of a test", "DATABASE_URL": f"sqlite:///{path}"}
    subprocess.run([sys.executable, "manage.py", "bootstrap"], cwd=PROJECT, env=environment, check=True, timeout=120)
    return path


@pytest.fixture
def plain(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file)) as connection:
        yield connection


def test_it_can_be_checked(plain: sqlite3.Connection) -> None:
    assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert plain.execute("PRAGMA foreign_key_check").fetchall() == []


def test_it_can_be_vacuumed(plain: sqlite3.Connection) -> None:
    plain.execute("VACUUM")
    assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_it_can_be_dumped_and_loaded_again(plain: sqlite3.Connection) -> None:
    tracks = "SELECT title, slug FROM musicdb_track ORDER BY id"
    # Python cannot load virtual tables. Those of the search follow from the others: indexsearch makes them anew.
    statements = (statement for statement in plain.iterdump() if "_parts" not in statement)
    with closing(sqlite3.connect(":memory:")) as copy:
        copy.executescript("\n".join(statements))
        loaded = copy.execute(tracks).fetchall()
    assert len(loaded) == 220
    assert loaded == plain.execute(tracks).fetchall()


@pytest.mark.parametrize(
    ("date", "precision"),
    [
        (None, "day"),
        ("1983-05-12", ""),
        ("1983-05-12", "month"),
        ("1983-05-01", "year"),
        ("1983-01-12", "year"),
        ("1983-05-12", "week"),
    ],
)
def test_a_wrong_release_date_is_refused(plain: sqlite3.Connection, date: str | None, precision: str) -> None:
    change = "UPDATE musicdb_album SET release_date = ?, release_precision = ? WHERE id = 1"
    with pytest.raises(sqlite3.IntegrityError, match="album_release_precision"):
        plain.execute(change, (date, precision))


@pytest.mark.parametrize(
    ("date", "precision"),
    [(None, ""), ("1983-05-12", "day"), ("1983-05-01", "month"), ("1983-01-01", "year")],
)
def test_a_right_release_date_is_accepted(plain: sqlite3.Connection, date: str | None, precision: str) -> None:
    change = "UPDATE musicdb_album SET release_date = ?, release_precision = ? WHERE id = 1"
    assert plain.execute(change, (date, precision)).rowcount == 1
    plain.rollback()
