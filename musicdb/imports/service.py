"""The way of files into the catalogue, stage by stage. The one entry for the admin, the command and programs.

Files are read as tables, their rows become records, the records are resolved to rows of the catalogue, and what
differs makes a plan. ``preview`` stops there and changes nothing. ``run_import`` applies the plan and records it in
the history.
"""

import gc
import hashlib
import io
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.contrib.auth.models import User
from django.db import Error as DatabaseFailure
from django.db import transaction

from musicdb import history
from musicdb.db import explain, large_page_cache
from musicdb.imports.apply import Applied
from musicdb.imports.bad_rows import write_bad_rows
from musicdb.imports.earlier import Earlier
from musicdb.imports.formats import as_mapped
from musicdb.imports.lock import WEB_PATIENCE, Patience, lock_imports
from musicdb.imports.messages import BadRowsError, ImportRefusedError, Note, OpenQuestionsError, Problem
from musicdb.imports.options import ImportOptions, Source
from musicdb.imports.parse import Files, TooManyRowsError, open_files, parse_files
from musicdb.imports.parsed import Parsed
from musicdb.imports.parts import Divided, Totals, divide, is_divisible, write_parts
from musicdb.imports.plan import Plan, make_plan
from musicdb.imports.ready import Ready, ready_to_write
from musicdb.imports.report import KeptField, kept_fields
from musicdb.imports.resolvers import resolve
from musicdb.imports.saved_mappings import save_mappings, with_saved_mappings
from musicdb.imports.settle import settle
from musicdb.imports.tables import Table, read_sources
from musicdb.models import Import
from musicdb.models.history import ChangeType
from musicdb.progress import Progress, no_progress
from musicdb.whole_files import replacing

LEFT_DELETED = "an editor has deleted it"


@dataclass(frozen=True)
class Preview:
    """What an import would change."""

    parsed: Parsed
    plan: Plan
    # What an import in parts has done. Its ``plan`` has no rows.
    totals: Totals | None = None

    @property
    def problems(self) -> list[Problem]:
        """Why rows cannot be imported: what the file shows, then what only the catalogue shows."""
        return [*self.parsed.problems, *self.plan.problems]

    @property
    def notes(self) -> list[Note]:
        """What a person should know before they confirm."""
        return [*self.parsed.notes, *self.plan.about_tracks.notes(), *self.plan.notes]

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        return (self.totals or self.plan).counts

    @property
    def kept_fields(self) -> list[KeptField]:
        """What the import keeps, field by field."""
        return self.totals.kept_fields if self.totals else kept_fields(self.plan)

    @property
    def changes_anything(self) -> bool:
        return any(count["created"] or count["updated"] for count in self.counts.values())

    @property
    def changes_existing(self) -> bool:
        return any(count["updated"] for count in self.counts.values())


@dataclass(frozen=True)
class Outcome(Preview):
    """What an import has changed."""

    record: Import = field(kw_only=True)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep Python from searching all that an import holds for garbage, again and again.

    It makes millions of objects and next to no cyclic garbage. What else the process makes meanwhile is collected
    afterwards.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def _disk_failures_refused() -> Iterator[None]:
    """Refuse an import whose file is deleted while it is read, or whose temporary files do not fit on the disk."""
    try:
        yield
    except OSError as error:
        raise ImportRefusedError(f"A file could not be read or written: {error.strerror}.") from error


@_disk_failures_refused()
@_collector_paused()
def preview(sources: Sequence[Source], options: ImportOptions, progress: Progress = no_progress) -> Preview:
    """Find out what an import would change. Raises ImportRefusedError for a file that cannot be read."""
    parsed = _parse(sources, options, progress)
    return Preview(parsed, _plan(parsed, options, progress))


@dataclass(frozen=True)
class Parts:
    """When an import is made in parts: of files with more than ``from_rows`` rows. A part has so many ``tracks``."""

    from_rows: int = 150_000
    tracks: int = 50_000


PARTS = Parts()


@_disk_failures_refused()
@_collector_paused()
def run_import(
    sources: Sequence[Source],
    options: ImportOptions,
    user: User | None,
    progress: Progress = no_progress,
    patience: Patience = WEB_PATIENCE,
    bad_rows_path: Callable[[Import], Path] | None = None,
    recorded: Callable[[Import], None] | None = None,
    parts: Parts = PARTS,
) -> Outcome:
    """Import ``sources`` in one transaction and record it.

    ``bad_rows_path`` says where the rows are written that are skipped because they are bad. ``recorded`` is called with
    the import in its transaction, as the last of it. Files with very many rows
    are imported in ``parts``, with the same result in less memory.

    Raises ImportRefusedError, with nothing changed, for a file that cannot be read, for bad rows whose file cannot be
    written, for an open question (OpenQuestionsError), for bad rows if ``options.skip_bad`` is not set (BadRowsError),
    and if another import takes longer than ``patience`` allows (ImportLockedError).
    """
    started = time.perf_counter()

    def lock() -> None:
        lock_imports(f"import of {_names(sources)}", user, patience)

    try:
        with ExitStack() as scratch, ExitStack() as if_it_fails:
            read = _read(sources, options, progress, parts, scratch)
            parsed = read.parsed if isinstance(read, Divided) else read
            if parsed.questions:
                raise OpenQuestionsError(parsed.questions)
            _refuse_bad_rows(parsed, parsed.problems, options)
            with _ready(read, options, lock, progress) as write:
                planned, applied = write()
                save_mappings(parsed.mappings, user)
                record = _record(sources, options, user, planned, time.perf_counter() - started)
                progress("Recording", 0, None)
                _record_history(applied, history.Change(ChangeType.IMPORT, user, source_import=record))
                if planned.problems and bad_rows_path:
                    # Before the commit, so that a row is never lost: neither imported nor in the file.
                    path = _write_bad_rows(bad_rows_path(record), sources, options, planned.problems)
                    if_it_fails.callback(path.unlink, missing_ok=True)
                if recorded:
                    recorded(record)
            if_it_fails.pop_all()
    except DatabaseFailure as error:
        raise ImportRefusedError(explain(error)) from error
    return Outcome(parsed, planned.plan, planned.totals, record=record)


