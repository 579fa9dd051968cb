"""An import from beginning to end: looked at (``preview``) or carried out (``run_import``)."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.contrib.auth.models import User
from django.db import Error as DatabaseFailure
from django.db import models, transaction

from musicdb import history
from musicdb.db.errors import explain
from musicdb.imports.apply import Written, apply_plan, changed_keys
from musicdb.imports.lock import WEB_PATIENCE, Patience, lock_imports
from musicdb.imports.parse import ImportOptions, Parsed, Progress, Source, no_progress, parse
from musicdb.imports.plan import Plan, make_plan
from musicdb.imports.records import ImportRefusedError
from musicdb.models import Album, Artist, Genre, Import, Label, Track
from musicdb.models.aggregates import CATALOGUE
from musicdb.models.history import ChangeType


@dataclass(frozen=True)
class Outcome:
    """What an import said, would change or has changed. ``record`` is None where nothing was written."""

    parsed: Parsed
    plan: Plan
    counts: dict[str, dict[str, int]]
    record: Import | None = None

    @property
    def changes_anything(self) -> bool:
        return any(count["created"] or count["updated"] for count in self.counts.values())


class BadRowsError(ImportRefusedError):
    """Some rows cannot be imported, and nobody said that the others should be. Nothing was changed."""

    def __init__(self, parsed: Parsed) -> None:
        number = len(parsed.problems)
        super().__init__(
            f"{number:,} of {parsed.rows:,} rows cannot be imported, so nothing was. "
            "Mend them, or choose to skip bad rows."
        )
        self.parsed = parsed


def preview(sources: Sequence[Source], options: ImportOptions, progress: Progress = no_progress) -> Outcome:
    """Find out what an import would do. Writes nothing. Raises ImportRefusedError for what cannot be read."""
    parsed = parse(sources, options, progress)
    planned = make_plan(parsed, options, progress)
    return Outcome(parsed, planned, _counts(planned))


def run_import(
    sources: Sequence[Source],
    options: ImportOptions,
    user: User | None,
    progress: Progress = no_progress,
    patience: Patience = WEB_PATIENCE,
) -> Outcome:
    """Import ``sources`` in one transaction and record it.

    Raises ImportRefusedError, with nothing changed, for what cannot be read, where a question is open, where rows are
    bad and ``options.skip_bad`` is not set (BadRowsError), and where another import takes longer than ``patience``
    allows (ImportLockedError).
    """
    started = time.perf_counter()
    parsed = parse(sources, options, progress)
    if parsed.questions:
        raise ImportRefusedError(" ".join(parsed.questions))
    if parsed.problems and not options.skip_bad:
        raise BadRowsError(parsed)
    try:
        with transaction.atomic():
            lock_imports(f"import of {_names(sources)}", user, patience)
            planned = make_plan(parsed, options, progress)
            if parsed.problems and not options.skip_bad:
                raise BadRowsError(parsed)
            counts = _counts(planned)
            for model, keys in changed_keys(planned).items():
                history.baseline(model, keys)
            written = apply_plan(planned, progress)
            record = _record(sources, options, user, parsed, counts, time.perf_counter() - started)
            progress("Recording", 0, None)
            _keep_history(written, history.Change(ChangeType.IMPORT, user, source_import=record))
    except DatabaseFailure as error:
        raise ImportRefusedError(explain(error)) from error
    return Outcome(parsed, planned, counts, record)


def _counts(planned: Plan) -> dict[str, dict[str, int]]:
    """Return by the model's name how many rows are created, updated and, of what has rows of its own, unchanged."""
    changed = changed_keys(planned)
    created: dict[type[models.Model], int] = {
        Genre: len(planned.genres.new()),
        Label: len(planned.labels.new()),
        Artist: len(planned.artists.new()),
        Album: len(planned.albums.new()),
        Track: sum(track.pk is None for track in planned.tracks),
    }
    unchanged = {**planned.entities_unchanged, "Track": planned.unchanged}
    return {
        aggregate.name: {
            "created": created[aggregate.model],
            "updated": len(changed.get(aggregate.model, ())),
            "unchanged": unchanged.get(aggregate.name, 0),
        }
        for aggregate in CATALOGUE
    }


def _keep_history(written: Written, change: history.Change) -> None:
    for model, keys in written.created.items():
        history.record_creates(model, keys, change)
    for model, keys in written.updated.items():
        history.record_updates(model, keys, change)


def _record(
    sources: Sequence[Source],
    options: ImportOptions,
    user: User | None,
    parsed: Parsed,
    counts: dict[str, dict[str, int]],
    seconds: float,
) -> Import:
    digests = hashlib.sha256()
    for source in sources:
        digests.update(source.data)
    return Import.objects.create(
        user=user,
        file_name=_names(sources)[:500],
        file_digest=digests.hexdigest(),
        file_format=", ".join(parsed.file_formats),
        options=asdict(options),
        rows=parsed.rows,
        counts=counts,
        skipped=dict(parsed.skipped),
        bad_rows=len(parsed.problems),
        seconds=round(seconds, 3),
    )


def _names(sources: Sequence[Source]) -> str:
    return ", ".join(source.name for source in sources)
