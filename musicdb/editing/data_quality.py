"""What is likely wrong or missing in the library: one count each, and where an editor mends it.

An application adds its own by ``register`` when it is ready.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.core.cache import cache
from django.urls import reverse
from django.utils.text import slugify

from musicdb.editing.duplicates import likely_duplicates
from musicdb.models import Album, Track

# So many tracks, and what is slow to count is felt.
LARGE = 20_000
# How long the last count of what is slow to count is worth showing.
KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class QualityCheck:
    """Something to look after. ``count`` counts it; ``address`` is of the list that shows just that, and
    ``permission`` is what it takes to see it. ``is_slow``: it takes seconds in a large library."""

    title: str
    advice: str
    count: Callable[[], int]
    address: Callable[[], str]
    permission: str
    is_slow: bool = False


@dataclass(frozen=True)
class Counted:
    """``number`` is None where nobody has counted for long."""

    chore: QualityCheck
    number: int | None
    address: str


_checks: list[QualityCheck] = []


def register(*chores: QualityCheck) -> None:
    _checks.extend(chores)


def counted(may: Callable[[str], bool]) -> Iterator[Counted]:
    """Count what somebody who ``may`` see it would find. One query each, but a few for what is slow."""
    for chore in _checks:
        if may(chore.permission):
            number = chore.count()
            if chore.is_slow:
                cache.set(_key(chore), number, KEPT_SECONDS)
            yield Counted(chore, number, chore.address())


def counted_quickly(may: Callable[[str], bool]) -> Iterator[Counted]:
    """As ``counted``; but of what is slow to count, in a large library, what was counted last."""
    is_large = Track.objects.order_by("pk")[LARGE : LARGE + 1].exists()
    for chore in _checks:
        if may(chore.permission):
            number = cache.get(_key(chore)) if chore.is_slow and is_large else chore.count()
            yield Counted(chore, number, chore.address())


def _key(chore: QualityCheck) -> str:
    return "musicdb.chore." + slugify(chore.title)


def listed(model: str, **query: str) -> Callable[[], str]:
    """Return what tells the address of a list in the admin, narrowed by ``query``."""
    return lambda: reverse(f"admin:{model}_changelist", query=query)


def _tracks(title: str, advice: str, gap: str) -> QualityCheck:
    return QualityCheck(
        title,
        advice,
        lambda: Track.objects.with_gap(gap).count(),
        listed("musicdb_track", gap=gap),
        "musicdb.view_track",
    )


def _albums(title: str, advice: str, doubt: str) -> QualityCheck:
    return QualityCheck(
        title,
        advice,
        lambda: Album.objects.with_doubt(doubt).count(),
        listed("musicdb_album", doubt=doubt),
        "musicdb.view_album",
    )


register(
    _tracks("Tracks without features", "Import a file that has them; they stand in no cluster till then.", "features"),
    _tracks("Tracks without artists", "Name them on the track's page.", "artists"),
    _tracks("Tracks without a genre", "Select them and give them one; no clusters page shows them.", "genre"),
    _tracks("Tracks without art", "Their album has none, or they are on no album.", "art"),
    _tracks("Tracks without a label", "Their album has none, or they are on no album.", "label"),
    _tracks("Tracks that share an ISRC", "One recording, entered twice or on two albums.", "isrc"),
    QualityCheck(
        "Tracks that are likely one recording",
        "The same artists and title; live, remastered and remixed versions are told apart.",
        lambda: len(likely_duplicates().open),
        lambda: reverse("admin:likely_duplicates"),
        "musicdb.view_track",
        is_slow=True,
    ),
    _albums("Albums without a release date", "Give as much of it as is known: 1983 is enough.", "unknown date"),
    _albums("Albums with an odd release date", "In the future, or before there were recordings.", "odd date"),
    _albums("Albums whose art is not https", "Browsers warn of it. Use the https address.", "art not https"),
    _albums("Albums whose art's address looks broken", "It names no host that could be on the web.", "broken art"),
)
