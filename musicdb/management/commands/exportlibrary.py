"""``manage.py exportlibrary``: write the whole library to one file, which ``importlibrary`` reads back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from musicdb.exports import ExportRefusedError, export_to
from musicdb.management.base import BaseCommand


class Command(BaseCommand):
    help = "Export the whole library to FILE: a zip of CSVs (.zip) or a workbook (.xlsx), which importlibrary reads."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            counts = export_to(path)
        except ExportRefusedError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
        except KeyboardInterrupt:
            raise CommandError("Interrupted: no file was written.", returncode=130) from None
        summary = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in counts.items())
        self.stdout.write(self.style.SUCCESS(f"{path}: {summary}."))
