"""The kinds of things that visitors find by their names, and how each kind is searched and shown."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from musicdb.db.name_lookups import Holds
from musicdb.models import (
    Album,
    AlbumAlias,
    Artist,
    ArtistAlias,
    Genre,
    GenreAlias,
    Label,
    LabelAlias,
    Playlist,
    PlaylistAlias,
    Track,
    TrackAlias,
)
from musicdb.models.querysets import rows_with
from musicdb.models.visibility import Visibility


@dataclass(frozen=True)
class Way:
    """Rows whose ``column`` has a name, and the column that says of which row of the group it is the name.

    ``inside`` is the look-up that finds words inside the names.
    """

    rows: Callable[[], QuerySet[Any]]
    owner: str = "pk"
    column: str = "search_key"
    inside: type[Holds] = Holds


@dataclass(frozen=True)
class Hit:
    """A row that was found. ``by``: the names of its artists, or of what it is in. ``size`` is None where unknown."""

    name: str
    address: str
    by: Sequence[str] = ()
    size: int | None = None
    slug: str | None = None


@dataclass(frozen=True)
class Group:
    """One kind of rows.

    ``ways`` lead to the rows that may have a page, and ``visible`` to those that have one; where it is None, all may.
    It is asked about the candidates alone, since its condition takes long to plan. ``size`` is SQL for the number of
    tracks of the row ``t``, by which those that match alike are sorted, the largest first; ``order`` is the order of
    those that are as large. ``candidates``: so many rows, those that match best, are counted and sorted at most.
    ``read`` returns the rows with all that ``hit`` shows of one. ``page`` is the name of a list of all, which takes the
    same words as ``q``.
    """

    kind: str
    title: str
    model: Any
    ways: Sequence[Way]
    size: str
    read: Callable[[], QuerySet[Any]]
    hit: Callable[[Any, int | None], Hit]
    order: str = "t.sort_key, t.id"
    candidates: int = 100
    visible: Way | None = None
    page: str = ""

    def address_of_list(self) -> str:
        return reverse(self.page) if self.page else ""


def _names(owners: Iterable[Any]) -> list[str]:
    return [owner.name for owner in owners]


def _named(row: Any, size: int | None) -> Hit:
    return Hit(row.name, row.get_absolute_url(), size=size, slug=row.slug)


def _album(album: Album, size: int | None) -> Hit:
    return Hit(album.title, album.get_absolute_url(), _names(album.artists_in_order), size, album.slug)


def _track(track: Track, size: int | None) -> Hit:
    return Hit(track.title, track.get_absolute_url(), _names(track.artists_in_order), slug=track.slug)


def _playlist(playlist: Playlist, size: int | None) -> Hit:
    # To count what a rule finds can mean to read every track.
    return _named(playlist, None if playlist.has_rule else size)


def _ways(model: Any, alias: Any) -> tuple[Way, Way]:
    """Return the ways to rows of a model with visibility, and to those that are not hidden by an editor alone."""
    return (
        Way(lambda: model.objects.exclude(visibility=Visibility.HIDDEN)),
        Way(lambda: alias.objects.exclude(target__visibility=Visibility.HIDDEN), "target_id"),
    )


ARTISTS = Group(
    "artist",
    "Artists",
    Artist,
    _ways(Artist, ArtistAlias),
    "(SELECT COUNT(*) FROM musicdb_trackartist r WHERE r.artist_id = t.id)",
    Artist.objects.all,
    _named,
    visible=Way(lambda: Artist.objects.visible(of_few=True)),
    page="artists",
)
ALBUMS = Group(
    "album",
    "Albums",
    Album,
    (Way(Album.objects.all), Way(AlbumAlias.objects.all, "target_id")),
    "(SELECT COUNT(*) FROM musicdb_track r WHERE r.album_id = t.id)",
    lambda: Album.objects.only("title", "slug").prefetch_related(rows_with(Album, "album_artists", "artist")),
    _album,
)
TRACKS = Group(
    "track",
    "Tracks",
    Track,
    (Way(Track.objects.all), Way(TrackAlias.objects.all, "target_id")),
    "1",
    lambda: Track.objects.only("title", "slug").prefetch_related(rows_with(Track, "track_artists", "artist")),
    _track,
    "COALESCE(t.score, -1) DESC, t.liked DESC, t.sort_key, t.id",
)
LABELS = Group(
    "label",
    "Labels",
    Label,
    _ways(Label, LabelAlias),
    "(SELECT COUNT(*) FROM musicdb_albumlabel r JOIN musicdb_track s ON s.album_id = r.album_id "
    "WHERE r.label_id = t.id)",
    Label.objects.all,
    _named,
    candidates=25,
    visible=Way(lambda: Label.objects.visible(of_few=True)),
    page="labels",
)
GENRES = Group(
    "genre",
    "Genres",
    Genre,
    (Way(Genre.objects.all), Way(GenreAlias.objects.all, "target_id")),
    "(SELECT COUNT(*) FROM musicdb_track_genres r WHERE r.genre_id = t.id)",
    Genre.objects.all,
    _named,
    candidates=25,
    page="genres",
)
PLAYLISTS = Group(
    "playlist",
    "Playlists",
    Playlist,
    _ways(Playlist, PlaylistAlias),
    "(SELECT COUNT(*) FROM musicdb_playlistentry r WHERE r.playlist_id = t.id)",
    Playlist.objects.all,
    _playlist,
    candidates=25,
    page="playlists",
)
CATALOGUE_GROUPS = (ARTISTS, ALBUMS, TRACKS, LABELS, GENRES, PLAYLISTS)
