"""``manage.py importlibrary``: import files from a command line."""

import shlex
from argparse import ArgumentParser, BooleanOptionalAction
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from tqdm import tqdm

from musicdb.imports import (
    BadRowsError,
    ImportOptions,
    ImportRefusedError,
    OpenQuestionsError,
    Outcome,
    ParseOptions,
    Preview,
    Source,
    preview,
    run_import,
)
from musicdb.imports.changes import overwritten
from musicdb.imports.column_mapping import ColumnMapping
from musicdb.imports.formats import FORMAT_LABELS, UnknownColumnsError
from musicdb.imports.formats.mapped import mapping_as_json, read_mapping
from musicdb.imports.lock import Patience
from musicdb.imports.messages import Note, Problem, Question, counted
from musicdb.imports.new_pages import new_pages
from musicdb.imports.options import CHOICES, Existing
from musicdb.imports.saved_mappings import columns_of
from musicdb.management.base import BaseCommand

MAX_PROBLEMS_SHOWN = 20
MAX_OVERWRITTEN_SHOWN = 20
MAX_FLAGS = 3
MAX_NAMES_SHOWN = 5
INTERRUPTED = 130
WAIT_SECONDS = 600
FLAGS = {choice.code: choice.flag for choice in CHOICES}


class Command(BaseCommand):
    help = (
        "Import tracks and what belongs to them from CSV, XLSX or zip files, such as Exportify's or musicdb's own. "
        "If one row is bad, nothing is imported, unless --skip-bad is given."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--format",
            dest="file_format",
            choices=sorted(FORMAT_LABELS),
            default="",
            help="the format of the files; default: detect it by the header",
        )
        parser.add_argument(
            "--map",
            dest="maps",
            action="append",
            default=[],
            metavar="FILE",
            type=Path,
            help="a JSON file that says what the columns are, as --print-map writes it; once for each header",
        )
        parser.add_argument(
            "--print-map",
            action="store_true",
            help="print what the columns are, as an earlier import had it or as they look, and import nothing",
        )
        parser.add_argument(
            "--no-header",
            action="store_true",
            help="with --print-map: the file has no headings, its first row is data; default: as the first row looks",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
        parser.add_argument("--genre", default="", metavar="G", help="a genre to add to every track")
        parser.add_argument(
            "--liked",
            action=BooleanOptionalAction,
            default=None,
            help="mark every track as liked, or none; default: those of a file that is named Liked Songs",
        )
        playlist = parser.add_mutually_exclusive_group()
        playlist.add_argument(
            "--playlist",
            default="",
            metavar="NAME",
            help="the playlist that the files are; default: each file of an Exportify is one of its own name",
        )
        playlist.add_argument("--no-playlist", action="store_true", help="make no playlist of the files")
        parser.add_argument(
            "--existing",
            type=Existing,
            choices=list(Existing),
            default=Existing.FILL,
            metavar="{fill,overwrite,skip}",
            help="what becomes of the rows that the library has: fill what is empty and update what only imports have "
            "set, take every value of the file, or leave them as they are; default: fill",
        )
        parser.add_argument(
            "--restore-deleted", action="store_true", help="bring back what editors have deleted and the files have"
        )
        parser.add_argument("--skip-bad", action="store_true", help="import the good rows, and write the bad to a file")
        parser.add_argument(
            "--bad-rows", type=Path, metavar="FILE", help="where --skip-bad writes them; default: FILE.bad-rows.csv"
        )
        for choice in CHOICES:
            names = [option.name for option in choice.options]
            is_short = len(names) <= MAX_FLAGS
            parser.add_argument(
                choice.flag,
                dest=choice.code,
                choices=names,
                metavar=None if is_short else "NAME",
                help=f"{choice.label}{'' if is_short else ': ' + ', '.join(names)}; default: as the file shows",
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
        decided = {choice.code: choice.value_of(options[choice.code]) for choice in CHOICES}
        parse_options = ParseOptions(**decided)
        if options["print_map"]:
            self._print_map(sources, parse_options, has_header=not options["no_header"])
            return
        if options["no_header"]:
            raise CommandError("--no-header goes with --print-map. Import with the map that it prints.")
        import_options = ImportOptions(
            file_format=options["file_format"],
            genre=options["genre"],
            liked=options["liked"],
            playlist=options["playlist"],
            no_playlist=options["no_playlist"],
            skip_bad=options["skip_bad"],
            mappings=tuple(map(_mapping, options["maps"])),
            existing=options["existing"],
            restore_deleted=options["restore_deleted"],
            parse_options=parse_options,
        )
        self._skips_bad = import_options.skip_bad
        bad_rows = options["bad_rows"] or Path(f"{options['files'][0]}.bad-rows.csv")
        outcome: Preview
        try:
            with _Bar() as bar:
                if options["dry_run"]:
                    outcome = preview(sources, import_options, bar.show)
                else:
                    patience = Patience(options["wait"], self.stderr.write)
                    outcome = run_import(sources, import_options, None, bar.show, patience, lambda record: bad_rows)
        except BadRowsError as error:
            self._list(error.problems)
            raise CommandError(f"{error} (--skip-bad) Nothing was imported.") from None
        except OpenQuestionsError as error:
            self._list_answers(error.questions)
            questions = " ".join(map(_with_flags, error.questions))
            raise CommandError(f"{questions} Nothing was imported.") from None
        except UnknownColumnsError as error:
            raise CommandError(f"{error} {_how_to_map(options['files'])} Nothing was imported.") from None
        except ImportRefusedError as error:
            raise CommandError(f"{error} Nothing was imported.") from None
        except KeyboardInterrupt:
            raise CommandError("Interrupted: nothing was imported.", returncode=INTERRUPTED) from None
        self._summarise(outcome)
        if isinstance(outcome, Outcome) and outcome.problems:
            self.stdout.write(self.style.WARNING(f"The rows that were not imported are in {bad_rows}."))

    def _print_map(self, sources: Sequence[Source], parse_options: ParseOptions, *, has_header: bool) -> None:
        try:
            table = columns_of(sources, parse_options.encoding, has_header=has_header)
        except ImportRefusedError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(mapping_as_json(table.mapping, table.rows))

    def _summarise(self, outcome: Preview) -> None:
        parsed, problems = outcome.parsed, outcome.problems
        self.stdout.write(f"{', '.join(parsed.file_formats)}: {counted(parsed.rows, 'row')}")
        for note in outcome.notes:
            self.stdout.write(self.style.WARNING(_with_flags(note)))
        for question in parsed.questions:
            self.stdout.write(self.style.WARNING(f"Open question: {_with_flags(question)}"))
        for name, count in outcome.counts.items():
            unchanged = f", {count['unchanged']:,} unchanged" if name == "Track" or count["unchanged"] else ""
            self.stdout.write(f"  {name}: {count['created']:,} created, {count['updated']:,} updated{unchanged}")
        for playlist in outcome.plan.playlists:
            self.stdout.write(f"  {playlist}")
        if not isinstance(outcome, Outcome) and (pages := new_pages(outcome.plan)):
            self.stdout.write(f"  New pages: {', '.join(map(str, pages))}")
        if not isinstance(outcome, Outcome):
            self._list_overwritten(outcome)
        for field in outcome.kept_fields:
            self.stdout.write(f"  Kept in {counted(field.number, 'row')}: {field.label} ({', '.join(field.reasons)})")
        self._summarise_deleted(outcome)
        for reason, number in parsed.skipped.most_common():
            self.stdout.write(f"  {counted(number, 'row')} skipped: {reason}")
        if problems:
            self.stdout.write(self.style.ERROR(f"  {counted(len(problems), 'row')} cannot be imported:"))
            self._list(problems)
        if isinstance(outcome, Outcome):
            self.stdout.write(self.style.SUCCESS(f"Imported in {outcome.record.seconds:.1f} s."))
        else:
            self.stdout.write("A dry run: nothing was changed.")
            if parsed.questions or (problems and not self._skips_bad):
                raise CommandError("The import would be refused.")

    def _list_overwritten(self, outcome: Preview) -> None:
        found = overwritten(outcome.plan)
        for one in islice(found, MAX_OVERWRITTEN_SHOWN):
            self.stdout.write(
                f"  Overwritten: {one.kind} “{one.name}”, {one.field}: {one.stored} → {one.stated or '–'}"
            )
        if more := sum(1 for _ in found):
            self.stdout.write(f"  Overwritten: … and {more:,} more {'value' if more == 1 else 'values'}")

    def _summarise_deleted(self, outcome: Preview) -> None:
        for returns, text in ((False, "Deleted by editors, left deleted"), (True, "Deleted by editors, needed again")):
            found = [str(one) for one in outcome.plan.left_deleted if one.returns is returns]
            if found:
                more = f" and {len(found) - MAX_NAMES_SHOWN:,} more" if len(found) > MAX_NAMES_SHOWN else ""
                self.stdout.write(f"  {text}: {', '.join(found[:MAX_NAMES_SHOWN])}{more}")

    def _list_answers(self, questions: Sequence[Question]) -> None:
        """Write the answers of each question that has more than its sentence can name."""
        for question in questions:
            if len(question.options) > MAX_FLAGS:
                for option in question.options:
                    self.stderr.write(f"  {FLAGS[question.code]} {option.name}: {option.label}")

    def _list(self, problems: Sequence[Problem]) -> None:
        for problem in problems[:MAX_PROBLEMS_SHOWN]:
            self.stderr.write(f"  {problem}")
        if len(problems) > MAX_PROBLEMS_SHOWN:
            self.stderr.write(f"  … and {len(problems) - MAX_PROBLEMS_SHOWN:,} more")


class _Bar:
    """Shows the progress of one stage after another on a terminal, and nothing anywhere else."""

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
        with path.open("rb") as file:
            # A pipe can be read once only.
            return Source(path.name, path if path.is_file() else file.read())
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def _mapping(path: Path) -> ColumnMapping:
    try:
        return read_mapping(_source(path).data.decode("utf-8-sig"), path.name)
    except UnicodeDecodeError:
        raise CommandError(f"{path.name} is not in UTF-8.") from None
    except ImportRefusedError as error:
        raise CommandError(f"{error} Nothing was imported.") from None


def _how_to_map(paths: Sequence[Path]) -> str:
    file = shlex.quote(str(paths[0])) if len(paths) == 1 else "FILE"
    return (
        f"“manage.py importlibrary {file} --print-map > map.json” writes what they most likely are. Correct it, and "
        "import with “--map map.json”."
    )


def _with_flags(message: Question | Note) -> str:
    """Return the text of ``message`` with the flags that decide what it is about."""
    if len(message.options) > MAX_FLAGS:
        return f"{message} ({FLAGS[message.code]} NAME)"
    flags = " or ".join(f"{FLAGS[message.code]} {option.name}" for option in message.options)
    return f"{message} ({flags})" if flags else str(message)
