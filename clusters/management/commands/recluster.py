"""``manage.py recluster``: group the tracks of each collection by how they sound."""

import json
import os
from argparse import ArgumentParser
from contextlib import closing
from typing import Any

from django.core.management.base import CommandError
from django.urls import reverse
from tqdm import tqdm

from clusters.admin.dashboard import waiting_url
from clusters.core.features import UnclusterableError
from clusters.core.params import Params
from clusters.jobs import START_WORKER, EnqueueError, enqueue, worker_is_running
from clusters.management.preview_table import preview_as_json, preview_lines
from clusters.models import Collection, Run
from clusters.runs import (
    Options,
    Outcome,
    computed_preview,
    every_collection,
    find_collections,
    pin_clusters,
    recluster,
)
from clusters.runs.collection_lookup import AT_LEAST, AT_LEAST_OF_GENRE
from musicdb.management.base import INTERRUPTED, BaseCommand
from musicdb.models import Track

# A library may have far more collections that are skipped than that are clustered.
MAX_SKIPPED_SHOWN = 10
NOT_WITH_PREVIEW = ("clusters", "pin", "unpin", "jobs", "force", "dry_run", "enqueue")
EMPTY = "The library has no tracks yet: import a file, or add some in the admin."
NAMES = "“library”, a genre’s name or slug, or such as playlist:road-trip, artist:heize, label:xl-recordings"


