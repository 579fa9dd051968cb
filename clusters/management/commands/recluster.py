"""``manage.py recluster``: group the tracks of each genre by how they sound."""

import difflib
import json
import os
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from clusters.core.params import Params
from clusters.recluster import Options, Outcome, recluster
from musicdb.models import Genre
from musicdb.names import normalise_name


class Command(BaseCommand):
    help = "Group the tracks of each genre by how they sound, and publish what was found with its plot."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("genres", nargs="*", metavar="GENRE", help="a genre's name or address; default: all")
        parser.add_argument("--clusters", type=int, metavar="N", help="how many clusters; default: chosen by the data")
        parser.add_argument("--seed", type=int, default=0, metavar="N", help="of every random draw; default: 0")
        parser.add_argument("--jobs", type=int, metavar="N", help="worker processes; default: one a processor core")
        parser.add_argument("--force", action="store_true", help="also the genres in which nothing changed")
        parser.add_argument("--dry-run", action="store_true", help="compute and report, store nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object a genre, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            params = Params(clusters=options["clusters"], seed=options["seed"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        genres = _find_genres(options["genres"])
        how = Options(jobs=_workers(options["jobs"], len(genres)), force=options["force"], dry_run=options["dry_run"])
        report = self._report_json if options["json"] else self._report_line
        failed: list[Outcome] = []
        # tqdm writes to standard error, and with disable=None only where that is a terminal.
        with tqdm(total=len(genres), unit="genre", disable=None, leave=False) as progress:
            for outcome in recluster(genres, params, how):
                with tqdm.external_write_mode():
                    report(outcome)
                progress.update()
                if outcome.status == "failed":
                    failed.append(outcome)
        if not genres and not options["json"]:
            self.stdout.write("There are no genres yet: add some in the admin, or load a library.")
        if failed:
            reasons = "\n".join(f"  {outcome.genre}: {outcome.reason}" for outcome in failed)
            raise CommandError(f"{len(failed)} of {len(genres)} genres failed and keep the run they had:\n{reasons}")

    def _report_json(self, outcome: Outcome) -> None:
        self.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False))

    def _report_line(self, outcome: Outcome) -> None:
        if outcome.status == "failed":
            self.stdout.write(self.style.ERROR(f"{outcome.genre}: failed: {outcome.reason}"))
            return
        if outcome.status == "skipped":
            self.stdout.write(
                self.style.WARNING(f"{outcome.genre}: skipped: {outcome.reason} ({outcome.left_out} left out)")
            )
            return
        sizes = " + ".join(str(size) for _, size in outcome.sizes)
        self.stdout.write(
            f"{outcome.genre}: {outcome.status}: {outcome.tracks} tracks, {outcome.left_out} left out, "
            f"{len(outcome.sizes)} clusters ({sizes}), silhouette {outcome.silhouette:.3f}, {outcome.seconds:.2f} s"
            + (f" ({outcome.reason})" if outcome.reason else "")
        )


def _find_genres(names: Sequence[str]) -> list[Genre]:
    """Return the genres of these names or slugs, each once; all of them, by slug, for no name.

    Raises CommandError that names the nearest matches where there is no such genre.
    """
    genres = list(Genre.objects.order_by("slug"))
    if not names:
        return genres
    known = {genre.name.casefold(): genre for genre in genres} | {genre.slug: genre for genre in genres}
    # As it is stored: a terminal may hand over an accent as a character of its own.
    wanted = [normalise_name(name).casefold() for name in names]
    unknown = [name for name, text in zip(names, wanted, strict=True) if text not in known]
    if unknown:
        raise CommandError(" ".join(_unknown(name, genres) for name in unknown))
    return list(dict.fromkeys(known[text] for text in wanted))


def _unknown(name: str, genres: Sequence[Genre]) -> str:
    texts = {genre.name.casefold(): genre.slug for genre in genres} | {genre.slug: genre.slug for genre in genres}
    nearest = dict.fromkeys(texts[text] for text in difflib.get_close_matches(name.casefold(), texts, n=5, cutoff=0.5))
    advice = f"Did you mean {', '.join(list(nearest)[:3])}?" if nearest else "No genre has a name like it."
    return f"There is no genre “{name}”. {advice}"


def _workers(asked: int | None, genres: int) -> int:
    """Return how many worker processes are worth starting; 0 is to compute in this one."""
    if asked is not None and asked < 1:
        raise CommandError("--jobs must be 1 or more.")
    jobs = min(asked or os.cpu_count() or 1, genres)
    return 0 if jobs <= 1 else jobs
