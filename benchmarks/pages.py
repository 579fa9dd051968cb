"""Measure the pages of visitors under gunicorn, in a library of 114,000 rows on SQLite: ``make bench-pages``.

*Anew*: the page is made for each request. *304*: the browser has it already. *Cached*: it is in the page cache.
*Empty*: a Django view without middleware that returns an empty page. *Static*: the bytes of the page as a static file.
Each has two worker processes, and 50 connections that ask again as soon as they have their answer. They take turns.
"""

import gzip
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.data import KAGGLE, data_folder
from benchmarks.http_load import Asked, ask
from benchmarks.library import PROJECT, Library, sqlite
from benchmarks.report import Report

ROUNDS = int(os.environ.get("ROUNDS", "3"))
SECONDS = float(os.environ.get("SECONDS", "1.5"))
WARM_UPS = 5
START_SECONDS = 60
BROWSER = {"Accept": "text/html,*/*;q=0.8", "Accept-Encoding": "gzip"}
MIN_304_TO_EMPTY, MIN_ANEW_TO_EMPTY, MIN_CACHED_TO_STATIC, MAX_P99_TO_P50 = 0.6, 0.04, 0.8, 5


@dataclass(frozen=True)
class Turn:
    """One way to get a page: from which server, at which address, with what answer."""

    port: int
    path: str
    headers: Mapping[str, str]
    status: int = 200

    def warm_up(self) -> None:
        ask(Asked(), self.port, self.path, SECONDS / 10, self.headers, self.status)

    def measure(self, asked: Asked) -> None:
        ask(asked, self.port, self.path, SECONDS, self.headers, self.status)


def main() -> int:
    data = data_folder(KAGGLE)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="musicdb-bench-") as scratch, sqlite(Path(scratch) / "library") as library:
        folder = Path(scratch)
        file = folder / "tracks.csv"
        file.write_bytes(gzip.decompress((data / KAGGLE.file).read_bytes()))
        library.manage("importlibrary", str(file), "--skip-bad")
        library.manage("recluster")
        environment = {
            **library.environment,
            "DJANGO_SETTINGS_MODULE": "benchmarks.pages_settings",
            "BENCH_STATIC_ROOT": str(folder / "static"),
        }
        Library(environment).manage("collectstatic", "--noinput", "-v0")
        addresses = json.loads(library.python("-m", "benchmarks.page_addresses").output)
        with _served("musicdb.wsgi", environment) as port:
            tags = {name: _store(port, path, folder / "static" / f"{name}.html") for name, path in addresses.items()}
        with (
            _served("benchmarks.empty_page", environment) as empty,
            _served("musicdb.wsgi", {**environment, "CACHE_URL": "dummycache://"}) as anew,
            _served("musicdb.wsgi", environment) as cached,
        ):
            for name, path in addresses.items():
                turns = {
                    "empty": Turn(empty, "/", BROWSER),
                    "static": Turn(cached, f"/static/{name}.html", BROWSER),
                    "anew": Turn(anew, path, BROWSER),
                    "304": Turn(cached, path, {**BROWSER, "If-None-Match": tags[name]}, 304),
                    "cached": Turn(cached, path, BROWSER),
                }
                _report(report, name, _measured(turns))
    return report.verdict()


def _measured(turns: Mapping[str, Turn]) -> Mapping[str, Asked]:
    found: defaultdict[str, Asked] = defaultdict(Asked)
    for way, turn in turns.items():
        # Each worker has a cache of its own, and one of them may take all connections.
        for _ in range(1 if way == "anew" else WARM_UPS):
            turn.warm_up()
    for _ in range(ROUNDS):
        for way, turn in turns.items():
            turn.measure(found[way])
    return found


def _report(report: Report, name: str, found: Mapping[str, Asked]) -> None:
    for way, asked in found.items():
        report.figure(f"{name}.{way}", asked.rate, "requests/s")
        report.figure(f"{name}.{way}.p50", 1000 * asked.p50, "ms")
        report.figure(f"{name}.{way}.p99", 1000 * asked.p99, "ms")
    rates = {way: asked.rate for way, asked in found.items()}
    anew = rates["anew"] / rates["empty"]
    report.figure(f"{name}.anew_to_empty", anew, "1")
    if name == "clusters":
        report.at_least("clusters.anew_to_empty", anew, MIN_ANEW_TO_EMPTY)
    report.at_least(f"{name}.304_to_empty", rates["304"] / rates["empty"], MIN_304_TO_EMPTY)
    report.at_least(f"{name}.cached_to_static", rates["cached"] / rates["static"], MIN_CACHED_TO_STATIC)
    for way in ("anew", "304", "cached"):
        report.at_most(f"{name}.{way}.p99_to_p50", found[way].p99 / found[way].p50, MAX_P99_TO_P50)


def _store(port: int, path: str, file: Path) -> str:
    """Keep the page as a static file, compressed as it was sent, and return its ETag."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
    connection.request("GET", path, headers={**BROWSER, "Host": "localhost"})
    answer = connection.getresponse()
    content, tag = answer.read(), answer.getheader("ETag")
    connection.close()
    if answer.status != 200 or tag is None:
        raise RuntimeError(f"{path}: {answer.status}, ETag {tag}")
    file.write_bytes(gzip.decompress(content))
    file.with_name(f"{file.name}.gz").write_bytes(content)
    return tag


@contextmanager
def _served(application: str, environment: Mapping[str, str]) -> Iterator[int]:
    """Yield the port at which gunicorn serves ``application``, as the project configures it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", application, "--workers", "2", "--log-level", "warning"],
        cwd=PROJECT,
        env={**os.environ, **environment, "PORT": str(port)},
    )
    try:
        _wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and server.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
            connection.request("GET", "/", headers={"Host": "localhost"})
            connection.getresponse().read()
            connection.close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"gunicorn does not answer; it ended with {server.poll()}.")


if __name__ == "__main__":
    sys.exit(main())
