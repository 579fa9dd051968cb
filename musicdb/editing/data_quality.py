"""Data quality: what is missing or probably wrong in the library, counted.

To add a check, append it to CHECKS. Another app adds its own with ``register``, from its admin package.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils.text import slugify

from musicdb.editing.alike import MIN_SHARED_PERCENT, same_genres, tracks_sharing_features
from musicdb.editing.duplicates import duplicate_tracks, review_groups, tracks_sharing_isrc
from musicdb.editing.homonyms import homonyms
from musicdb.models import Album, Artist, Genre, Label, Track

# With more tracks than this, the slow checks take seconds.
LARGE_LIBRARY = 20_000
# How long the count of a slow check may be shown.
SLOW_COUNT_TTL = 24 * 3600  # seconds

HasPermission = Callable[[str], bool]


@dataclass(frozen=True)
class QualityCheck:
    """Something to count and mend.

    ``count`` returns how many rows fail the check, ``url`` the list of exactly those rows. ``hint`` says how to mend
    them. ``permission`` is needed to view them. ``is_slow`` marks a count that takes seconds in a large library.
    """

    title: str
    hint: str
    count: Callable[[], int]
    url: Callable[[], str]
    permission: str
    is_slow: bool = False


@dataclass(frozen=True)
class CheckResult:
    """``count`` is None if the check is slow and has no recent count."""

    check: QualityCheck
    count: int | None
    url: str


def list_url(model: str, **query: str) -> Callable[[], str]:
    """Return a function that returns the URL of a list in the admin, filtered by ``query``."""
    return lambda: reverse(f"admin:{model}_changelist", query=query)


def _track_check(title: str, hint: str, gap: str) -> QualityCheck:
    return QualityCheck(
        title,
        hint,
        lambda: Track.objects.with_gap(gap).count(),
        list_url("musicdb_track", gap=gap),
        "musicdb.view_track",
    )


def _album_check(title: str, hint: str, doubt: str) -> QualityCheck:
    return QualityCheck(
        title,
        hint,
        lambda: Album.objects.with_doubt(doubt).count(),
        list_url("musicdb_album", doubt=doubt),
        "musicdb.view_album",
    )


def _unused_check(model: type[Any], title: str) -> QualityCheck:
    name = model._meta.model_name
    return QualityCheck(
        title,
        "Nothing in the library uses them. Select them, all pages if you like, and delete them.",
        lambda: model.objects.unused().count(),
        list_url(f"musicdb_{name}", unused="yes"),
        f"musicdb.view_{name}",
    )


def _homonym_check(model: type[Any], title: str, apart: str) -> QualityCheck:
    name = model._meta.model_name
    return QualityCheck(
        title,
        f"{apart} Merge those that are one, and dismiss the others.",
        lambda: len(review_groups(model, homonyms(model)).pending),
        lambda: reverse(f"admin:musicdb_{name}_duplicates", query={"same": "1"}),
        f"musicdb.merge_{name}",
        is_slow=True,
    )


# In the order in which the page shows them.
CHECKS: list[QualityCheck] = [
    _track_check(
        "Tracks without audio features",
        "Import a file that has them. Until then these tracks are in no cluster.",
        "features",
    ),
    _track_check("Tracks without artists", "Add the artists on the track’s page.", "artists"),
    _track_check("Tracks without a genre", "Select them and add a genre. No genre shows them until then.", "genre"),
    _track_check("Tracks without art", "Their album has no art, or they have no album.", "art"),
    _track_check("Tracks without a label", "Their album has no label, or they have no album.", "label"),
    QualityCheck(
        "Tracks that share an ISRC",
        "The same recording, entered twice or on two albums. Merge those that are one, and dismiss the others.",
        lambda: len(tracks_sharing_isrc().pending),
        lambda: reverse("admin:duplicate_tracks", query={"isrc": "1"}),
        "musicdb.view_track",
    ),
    QualityCheck(
        "Possible duplicate tracks",
        "Same artists and same title. Live, remastered and remixed versions are not counted.",
        lambda: len(duplicate_tracks().pending),
        lambda: reverse("admin:duplicate_tracks"),
        "musicdb.view_track",
        is_slow=True,
    ),
    QualityCheck(
        "Tracks with copied audio features",
        "All amounts are the same, and neither ISRC nor artists and title say that they are one recording. Merge those "
        "that are, correct the features of the others, or dismiss them.",
        lambda: len(tracks_sharing_features().pending),
        lambda: reverse("admin:duplicate_tracks", query={"features": "1"}),
        "musicdb.view_track",
        is_slow=True,
    ),
    _album_check(
        "Albums without a release date", "Enter as much as you know. A year such as 1983 is enough.", "unknown date"
    ),
    _album_check(
        "Albums with an unlikely release date", "It is in the future, or before the first recordings.", "odd date"
    ),
    _album_check("Albums whose art is not https", "Browsers warn about it. Use an https address.", "art not https"),
    _album_check("Albums whose art has a broken address", "No website can have this address.", "broken art"),
    # Albums come first: labels and artists that only they have are found when they are deleted.
    _unused_check(Album, "Albums without tracks"),
    _unused_check(Artist, "Artists without tracks or albums"),
    _unused_check(Label, "Labels without albums"),
    _unused_check(Genre, "Genres without tracks"),
    QualityCheck(
        "Artists that are several",
        "Their names say so, such as “A feat. B”. Open each, and split it.",
        lambda: Artist.objects.joint_by_name().count(),
        list_url("musicdb_artist", joint="yes"),
        "musicdb.merge_artist",
    ),
    _homonym_check(
        Artist, "Artists of one name", "No Spotify id tells them apart. Split one whose tracks are by several."
    ),
    _homonym_check(Label, "Labels of one name", "They differ only in case, accents or punctuation."),
    _homonym_check(Album, "Albums of one title", "Neither artists, date, Spotify id nor UPC tells them apart."),
    _homonym_check(Genre, "Genres of one name", "They differ only in case, accents or punctuation."),
    QualityCheck(
        "Genres that hold the same tracks",
        f"They share {MIN_SHARED_PERCENT} % of their tracks or more. Merge those that are one, and dismiss the others.",
        lambda: len(same_genres().pending),
        lambda: reverse("admin:same_genres"),
        "musicdb.view_genre",
        is_slow=True,
    ),
]


def register(*checks: QualityCheck) -> None:
    """Add checks of another app."""
    CHECKS.extend(checks)


def run_checks(has_permission: HasPermission) -> Iterator[CheckResult]:
    """Run each check that the user may see. One query a check, some more for a slow one."""
    for check in CHECKS:
        if has_permission(check.permission):
            count = check.count()
            if check.is_slow:
                cache.set(_cache_key(check), count, SLOW_COUNT_TTL)
            yield CheckResult(check, count, check.url())


def run_fast_checks(has_permission: HasPermission) -> Iterator[CheckResult]:
    """Run the checks as ``run_checks`` does, but in a large library take the last count of each slow one."""
    is_large = Track.objects.order_by("pk")[LARGE_LIBRARY : LARGE_LIBRARY + 1].exists()
    for check in CHECKS:
        if has_permission(check.permission):
            count = cache.get(_cache_key(check)) if check.is_slow and is_large else check.count()
            yield CheckResult(check, count, check.url())


def _cache_key(check: QualityCheck) -> str:
    return f"musicdb.data_quality.{slugify(check.title)}"