@contextmanager
def _ready(
    read: Parsed | Divided, options: ImportOptions, lock: Callable[[], None], progress: Progress
) -> Iterator[Callable[[], tuple[Preview, Applied]]]:
    """Yield, in a transaction, what writes an import and returns what it has done."""
    if isinstance(read, Divided):
        with large_page_cache(), transaction.atomic():
            lock()
            yield lambda: _write_parts(read, options, progress)
        return

    def plan() -> Plan:
        planned = Preview(read, _plan(read, options, progress))
        _refuse_bad_rows(read, planned.problems, options)
        return planned.plan

    with ready_to_write(plan, lock, progress) as ready:
        yield lambda: _write_whole(read, ready)


def _write_whole(parsed: Parsed, ready: Ready) -> tuple[Preview, Applied]:
    for model, keys in ready.plan.changed_keys().items():
        history.baseline(model, keys)
    # All that they say is in the plan now, and the memory is needed to write it.
    parsed.tracks.clear()
    return Preview(parsed, ready.plan), ready.write()


def _write_parts(divided: Divided, options: ImportOptions, progress: Progress) -> tuple[Preview, Applied]:
    totals = write_parts(divided, options, progress)
    planned = Preview(divided.parsed, totals.plan, totals)
    _refuse_bad_rows(divided.parsed, planned.problems, options)
    return planned, totals.applied


def _read(
    sources: Sequence[Source], options: ImportOptions, progress: Progress, parts: Parts, scratch: ExitStack
) -> Parsed | Divided:
    """Read all files: into memory, or onto the disk where they have very many rows. ``scratch`` deletes that again."""
    files, options, notes = _open(sources, options)
    try:
        parsed = parse_files(files, options, progress, parts.from_rows if is_divisible(files) else None)
    except TooManyRowsError:
        divided = divide(files, options, progress, parts.tracks, scratch)
        divided.parsed.notes[:0] = notes
        return divided
    parsed.notes[:0] = notes
    return parsed


def _parse(sources: Sequence[Source], options: ImportOptions, progress: Progress) -> Parsed:
    files, options, notes = _open(sources, options)
    parsed = parse_files(files, options, progress)
    parsed.notes[:0] = notes
    return parsed


def _open(sources: Sequence[Source], options: ImportOptions) -> tuple[Files, ImportOptions, list[Note]]:
    tables = list(read_sources(sources, options.parse_options.encoding))
    options, notes = with_saved_mappings(tables, options)
    return open_files(tables, options), options, notes


def _plan(parsed: Parsed, options: ImportOptions, progress: Progress) -> Plan:
    earlier = Earlier()
    return settle(make_plan(resolve(parsed, options, earlier), parsed, options, earlier, progress), options, earlier)


def _refuse_bad_rows(parsed: Parsed, problems: Sequence[Problem], options: ImportOptions) -> None:
    if problems and not options.skip_bad:
        raise BadRowsError(problems, parsed.rows)


def _write_bad_rows(path: Path, sources: Sequence[Source], options: ImportOptions, problems: Sequence[Problem]) -> Path:
    """Write the file of bad rows. Raises ImportRefusedError where that is not possible."""
    try:
        with replacing(path) as file, io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
            tables = (_as_mapped(table, options) for table in read_sources(sources, options.parse_options.encoding))
            write_bad_rows(text, tables, problems)
    except OSError as error:
        reason = f"The rows that cannot be imported could not be written to {path} ({error.strerror})."
        raise ImportRefusedError(reason) from error
    return path


def _as_mapped(table: Table, options: ImportOptions) -> Table:
    return next(filter(None, (as_mapped(table, mapping) for mapping in options.mappings)), table)


def _record_history(applied: Applied, change: history.Change) -> None:
    for model, keys in applied.created.items():
        history.record_creates(model, keys, change)
    for model, keys in applied.updated.items():
        history.record_updates(model, keys, change)


def _record(
    sources: Sequence[Source], options: ImportOptions, user: User | None, planned: Preview, seconds: float
) -> Import:
    digests = hashlib.sha256()
    for source in sources:
        with source.open() as file:
            hashlib.file_digest(file, lambda: digests)
    return Import.objects.create(
        user=user,
        file_name=_names(sources)[:500],
        file_digest=digests.hexdigest(),
        file_format=", ".join(planned.parsed.file_formats),
        # With the mappings that an earlier import has saved, and each column of the files.
        options={**asdict(options), "mappings": [one.as_dict() for one in dict.fromkeys(planned.parsed.mappings)]},
        rows=planned.parsed.rows,
        counts=planned.counts,
        skipped=_skipped(planned),
        bad_rows=len(planned.problems),
        seconds=round(seconds, 3),
    )


def _skipped(planned: Preview) -> dict[str, int]:
    """Return how many rows were left out, by the reason: those that editors have deleted, too."""
    left = sum(not one.returns for one in planned.plan.left_deleted)
    return {**planned.parsed.skipped, **({LEFT_DELETED: left} if left else {})}


def _names(sources: Sequence[Source]) -> str:
    return ", ".join(source.name for source in sources)
