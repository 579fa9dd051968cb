"""Write the public site to a folder: each page once, and each link that it has."""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.staticfiles.storage import staticfiles_storage

from musicdb.pages.static_site.addresses import NO_FILE, Addresses, FileFormat, Target
from musicdb.pages.static_site.folder import ExportRefusedError, Folder, open_folder
from musicdb.pages.static_site.parts import chosen_parts
from musicdb.pages.static_site.rendering import site
from musicdb.pages.static_site.work import Done, Writer, start_process, write_in_process
from musicdb.progress import Progress, no_progress

# What the pages believe to be the address of the site, where an export has none. Nobody can have such a host.
_NO_ORIGIN = "https://site.invalid"
# What the links lead on from. Robots read the second, so it has every page.
_BEGINNINGS = ("/", "/sitemap.xml")
_AT_ONCE = 40
# Other processes take a second to start, which fewer pages than these are not worth.
_WORTH_PROCESSES = 400

Write = Callable[[list[Target]], Done]


@dataclass(frozen=True)
class Options:
    """What an export is like.

    ``base`` is the address at which visitors will find it, ``live`` that of the live site, to which links lead that the
    export has no page for. ``parts`` are the names of the parts that it has. ``jobs`` processes write it.
    """

    file_format: FileFormat = FileFormat.HTML
    base: str = ""
    live: str = ""
    parts: frozenset[str] = field(default_factory=chosen_parts)
    jobs: int = 1


@dataclass
class Report:
    """How many files were written, were there already, and were removed. ``missing`` are addresses that pages lead to,
    with what is there instead of a page. ``foreign`` are files that another program wrote where a page belongs.
    """

    written: int = 0
    unchanged: int = 0
    removed: int = 0
    missing: list[tuple[str, str]] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def add(self, done: Done) -> None:
        self.written += done.written
        self.unchanged += done.unchanged
        self.missing += done.missing


def export_site(root: Path, options: Options = Options(), progress: Progress = no_progress) -> Report:
    """Write the public site to the folder ``root``, and remove what an earlier export wrote and this one does not have.

    Raises ExportRefusedError where the folder is not empty and not one of an export. What was written before an error
    or an end of the process is whole, and the next export goes on from it.
    """
    addresses = _addresses(options)
    _check_static_files()
    with open_folder(root, options.file_format) as folder:
        report = _write_all(folder, addresses, options.jobs, progress)
        report.removed = folder.remove_others()
    return report


def _addresses(options: Options) -> Addresses:
    """Return the rules for addresses. Raises ExportRefusedError if one of the options is not an address."""
    base, live = (_slashed(address) for address in (options.base, options.live))
    parts = urlsplit(base or live)
    origin = f"{parts.scheme}://{parts.netloc}" if base or live else _NO_ORIGIN
    return Addresses(options.file_format, origin, base, live, options.parts)


def _slashed(address: str) -> str:
    if not address:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ExportRefusedError(f"{address} is not an address such as https://music.example.org/.")
    return f"{address.rstrip('/')}/"


def _check_static_files() -> None:
    try:
        staticfiles_storage.url("musicdb/site.css")
    except ValueError as error:
        raise ExportRefusedError("The static files are not collected. Run manage.py collectstatic first.") from error


def _write_all(folder: Folder, addresses: Addresses, jobs: int, progress: Progress) -> Report:
    report = Report()
    beginnings = (addresses.target(path) for path in _BEGINNINGS)
    waiting = deque(target for target in beginnings if target)
    # The files of what was found, and the addresses of what has none. Each is there once.
    seen = {target.file or target.address for target in waiting}
    done = 0
    with ExitStack() as stack:
        writer = Writer(stack.enter_context(site()), addresses, folder.root)
        pool: ProcessPoolExecutor | None = None
        running: set[Future[Done]] = set()
        while waiting or running:
            if pool is None and jobs > 1 and len(waiting) > _WORTH_PROCESSES:
                pool = stack.enter_context(_processes(jobs, addresses, folder.root))
            finished: list[Done] = []
            while waiting and len(running) < 2 * jobs and not finished:
                batch = [waiting.popleft() for _ in range(min(_AT_ONCE, len(waiting)))]
                foreign = set(folder.claim(target.file for target in batch if target.file != NO_FILE))
                report.foreign += foreign
                batch = [target for target in batch if target.file not in foreign]
                if pool is None:
                    finished.append(writer.write(batch))
                else:
                    running.add(pool.submit(write_in_process, batch))
                done += len(batch)
            if running:
                complete, running = wait(running, return_when=FIRST_COMPLETED)
                finished += [future.result() for future in complete]
            for each in finished:
                report.add(each)
                for target in each.found:
                    if (name := target.file or target.address) not in seen:
                        seen.add(name)
                        waiting.append(target)
            progress("Writing the site", done, len(seen))
    return report


@contextmanager
def _processes(jobs: int, addresses: Addresses, root: Path) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of processes that write pages. After an error or Ctrl-C they are ended at once."""
    # Never plain fork: a child must not inherit the parent's open connection to the database.
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=start_process, initargs=(addresses, root))
    try:
        yield pool
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
