"""Links between the forms of the catalogue and the list of runs, in both directions."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from clusters.models import Run
from musicdb.admin.linked.filters import (
    LinkedFilter,
    OfAlbum,
    OfArtist,
    OfGenre,
    OfLabel,
    OfPlaylist,
    OfTrack,
    linked_url,
)
from musicdb.admin.linked.forms import FormLink
from musicdb.admin.linked.forms import register as register_links
from musicdb.models import Album, Artist, Genre, Label, Playlist, Track


class _OfRuns(LinkedFilter):
    """Runs of a genre, or published runs that have the tracks of another row."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() is None else queryset.linked_to(self.owner, self.key)  # type: ignore[attr-defined]


class RunsOfGenre(_OfRuns, OfGenre):
    title = "genre"


class RunsOfArtist(_OfRuns, OfArtist):
    pass


class RunsOfLabel(_OfRuns, OfLabel):
    pass


class RunsOfAlbum(_OfRuns, OfAlbum):
    pass


class RunsOfPlaylist(_OfRuns, OfPlaylist):
    pass


class RunsOfTrack(_OfRuns, OfTrack):
    pass


RUN_FILTERS = (RunsOfGenre, RunsOfArtist, RunsOfLabel, RunsOfAlbum, RunsOfPlaylist, RunsOfTrack)


def register() -> None:
    """Have the forms of the catalogue link to the runs of their tracks."""
    register_links(_runs, Genre, Artist, Label, Album, Playlist, Track)


def _runs(obj: Any, request: HttpRequest) -> Iterator[FormLink]:
    if request.user.has_perm("clusters.view_run"):
        number = Run.objects.linked_to(type(obj), obj.pk).count()
        kind = "" if isinstance(obj, Genre) else "published "
        text = f"{number:,} {kind}run{'' if number == 1 else 's'}"
        yield FormLink(text, linked_url(Run, obj) if number else "")
