"""``manage.py clusterdiff``: what changed between two runs of a collection."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError

from clusters.core.comparing import Split
from clusters.models import Collection, Run
from clusters.runs import (
    NotComparableError,
    RunComparison,
    UnknownCollectionError,
    compare_runs,
    default_pair,
    find_collections,
)
from musicdb.management.base import BaseCommand

MOVED_SHOWN = 20


class Command(BaseCommand):
    help = "Compare two runs of a collection: by default the published one and the newest, or else the last two."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("collection", metavar="COLLECTION", help="its name, as recluster takes it")
        parser.add_argument("runs", nargs="*", type=int, metavar="RUN", help="the ids of two runs, the older one first")
        parser.add_argument("--limit", type=int, default=MOVED_SHOWN, metavar="N", help="how many moved tracks to list")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] < 0:
            raise CommandError("--limit must be 0 or more.")
        try:
            (collection,) = find_collections([options["collection"]])
            old, new = _find_runs(collection, options["runs"])
            compared = compare_runs(old, new)
        except (UnknownCollectionError, NotComparableError) as error:
            raise CommandError(str(error)) from None
        moved = list(compared.moved_tracks()[: options["limit"]])
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(compared, moved), ensure_ascii=False))
        else:
            self._print(compared, moved)

    def _print(self, compared: RunComparison, moved: list[Any]) -> None:
        found = compared.found
        self.stdout.write(f"{compared.new.collection}: run {compared.old.pk} → run {compared.new.pk}\n\n")
        self.stdout.write(f"{'':18}{'before':>14}{'after':>14}")
        for figure in compared.figures:
            self.stdout.write(f"{figure.name:18}{figure.old:>14}{figure.new:>14}")
        if found.agreement is not None:
            self.stdout.write(f"{'agreement':18}{'':14}{found.agreement:>14.3f}")
        self.stdout.write(
            f"\n{found.stayed} stayed in their cluster, {found.moved} moved, {found.came} came, {found.left} left.\n\n"
        )
        for flow in found.flows:
            self.stdout.write(f"  {_name(flow.old):>6} → {_name(flow.new):6} {flow.tracks:>8}")
        for split in found.splits:
            self.stdout.write(f"Cluster #{split.number} split into {_parts(split)}.")
        for split in found.mergers:
            self.stdout.write(f"Cluster #{split.number} was merged from {_parts(split)}.")
        if moved:
            self.stdout.write("\nTracks that moved, by title:")
        for track in moved:
            artists = ", ".join(artist.name for artist in track.artists_in_order) or "no artist"
            self.stdout.write(f"  {_name(track.old_number):>6} → {_name(track.new_number):6} {track.title}, {artists}")
        if (rest := found.moved + found.came + found.left - len(moved)) > 0:
            self.stdout.write(f"  and {rest} more. Use --limit to list them.")


def _find_runs(collection: Collection, ids: list[int]) -> tuple[Run, Run]:
    if not ids:
        return default_pair(collection)
    if len(ids) != 2:
        raise NotComparableError("Give the ids of two runs, or of none.")
    runs = {run.pk: run for run in Run.objects.of(collection).with_collection().newest_first()}
    if unknown := [str(pk) for pk in ids if pk not in runs]:
        known = ", ".join(f"{pk} ({run.finished_at:%Y-%m-%d %H:%M})" for pk, run in runs.items()) or "none"
        raise NotComparableError(f"{collection} has no run {' and no run '.join(unknown)}. It has {known}.")
    return runs[ids[0]], runs[ids[1]]


def _name(number: int | None) -> str:
    return "–" if number is None else f"#{number}"


def _parts(split: Split) -> str:
    return " and ".join(f"#{number} ({tracks})" for number, tracks in split.parts)


def _as_json(compared: RunComparison, moved: list[Any]) -> dict[str, Any]:
    return {
        "collection": compared.new.collection.key,
        "old": compared.old.pk,
        "new": compared.new.pk,
        "figures": {figure.name: [figure.old, figure.new] for figure in compared.figures},
        **asdict(compared.found),
        "tracks": [
            {"track": track.slug, "title": track.title, "old": track.old_number, "new": track.new_number}
            for track in moved
        ],
    }
