"""``manage.py pruneruns``: remove old runs and their plots, never a published one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from tqdm import tqdm

from clusters.models import Collection, Run
from clusters.runs import UnknownCollectionError, find_collections, remove
from musicdb.management.base import BaseCommand


class Command(BaseCommand):
    help = "Remove old runs with their plots: all but the newest of each collection, and never the published one."
    interrupted_message = "Interrupted: the runs that were removed by then are gone, all others are still there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "names", nargs="*", metavar="COLLECTION", help="its name, as recluster takes it; default: all"
        )
        parser.add_argument("--keep", type=int, required=True, metavar="N", help="how many of the newest to keep")
        parser.add_argument("--dry-run", action="store_true", help="say what would go, remove nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        keep = options["keep"]
        if keep < 0:
            raise CommandError("--keep must be 0 or more.")
        try:
            names = options["names"]
            collections = find_collections(names) if names else list(Collection.objects.in_order())
        except UnknownCollectionError as error:
            raise CommandError(str(error)) from None
        total = 0
        # tqdm writes to standard error, and with disable=None only where that is a terminal.
        for collection in tqdm(collections, unit="collection", disable=None, leave=False):
            old = list(Run.objects.of(collection).newest_first().with_collection()[keep:])
            old = [run for run in old if not run.is_published]
            removed = len(old) if options["dry_run"] else remove(old)
            total += removed
            if removed:
                verb = "would remove" if options["dry_run"] else "removed"
                kept = Run.objects.of(collection).count() - (removed if options["dry_run"] else 0)
                with tqdm.external_write_mode():
                    self.stdout.write(f"{collection.key}: {verb} {_runs(removed)}, kept {kept}")
        if not total:
            self.stdout.write("There is nothing to remove.")


def _runs(number: int) -> str:
    return "1 run" if number == 1 else f"{number} runs"
