"""``manage.py recluster`` as a real process: its exit status, its output streams, and Ctrl-C."""

import json
import os
import pty
import re
import subprocess
import sys
import termios
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The sample library in a file of its own."""
    folder = tmp_path_factory.mktemp("library")
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "of a test",
        "DATABASE_URL": f"sqlite:///{folder / 'library.sqlite3'}",
        "MEDIA_ROOT": str(folder / "media"),
    }
    assert manage(environment, "bootstrap").returncode == 0
    return environment


@pytest.mark.slow
class TestRealProcess:
    """Two starts of ``manage.py`` on one SQLite file: what a shell script sees."""

    def test_twice_the_same_but_for_the_time(self, environment: dict[str, str]) -> None:
        names = ["korean-pop", "k-pop", "trot", "hollywood", "baroque"]
        first = manage(environment, "recluster", "--json", "--force", *names)
        # Python's own hashing is seeded anew at every start, and the number of threads differs between machines.
        second = manage(
            {**environment, "PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            "recluster",
            "--json",
            "--force",
            "--jobs",
            "1",
            *names,
        )

        assert (first.returncode, second.returncode) == (0, 0)
        assert (first.stderr, second.stderr) == ("", "")
        lines = first.stdout.splitlines()
        assert {json.loads(line)["collection"]: json.loads(line)["status"] for line in lines} == {
            f"genre:{name}": "skipped" if name == "trot" else "published" for name in names
        }
        # Of two workers, the one that finishes first is reported first.
        assert sorted(without_seconds(line) for line in lines) == sorted(
            without_seconds(line) for line in second.stdout.splitlines()
        )
        (pop,) = (json.loads(line) for line in lines if '"genre:korean-pop"' in line)
        assert (pop["status"], pop["tracks"], pop["excluded"]) == ("published", 44, 0)
        media = Path(environment["MEDIA_ROOT"])
        for name in set(names) - {"trot"}:
            for ending in ("png", "svg"):
                one, other = (media / "plots").glob(f"[0-9]*-{name}-*.{ending}")
                assert one.read_bytes() == other.read_bytes()

    def test_two_at_once_publish_one_after_the_other(self, environment: dict[str, str]) -> None:
        with ThreadPoolExecutor(2) as shells:
            starts = [shells.submit(manage, environment, "recluster", "--json", "--force", "k-pop") for _ in range(2)]
        outcomes = [json.loads(start.result().stdout) for start in starts]

        assert [outcome["status"] for outcome in outcomes] == ["published"] * 2
        assert outcomes[0]["digest"] == outcomes[1]["digest"]
        unchanged = manage(environment, "recluster", "--json", "k-pop")
        assert json.loads(unchanged.stdout)["status"] == "unchanged"

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["koreanpop"], "CommandError: There is no genre “koreanpop”. Did you mean korean-pop"),
            (["--clusters", "99"], "CommandError: The number of clusters must be from 2 to 20."),
        ],
    )
    def test_a_wrong_argument_ends_with_1(
        self, environment: dict[str, str], arguments: list[str], message: str
    ) -> None:
        run = manage(environment, "recluster", *arguments)

        assert (run.returncode, run.stdout) == (1, "")
        assert run.stderr.startswith(message)
        assert len(run.stderr.splitlines()) == 1

    def test_a_failure_ends_with_1(self, environment: dict[str, str], tmp_path: Path) -> None:
        not_a_folder = tmp_path / "media"
        not_a_folder.write_text("a file stands where the plots should go")
        run = manage({**environment, "MEDIA_ROOT": str(not_a_folder)}, "recluster", "--force", "--json", "korean-pop")

        assert run.returncode == 1
        assert json.loads(run.stdout)["status"] == "failed"
        assert run.stderr.splitlines()[-2:] == [
            "CommandError: 1 of 1 collections failed and keep the run they had:",
            f"  genre:korean-pop: {json.loads(run.stdout)['reason']}",
        ]

    def test_a_terminal_is_shown_how_far_it_is_and_a_file_is_not(self, environment: dict[str, str]) -> None:
        terminal, end = pty.openpty()
        termios.tcsetwinsize(end, (24, 80))
        run = manage(environment, "recluster", "--dry-run", "--force", "trot", "korean-pop", stderr=end)
        os.set_blocking(terminal, False)
        shown = os.read(terminal, 100_000).decode()
        os.close(end)
        os.close(terminal)

        assert "0/2 [" in shown
        assert "2/2 [" in shown
        assert [line.split(": ")[0] for line in run.stdout.splitlines()] == ["genre:trot", "genre:korean-pop"]
        assert manage(environment, "recluster", "--dry-run", "--force", "trot", "korean-pop").stderr == ""


def manage(
    environment: dict[str, str], *arguments: str, stderr: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        timeout=300,
        check=False,
    )


def without_seconds(output: str) -> str:
    return re.sub(r', "seconds": [\d.]+}', "}", output)
