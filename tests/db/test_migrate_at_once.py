"""Two processes that migrate one database at the same time: the second waits and finds nothing left to do."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import PROJECT, empty_database

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_the_second_waits_for_the_first(tmp_path: Path) -> None:
    with empty_database(tmp_path) as environment:
        both = [
            subprocess.Popen(
                [sys.executable, "manage.py", "migrate", "--no-color"],
                cwd=PROJECT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for _ in range(2)
        ]
        printed = [process.communicate(timeout=240)[0] for process in both]

    assert [process.returncode for process in both] == [0, 0], printed
    assert sorted("No migrations to apply." in text for text in printed) == [False, True]
