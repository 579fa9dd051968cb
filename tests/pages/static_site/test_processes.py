"""An export by several processes, and one that is killed."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.processes import PROJECT, own_database, python

pytestmark = pytest.mark.slow


def files_of(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.html")}


def test_two_processes_write_the_same_and_a_killed_export_goes_on(tmp_path: Path) -> None:
    with own_database(tmp_path) as database:
        environment = {**database, "DEBUG": "1"}
        python(environment, "manage.py", "bootstrap")
        python(environment, "manage.py", "exportsite", str(tmp_path / "one"), "--jobs", "1")
        command = [sys.executable, "manage.py", "exportsite", str(tmp_path / "two"), "--jobs", "2"]
        killed = subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while len(files_of(tmp_path / "two")) < 60:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        # Its processes end with it, or finish what they are writing.
        while list((tmp_path / "two").glob("**/*.partial")) and time.monotonic() < deadline:
            time.sleep(0.05)
        python(environment, "manage.py", "exportsite", str(tmp_path / "two"), "--jobs", "2")
    assert files_of(tmp_path / "two") == files_of(tmp_path / "one")
    assert len(files_of(tmp_path / "one")) > 300
