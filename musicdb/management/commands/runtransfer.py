"""``manage.py runtransfer``: do the work of an import or export that somebody started in the admin."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from musicdb import transfers
from musicdb.management.base import BaseCommand


class Command(BaseCommand):
    help = "Do an import or export that was started in the admin. The site calls this where no worker is running."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", type=int, metavar="KEY", help="the number in the address of its page")

    def handle(self, *args: Any, **options: Any) -> None:
        if not transfers.run(options["key"]):
            raise CommandError(f"Nothing is to be done for {options['key']}: it has ended, or another process has it.")
