"""``manage.py importlibrary``: tracks from the files that people have, and what belongs to them."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from tqdm import tqdm

from musicdb.imports.formats.base import ParseOptions
from musicdb.imports.formats.detect import FORMAT_LABELS
from musicdb.imports.lock import Patience
from musicdb.imports.parse import ImportOptions, Source, write_bad_rows
from musicdb.imports.records import ImportRefusedError, Problem
from musicdb.imports.service import BadRowsError, Outcome, preview, run_import
from musicdb.management.base import BaseCommand

PROBLEMS_SHOWN = 20
INTERRUPTED = 130
WAIT_SECONDS = 600


class Command(BaseCommand):
    help = "Import tracks from CSV, XLSX or zip files, such as Exportify's or our own. One bad row refuses all of them."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--format",
            dest="file_format",
            choices=sorted(FORMAT_LABELS),
            default="",
            help="default: recognised by the header",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
        parser.add_argument("--genre", default="", metavar="G", help="a genre that every track gets besides its own")
        parser.add_argument("--liked", action="store_true", help="mark every track as liked")
        parser.add_argument("--skip-bad", action="store_true", help="import the good rows; write the bad to a file")
        parser.add_argument(
            "--bad-rows", type=Path, metavar="FILE", help="where --skip-bad writes them; default: FILE.bad-rows.csv"
        )
        parser.add_argument("--dates", choices=["day-first", "month-first"], help="how to read a date such as 7/2/2021")
        parser.add_argument(
            "--artists-by", choices=["comma", "semicolon"], help="what stands between artists in exportify.net's files"
        )
        parser.add_argument(
            "--wait",
            type=float,
            default=WAIT_SECONDS,
            metavar="SECONDS",
            help=f"how long to wait for another import on PostgreSQL; default: {WAIT_SECONDS}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        sources = [_source(path) for path in options["files"]]
        how = ImportOptions(
            file_format=options["file_format"],
            genre=options["genre"],
            liked=options["liked"],
            skip_bad=options["skip_bad"],
            parse_options=ParseOptions(
                day_first=_either(options["dates"], "day-first"),
                artists_by_comma=_either(options["artists_by"], "comma"),
            ),
        )
        try:
            with _Bar() as bar:
                if options["dry_run"]:
                    outcome = preview(sources, how, bar.show)
                else:
                    patience = Patience(options["wait"], self.stderr.write)
                    outcome = run_import(sources, how, None, bar.show, patience)
        except BadRowsError as error:
            self._list(error.parsed.problems)
            raise CommandError(f"{error} (--skip-bad)") from None
        except ImportRefusedError as error:
            raise CommandError(_with_flags(f"{error} Nothing was imported.")) from None
        except KeyboardInterrupt:
            raise CommandError("Interrupted: nothing was imported.", returncode=INTERRUPTED) from None
        self._summarise(outcome, dry_run=options["dry_run"])
        if outcome.parsed.problems and not options["dry_run"]:
            path = options["bad_rows"] or Path(f"{options['files'][0]}.bad-rows.csv")
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                write_bad_rows(file, sources, outcome.parsed.problems)
            self.stdout.write(self.style.WARNING(f"The rows that were not imported are in {path}."))

    def _summarise(self, outcome: Outcome, dry_run: bool) -> None:
        parsed = outcome.parsed
        self.stdout.write(f"{', '.join(parsed.file_formats)}: {parsed.rows:,} rows")
        for note in (*parsed.notes, *(f"Open question: {question}" for question in parsed.questions)):
            self.stdout.write(self.style.WARNING(_with_flags(note)))
        for name, count in outcome.counts.items():
            unchanged = f", {count['unchanged']:,} unchanged" if name == "Track" or count["unchanged"] else ""
            self.stdout.write(f"  {name}: {count['created']:,} created, {count['updated']:,} updated{unchanged}")
        for reason, number in parsed.skipped.most_common():
            self.stdout.write(f"  {number:,} rows skipped: {reason}")
        if parsed.problems:
            self.stdout.write(self.style.ERROR(f"  {len(parsed.problems):,} rows cannot be imported:"))
            self._list(parsed.problems)
        if dry_run:
            self.stdout.write("A dry run: nothing was changed.")
        elif outcome.record:
            self.stdout.write(self.style.SUCCESS(f"Imported in {outcome.record.seconds:.1f} s."))

    def _list(self, problems: Sequence[Problem]) -> None:
        for problem in problems[:PROBLEMS_SHOWN]:
            self.stderr.write(f"  {problem}")
        if len(problems) > PROBLEMS_SHOWN:
            self.stderr.write(f"  … and {len(problems) - PROBLEMS_SHOWN:,} more")


class _Bar:
    """A progress bar on a terminal, and nothing anywhere else: one stage after another."""

    def __enter__(self) -> "_Bar":
        self._bar = tqdm(unit=" rows", disable=None, leave=False)
        self._stage = ""
        return self

    def __exit__(self, *exc: object) -> None:
        self._bar.close()

    def show(self, stage: str, done: int, total: int | None) -> None:
        if self._bar.disable:
            return
        if self._stage != stage:
            self._stage = stage
            self._bar.reset(total)
            self._bar.set_description(stage, refresh=False)
        self._bar.update(done - self._bar.n)


def _source(path: Path) -> Source:
    try:
        return Source(path.name, path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def _either(chosen: str | None, yes: str) -> bool | None:
    return None if chosen is None else chosen == yes


def _with_flags(text: str) -> str:
    """Return ``text`` with the flag that answers it."""
    if "comes first" in text or "day first and some" in text:
        return f"{text} (--dates day-first or --dates month-first)"
    return f"{text} (--artists-by semicolon)" if "semicolons part them" in text else text
