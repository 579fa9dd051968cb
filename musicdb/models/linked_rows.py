"""Rows of one model that belong to a row of another: the tracks of a label, the playlists of an artist."""

from typing import Any

from django.db.models import Q, QuerySet

from musicdb.models.catalogue import Album, Artist, Genre, Label, Track
from musicdb.models.members import AlbumArtist, AlbumLabel, TrackArtist
from musicdb.models.playlists import Playlist, PlaylistEntry


def tracks_linked_to(owner: type[Any], key: int) -> QuerySet[Track]:
    """Return the tracks of the row of ``owner`` with this key. Of a playlist with a rule there are none."""
    tracks = Track.objects.order_by()
    if owner is Track:
        return tracks.filter(pk=key)
    if owner is Album:
        return tracks.filter(album=key)
    if owner is Label:
        return tracks.filter(album__in=AlbumLabel.objects.filter(label=key).order_by().values("album"))
    return tracks.filter(pk__in=track_keys_linked_to(owner, key))


def track_keys_linked_to(owner: type[Any], key: int) -> QuerySet[Any, Any]:
    """Return a query for the keys of the tracks that ``tracks_linked_to`` returns. A key may be in it twice."""
    through: dict[type[Any], QuerySet[Any]] = {
        Artist: TrackArtist.objects.filter(artist=key),
        Genre: Track.genres.through.objects.filter(genre=key),
        Playlist: PlaylistEntry.objects.filter(playlist=key),
    }
    if owner in through:
        return through[owner].order_by().values("track")
    return tracks_linked_to(owner, key).values("pk")


def link_condition(model: type[Any], owner: type[Any], key: int) -> Q:
    """Return the condition that a track, album or playlist belongs to the row of ``owner`` with this key.

    An album belongs to the artists of its tracks and to its own. Each row is found once.
    """
    tracks = tracks_linked_to(owner, key)
    if model is Track:
        return Q(pk__in=tracks.values("pk"))
    if model is Playlist:
        return Q(pk__in=PlaylistEntry.objects.filter(track__in=tracks).order_by().values("playlist"))
    if owner is Label:
        return Q(pk__in=AlbumLabel.objects.filter(label=key).order_by().values("album"))
    of_tracks = Q(pk__in=tracks.exclude(album=None).values("album"))
    if owner is Artist:
        return of_tracks | Q(pk__in=AlbumArtist.objects.filter(artist=key).order_by().values("album"))
    return of_tracks
