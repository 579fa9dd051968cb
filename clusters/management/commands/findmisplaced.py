"""``manage.py findmisplaced``: find tracks that sound unlike their genre and like another, for editors to review."""

from typing import Any

from django.core.management.base import CommandError
from django.urls import reverse

from clusters.core.misplaced import MAX_FALSE_DISCOVERY_RATE
from clusters.runs import MAX_STORED, NothingToCompareError, find_misplaced_tracks
from musicdb.management.base import BaseCommand


class Command(BaseCommand):
    help = (
        "Find tracks that sound unlike their genre and like another, and store them for editors to review. It changes "
        "no track. Run it after recluster."
    )
    interrupted_message = "Interrupted: the finds are those of the computation before."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = find_misplaced_tracks()
        except NothingToCompareError as error:
            raise CommandError(str(error)) from None
        compared = f"{done.tracks:,} tracks in {done.genres:,} genres compared"
        if not done.found:
            most = f"{MAX_FALSE_DISCOVERY_RATE:.0%}"
            self.stdout.write(f"{compared}: none sounds like another genre more than chance explains, at most {most}.")
            return
        tracks = "1 track sounds" if done.found == 1 else f"{done.found:,} tracks sound"
        self.stdout.write(
            f"{compared}: {tracks} like another genre; chance alone would give {done.rate:.1%} of them. "
            f"{done.stored:,} to review (the strongest, at most {MAX_STORED:,}): "
            f"{reverse('admin:clusters_misplacedtrack_changelist')}"
        )
