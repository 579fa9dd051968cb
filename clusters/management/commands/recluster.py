"""``manage.py recluster``: group the tracks of each genre by how they sound."""

import json
import os
from argparse import ArgumentParser
from contextlib import closing
from typing import Any

from django.core.management.base import CommandError
from django.urls import reverse
from tqdm import tqdm

from clusters.admin.dashboard import waiting_url
from clusters.core.params import Params
from clusters.jobs import START_WORKER, EnqueueError, enqueue, worker_is_running
from clusters.models import Run
from clusters.runs import Options, Outcome, find_genres, recluster
from musicdb.management.base import INTERRUPTED, BaseCommand
from musicdb.models import Genre

# A library of many small genres has far more that are skipped than that are clustered.
MAX_SKIPPED_SHOWN = 10
NO_GENRES = "There are no genres yet: add some in the admin, or load a library."


class Command(BaseCommand):
    help = "Group the tracks of each genre by how they sound, and publish what was found with its plot."
    # They read every page's code, which takes longer than finding that nothing has changed in a hundred genres.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("genres", nargs="*", metavar="GENRE", help="a genre's name or address; default: all")
        parser.add_argument("--clusters", type=int, metavar="N", help="how many clusters; default: chosen by the data")
        parser.add_argument("--seed", type=int, default=0, metavar="N", help="of every random draw; default: 0")
        parser.add_argument("--jobs", type=int, metavar="N", help="worker processes; default: one a processor core")
        parser.add_argument("--force", action="store_true", help="also the genres in which nothing changed")
        parser.add_argument("--dry-run", action="store_true", help="compute and report, store nothing")
        parser.add_argument("--enqueue", action="store_true", help="have workers do it, and say where to look")
        parser.add_argument("--json", action="store_true", help="print one JSON object a genre, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            params = Params(clusters=options["clusters"], seed=options["seed"])
            genres = find_genres(options["genres"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        if options["enqueue"]:
            self._enqueue(genres, params, options)
            return
        how = Options(jobs=_workers(options["jobs"], len(genres)), force=options["force"], dry_run=options["dry_run"])
        report = self._report_json if options["json"] else self._report_line
        failed: list[Outcome] = []
        skipped = 0
        # tqdm writes to standard error, and with disable=None only where that is a terminal.
        with (
            closing(recluster(genres, params, how)) as outcomes,
            tqdm(total=len(genres), unit="genre", disable=None, leave=False) as progress,
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
                    f"Interrupted after {int(progress.n)} of {len(genres)} genres; the others keep the run they had.",
                    returncode=INTERRUPTED,
                ) from None
        if not genres and not options["json"]:
            self.stdout.write(NO_GENRES)
        if not (options["json"] or self._shows_skipped(skipped, options)):
            more = skipped - MAX_SKIPPED_SHOWN
            self.stdout.write(f"{more} more {'genre was' if more == 1 else 'genres were'} skipped. -v 2 names them.")
        if not (options["json"] or options["dry_run"]):
            self._announce_waiting()
        if failed:
            reasons = "\n".join(f"  {outcome.genre}: {outcome.reason}" for outcome in failed)
            raise CommandError(f"{len(failed)} of {len(genres)} genres failed and keep the run they had:\n{reasons}")

    def _shows_skipped(self, number: int, options: dict[str, Any]) -> bool:
        """Return whether there is a line for a skipped genre, as the one with this number."""
        return number <= MAX_SKIPPED_SHOWN or bool(options["genres"]) or options["verbosity"] > 1

    def _enqueue(self, genres: list[Genre], params: Params, options: dict[str, Any]) -> None:
        if options["dry_run"] or options["jobs"] is not None:
            raise CommandError("--enqueue goes with neither --dry-run nor --jobs: workers store, and share the work.")
        if not genres:
            raise CommandError(NO_GENRES)
        try:
            job = enqueue(genres, params, force=options["force"])
        except EnqueueError as error:
            raise CommandError(f"{error} Nothing was reclustered.") from None
        page = reverse("admin:clusters_reclusterjob_change", args=[job.pk])
        is_running = worker_is_running()
        if options["json"]:
            report = {"job": job.pk, "genres": len(genres), "page": page, "worker_is_running": is_running}
            self.stdout.write(json.dumps(report))
        else:
            self.stdout.write(f"{job}: {len(genres)} genres are queued for workers. Progress: {page}")
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
            self.stdout.write(self.style.ERROR(f"{outcome.genre}: failed: {outcome.reason}"))
            return
        if outcome.status == "skipped":
            self.stdout.write(
                self.style.WARNING(f"{outcome.genre}: skipped: {outcome.reason} ({outcome.excluded} excluded)")
            )
            return
        sizes = " + ".join(str(size) for _, size in outcome.sizes)
        stability = "" if outcome.stability is None else f"stability {outcome.stability:.2f}, "
        self.stdout.write(
            f"{outcome.genre}: {outcome.status}: {outcome.tracks} tracks, {outcome.excluded} excluded, "
            f"{len(outcome.sizes)} clusters ({sizes}), silhouette {outcome.silhouette:.3f}, "
            f"{stability}{outcome.seconds:.2f} s" + (f" ({outcome.reason})" if outcome.reason else "")
        )


def _workers(asked: int | None, genres: int) -> int:
    """Return how many worker processes are worth starting; 0 is to compute in this one."""
    if asked is not None and asked < 1:
        raise CommandError("--jobs must be 1 or more.")
    jobs = min(asked or os.cpu_count() or 1, genres)
    return 0 if jobs <= 1 else jobs
