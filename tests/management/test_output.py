"""Every command of ours does its work although nobody reads its output, or although it cannot be written."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.core.management import get_commands, load_command_class
from django.db import connection

from musicdb.management.base import BaseCommand
from tests.processes import PROJECT, own_database, python


@pytest.fixture(scope="module")
def library(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: object
) -> Iterator[dict[str, str]]:
    """The sample library, in a database of its own."""
    with own_database(tmp_path_factory.mktemp("library")) as environment:
        python(environment, "manage.py", "bootstrap")
        yield environment


def unread(environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Run a command whose reader has gone before its first line; return its status and what it says on stderr."""
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "wb") as output:  # noqa: PTH123
        return run(environment, output.fileno(), *arguments)


def unwritable(environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Run a command that writes its output to a full disk."""
    with Path("/dev/full").open("wb") as output:
        return run(environment, output.fileno(), *arguments)


def run(environment: dict[str, str], output: int, *arguments: str) -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        timeout=280,
        check=False,
    )
    return ended.returncode, ended.stderr


def count(environment: dict[str, str], table: str) -> int:
    query = f"SELECT count(*) FROM {table}"  # noqa: S608
    url = environment["DATABASE_URL"]
    if url.startswith("sqlite:"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            return int(database.execute(query).fetchone()[0])
    with psycopg.connect(url) as server:
        row = server.execute(query.encode()).fetchone()
    assert row
    return int(row[0])


def test_every_command_of_ours_is_built_on_the_one_base() -> None:
    ours = {name: app for name, app in get_commands().items() if app in ("musicdb", "clusters")}

    assert {"bootstrap", "recluster", "importlibrary"} <= set(ours)
    for name, app in ours.items():
        assert isinstance(load_command_class(app, name), BaseCommand), name


@pytest.mark.slow
class TestNobodyReads:
    def test_recluster_goes_on_to_the_last_genre(self, library: dict[str, str]) -> None:
        before = count(library, "clusters_run")

        assert unread(library, "recluster", "--force", "korean-pop", "k-pop", "hollywood") == (0, "")
        assert count(library, "clusters_run") == before + 3

    def test_a_failure_is_still_told_by_the_status(self, library: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "media").write_text("a file stands where the plots should go")
        status, errors = unread({**library, "MEDIA_ROOT": str(tmp_path / "media")}, "recluster", "--force", "k-pop")

        assert status == 1
        assert "CommandError: 1 of 1 collections failed" in errors

    def test_a_reader_of_both_streams_may_go_too(self, library: dict[str, str]) -> None:
        reader, writer = os.pipe()
        os.close(reader)
        ended = subprocess.run(
            [sys.executable, "manage.py", "recluster", "no such genre"],
            cwd=PROJECT,
            env=library,
            stdout=writer,
            stderr=writer,
            check=False,
        )
        os.close(writer)

        assert ended.returncode == 1

    def test_clusterdiff(self, library: dict[str, str]) -> None:
        for _ in range(2):
            python(library, "manage.py", "recluster", "--force", "--json", "baroque")

        assert unread(library, "clusterdiff", "baroque") == (0, "")

    def test_pruneruns_removes_all_it_should(self, library: dict[str, str]) -> None:
        for _ in range(2):
            python(library, "manage.py", "recluster", "--force", "korean-pop", "k-pop")

        assert unread(library, "pruneruns", "--keep", "0", "korean-pop", "k-pop") == (0, "")
        # Other tests leave runs of other genres in the same library.
        earlier_runs = (
            "clusters_run JOIN clusters_collection ON clusters_collection.id = collection_id "
            "JOIN musicdb_genre ON musicdb_genre.id = genre_id "
            "WHERE NOT is_published AND slug IN ('korean-pop', 'k-pop')"
        )
        assert count(library, earlier_runs) == 0

    def test_bootstrap(self, library: dict[str, str]) -> None:
        assert unread(library, "bootstrap") == (0, "")

    def test_indexsearch(self, library: dict[str, str]) -> None:
        assert unread(library, "indexsearch") == (0, "")

    def test_exportlibrary_and_importlibrary(self, library: dict[str, str], tmp_path: Path) -> None:
        file = tmp_path / "library.zip"

        assert unread(library, "exportlibrary", str(file)) == (0, "")
        assert unread(library, "importlibrary", str(file)) == (0, "")
        rows = tmp_path / "new.csv"
        rows.write_text("slug,title,artists,genres\nnew-one,A new one,,\n")
        assert unread(library, "importlibrary", str(rows)) == (0, "")
        assert "1 unchanged" in python(library, "manage.py", "importlibrary", "--dry-run", str(rows))

    def test_the_help(self, library: dict[str, str]) -> None:
        assert unread(library, "recluster", "--help") == (0, "")

    def test_a_stream_that_the_shell_has_closed(self, library: dict[str, str]) -> None:
        before = count(library, "clusters_run")
        command = f"{sys.executable} manage.py recluster --force k-pop >&-"
        ended = subprocess.run(
            ["/bin/sh", "-c", command], cwd=PROJECT, env=library, stderr=subprocess.PIPE, text=True, check=False
        )

        assert (ended.returncode, ended.stderr) == (0, "")
        assert count(library, "clusters_run") == before + 1


@pytest.mark.slow
class TestDiskIsFull:
    def test_the_work_is_done_and_the_loss_is_told(self, library: dict[str, str]) -> None:
        before = count(library, "clusters_run")
        status, errors = unwritable(library, "recluster", "--force", "korean-pop", "k-pop")

        assert status == 1
        assert errors == "The work is done, but its report could not be written: No space left on device.\n"
        assert count(library, "clusters_run") == before + 2


@pytest.mark.slow
def test_no_editor_is_made_whose_password_nobody_could_read(tmp_path: Path, db: None) -> None:
    with own_database(tmp_path) as environment:
        assert unread(environment, "bootstrap") == (0, "")
        assert count(environment, "auth_user") == 0

        assert "password “" in python(environment, "manage.py", "bootstrap")
        assert count(environment, "auth_user") == 1


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor == "postgresql", reason="No database has a say in it")
def test_lines_arrive_when_they_are_printed(library: dict[str, str]) -> None:
    """A pipe is read as the work goes on, not in blocks of 8 kB."""
    with subprocess.Popen(
        [sys.executable, "manage.py", "recluster", "--dry-run", "--force", "--jobs", "1", "trot", "korean-pop"],
        cwd=PROJECT,
        env=library,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout
        first = os.read(process.stdout.fileno(), 10_000).decode()
        process.stdout.read()

    assert first.startswith("genre:trot: ")
    assert "korean-pop" not in first
