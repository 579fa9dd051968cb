"""``manage.py exportsite``: write the public site to a folder, as HTML or as Markdown."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.urls import get_resolver
from tqdm import tqdm

from musicdb.management.base import INTERRUPTED, BaseCommand
from musicdb.pages.static_site import PARTS, ExportRefusedError, FileFormat, Options, Report, chosen_parts, export_site

MAX_SHOWN = 10


class Command(BaseCommand):
    help = (
        "Export the public site to the folder DIR. A second export writes only what has changed, and removes what is "
        "gone. DIR may hold files of others, which stay as they are."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        # The applications name their parts where they name their addresses, so these are loaded first.
        _ = get_resolver().url_patterns
        more = {part.name: part.label for part in PARTS.values() if not part.is_default}
        fewer = {part.name: part.label for part in PARTS.values() if part.is_default}
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument(
            "--format",
            dest="file_format",
            type=FileFormat,
            choices=list(FileFormat),
            default=FileFormat.HTML,
            metavar="{html,md}",
            help="html: every page; md: genres, artists, labels, playlists and clusters as Markdown; default: html",
        )
        parser.add_argument(
            "--address",
            default="",
            metavar="URL",
            help="the address at which visitors will find DIR; with it, the export has feeds, a sitemap and canonical "
            "addresses",
        )
        parser.add_argument(
            "--live",
            default="",
            metavar="URL",
            help="the address of the live site, to which links lead that DIR has no page for, such as the search; "
            "without it, they are left out",
        )
        for option, parts, what in (("--with", more, "more"), ("--without", fewer, "less")):
            labels = "; ".join(f"{name}: {label}" for name, label in parts.items())
            parser.add_argument(
                option,
                action="append",
                default=[],
                choices=list(parts),
                metavar="PART",
                help=f"{what} of the site; may be given several times. {labels}",
            )
        parser.add_argument(
            "--jobs", type=int, default=_cores(), metavar="N", help="how many processes write; default: one a core"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = Options(
            options["file_format"],
            options["address"],
            options["live"],
            chosen_parts(options["with"], options["without"]),
            max(1, options["jobs"]),
        )
        try:
            with tqdm(unit=" files", disable=None, leave=False) as bar:
                report = export_site(options["folder"], chosen, lambda stage, done, total: _show(bar, done, total))
        except ExportRefusedError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"The site cannot be written: {error}.") from None
        except KeyboardInterrupt:
            text = "Interrupted. What was written is whole; the same command goes on."
            raise CommandError(text, returncode=INTERRUPTED) from None
        self._report(options["folder"], report)

    def _report(self, folder: Path, report: Report) -> None:
        summary = f"{report.written:,} written, {report.unchanged:,} unchanged, {report.removed:,} removed"
        self.stdout.write(self.style.SUCCESS(f"{folder}: {summary}."))
        problems = [f"{address}: {reason}" for address, reason in report.missing]
        problems += [f"{file} is not of an export, so it stayed" for file in report.foreign]
        for problem in problems[:MAX_SHOWN]:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{len(problems):,} pages or files could not be written.")


def _show(bar: "tqdm[Any]", done: int, total: int | None) -> None:
    bar.total = total
    bar.update(done - bar.n)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