class Command(BaseCommand):
    help = "Group the tracks of each collection by how they sound, and publish what was found with its plot."
    # They read every page's code, which takes longer than finding that nothing has changed in a hundred collections.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        every = "default: the library and every genre with enough tracks"
        parser.add_argument("names", nargs="*", metavar="COLLECTION", help=f"{NAMES}; {every}")
        for kind in ("playlists", "artists", "labels"):
            parser.add_argument(
                f"--{kind}", action="store_true", help=f"also the {kind} that have a page and enough tracks"
            )
        enough = f"how many tracks are enough; default: {AT_LEAST}, or {AT_LEAST_OF_GENRE} for a genre"
        parser.add_argument("--at-least", type=int, metavar="N", help=enough)
        pinned = parser.add_mutually_exclusive_group()
        pinned.add_argument("--pin", action="store_true", help="keep the number of --clusters for later runs, too")
        pinned.add_argument("--unpin", action="store_true", help="have the data choose the number of clusters again")
        parser.add_argument("--clusters", type=int, metavar="N", help="how many clusters; default: chosen by the data")
        parser.add_argument("--seed", type=int, default=0, metavar="N", help="of every random draw; default: 0")
        parser.add_argument("--jobs", type=int, metavar="N", help="worker processes; default: one a processor core")
        parser.add_argument("--force", action="store_true", help="also the collections in which nothing changed")
        parser.add_argument("--dry-run", action="store_true", help="compute and report, store nothing")
        parser.add_argument(
            "--preview", action="store_true", help="show what 2 to 10 clusters of the named would be, store nothing"
        )
        parser.add_argument("--enqueue", action="store_true", help="have workers do it, and say where to look")
        parser.add_argument("--json", action="store_true", help="print one JSON object a collection, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            params = Params(clusters=options["clusters"], seed=options["seed"])
            collections = self._collections(options)
        except ValueError as error:
            raise CommandError(str(error)) from None
        if not options["names"] and not Track.objects.exists():
            if not options["json"]:
                self.stdout.write(EMPTY)
            return
        if options["preview"]:
            self._preview(collections, params, options)
            return
        if options["enqueue"]:
            self._enqueue(collections, params, options)
            return
        how = Options(
            jobs=_workers(options["jobs"], len(collections)), force=options["force"], dry_run=options["dry_run"]
        )
        report = self._report_json if options["json"] else self._report_line
        failed: list[Outcome] = []
        skipped = 0
        # tqdm writes to standard error, and with disable=None only where that is a terminal.
        with (
            closing(recluster(collections, params, how)) as outcomes,
            tqdm(total=len(collections), unit="collection", disable=None, leave=False) as progress,
        ):
            try:
                for outcome in outcomes:
                    skipped += outcome.status == "skipped"
                    if outcome.status != "skipped" or options["json"] or self._shows_skipped(skipped, options):
                        with tqdm.external_write_mode():
                            report(outcome)
                    progress.update()
                    if outcome.status == "failed":
                        failed.append(outcome)
            except KeyboardInterrupt:
                raise CommandError(
                    f"Interrupted after {int(progress.n)} of {len(collections)} collections; "
                    "the others keep the run they had.",
                    returncode=INTERRUPTED,
                ) from None
        if not (options["json"] or self._shows_skipped(skipped, options)):
            more = skipped - MAX_SKIPPED_SHOWN
            were = "collection was" if more == 1 else "collections were"
            self.stdout.write(f"{more} more {were} skipped. -v 2 names them.")
        if not (options["json"] or options["dry_run"]):
            self._announce_waiting()
        if failed:
            reasons = "\n".join(f"  {outcome.collection}: {outcome.reason}" for outcome in failed)
            raise CommandError(
                f"{len(failed)} of {len(collections)} collections failed and keep the run they had:\n{reasons}"
            )

    def _collections(self, options: dict[str, Any]) -> list[Collection]:
        """Return what to recluster, with its settings changed if that is asked for.

        Raises ValueError if something is named that does not exist, or the options contradict each other.
        """
        names, kinds = options["names"], [kind for kind in ("playlist", "artist", "label") if options[f"{kind}s"]]
        if options["preview"] and (not names or any(options[name] for name in NOT_WITH_PREVIEW)):
            raise ValueError("--preview goes with the names of collections, --seed and --json, and nothing else.")
        if (options["pin"] or options["unpin"]) and not names:
            raise ValueError("--pin and --unpin go with the names of collections.")
        if options["pin"] and options["clusters"] is None:
            raise ValueError("--pin goes with --clusters N.")
        if options["unpin"] and options["clusters"] is not None:
            raise ValueError("--unpin does not go with --clusters.")
        if not names:
            return every_collection(["genre", *kinds], options["at_least"])
        if kinds or options["at_least"] is not None:
            raise ValueError("Name collections, or choose them by --playlists, --artists, --labels and --at-least.")
        collections = find_collections(names)
        if options["pin"] or options["unpin"]:
            if options["dry_run"]:
                raise ValueError("--pin and --unpin store a setting, so they do not go with --dry-run.")
            pin_clusters(collections, options["clusters"])
        return collections

    def _preview(self, collections: list[Collection], params: Params, options: dict[str, Any]) -> None:
        """Print what each number of clusters would give, of one collection after another."""
        failed = []
        for collection in collections:
            try:
                computed = computed_preview(collection, params)
            except UnclusterableError as error:
                failed.append(f"{collection.key}: {error}")
                continue
            if options["json"]:
                self.stdout.write(json.dumps(preview_as_json(collection, computed), ensure_ascii=False))
            else:
                self.stdout.write("\n".join(preview_lines(collection, computed)))
        if failed:
            raise CommandError("No preview of\n  " + "\n  ".join(failed))

    def _shows_skipped(self, number: int, options: dict[str, Any]) -> bool:
        """Return whether there is a line for a skipped collection, as the one with this number."""
        return number <= MAX_SKIPPED_SHOWN or bool(options["names"]) or options["verbosity"] > 1

    def _enqueue(self, collections: list[Collection], params: Params, options: dict[str, Any]) -> None:
        if options["dry_run"] or options["jobs"] is not None:
            raise CommandError("--enqueue goes with neither --dry-run nor --jobs: workers store, and share the work.")
        try:
            job = enqueue(collections, params, force=options["force"])
        except EnqueueError as error:
            raise CommandError(f"{error} Nothing was reclustered.") from None
        page = reverse("admin:clusters_reclusterjob_change", args=[job.pk])
        is_running = worker_is_running()
        if options["json"]:
            report = {"job": job.pk, "collections": len(collections), "page": page, "worker_is_running": is_running}
            self.stdout.write(json.dumps(report))
        else:
            queued = "1 collection is" if len(collections) == 1 else f"{len(collections)} collections are"
            self.stdout.write(f"{job}: {queued} queued for workers. Progress: {page}")
        if not is_running:
            self.stderr.write(self.style.WARNING(f"No worker is running. Start one with: {START_WORKER}"))

    def _announce_waiting(self) -> None:
        if number := Run.objects.waiting().count():
            runs = "1 run waits for review" if number == 1 else f"{number} runs wait for review"
            text = f"{runs}, and visitors see none of that until somebody publishes it: {waiting_url()}"
            self.stdout.write(self.style.WARNING(text))

    def _report_json(self, outcome: Outcome) -> None:
        self.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False))

    def _report_line(self, outcome: Outcome) -> None:
        if outcome.status == "failed":
            self.stdout.write(self.style.ERROR(f"{outcome.collection}: failed: {outcome.reason}"))
            return
        if outcome.status == "skipped":
            self.stdout.write(
                self.style.WARNING(f"{outcome.collection}: skipped: {outcome.reason} ({outcome.excluded} excluded)")
            )
            return
        sizes = " + ".join(str(size) for _, size in outcome.sizes)
        clusters = "1 cluster, because the tracks do not divide, "
        if len(outcome.sizes) > 1:
            clusters = f"{len(outcome.sizes)} clusters ({sizes}), silhouette {outcome.silhouette:.3f}, "
        stability = "" if outcome.stability is None else f"stability {outcome.stability:.2f}, "
        self.stdout.write(
            f"{outcome.collection}: {outcome.status}: {outcome.tracks} tracks, {outcome.excluded} excluded, "
            f"{clusters}{stability}{outcome.seconds:.2f} s" + (f" ({outcome.reason})" if outcome.reason else "")
        )


def _workers(asked: int | None, collections: int) -> int:
    """Return how many worker processes are worth starting; 0 is to compute in this one."""
    if asked is not None and asked < 1:
        raise CommandError("--jobs must be 1 or more.")
    jobs = min(asked or os.cpu_count() or 1, collections)
    return 0 if jobs <= 1 else jobs
