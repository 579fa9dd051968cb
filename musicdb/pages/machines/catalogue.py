"""What the pages of the catalogue are about, from the contexts of their templates."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from musicdb.models import Album, Track
from musicdb.music import format_duration
from musicdb.pages.machines import structured
from musicdb.pages.machines.head import Facts, Picture, counted, names, shorten

Context = dict[str, Any]


def track_facts(track: Track) -> Facts:
    artists, album = track.artists_in_order, track.album
    by = names(artists)
    parts = [f"A track by {by}" if by else "A track"]
    properties = []
    if album:
        parts.append(f"from the album {_titled(album)}")
        properties.append(("music:album", album.get_absolute_url()))
    genres = names(track.genres.all())
    length = "" if track.duration_ms is None else f", {format_duration(track.duration_ms)} long"
    if track.duration_ms is not None:
        properties.append(("music:duration", str(round(track.duration_ms / 1000))))
    sentence = f"{' '.join(parts)}{length}." + (f" Genres: {genres}." if genres else "")
    return Facts(
        title=f"{track.title}, by {by}" if by else track.title,
        description=sentence,
        kind="music.song",
        picture=_art(album),
        properties=[*properties, *_musicians(artists)],
        data=structured.track_page(track),
        crumbs=[*([(album.title, album.get_absolute_url())] if album else []), (track.title, track.get_absolute_url())],
    )


def album_facts(context: Context) -> Facts:
    album: Album = context["album"]
    artists = album.artists_in_order
    by, labels = names(artists), names(album.labels_in_order)
    kind = album.get_album_type_display() if album.album_type else "album"
    sentence = f"{kind[:1].upper()}{kind[1:]}" + (f" by {by}" if by else "")
    sentence += f", released {album.released}" if album.released else ""
    tracks = context["object_list"]
    first = f", with {names(track.title for track in tracks)}" if tracks else ""
    sentence += f": {counted(context['paginator'].count, 'track')}{first}." + (f" Label: {labels}." if labels else "")
    return Facts(
        title=f"{album.title}, by {by}" if by else f"{album.title} ({kind})",
        description=sentence,
        kind="music.album",
        picture=_art(album),
        properties=[*([("music:release_date", album.released)] if album.released else []), *_musicians(artists)],
        data=structured.album_page(album, structured.track_list(context["page_obj"], tracks, with_album=False)),
    )


def artist_facts(context: Context) -> Facts:
    artist, albums = context["artist"], _albums(context)
    genres = context["genres"]
    described = names(genres)
    tracks = structured.track_list(context["page_obj"], context["object_list"])
    count = counted(context["paginator"].count, "track")
    return Facts(
        title=f"{artist.name}, artist",
        description=f"{count} by {shorten(artist.name)}{_on_albums(albums)}."
        + (f" Genres: {described}." if described else ""),
        kind="profile",
        picture=_first_art(albums),
        data=structured.artist_page(artist, genres, albums, tracks),
        crumbs=_crumbs("Artists", "artists", artist),
    )


def label_facts(context: Context) -> Facts:
    label, albums = context["label"], _albums(context)
    count = counted(context["paginator"].count, "track")
    listed = structured.track_list(context["page_obj"], context["object_list"])
    return Facts(
        title=f"{label.name}, label",
        description=f"{count} on the label {shorten(label.name)}{_on_albums(albums)}.",
        picture=_first_art(albums),
        data=structured.collection_page(
            label.name, listed, about={"@type": "Organization", "name": label.name, "url": label.get_absolute_url()}
        ),
        crumbs=_crumbs("Labels", "labels", label),
    )


def genre_facts(context: Context) -> Facts:
    genre = context["genre"]
    artists, tracks = names(context["top_artists"]), list(context["top_tracks"])
    sentence = f"{counted(context['track_count'], 'track')} of {shorten(genre.name)}"
    sentence += f", most of them by {artists}." if artists else "."
    listed = structured.listing((structured.recording(track) for track in tracks), context["track_count"])
    return Facts(
        title=f"{genre.name}, genre",
        description=f"{sentence} Top artists, albums, labels and tracks, and how they sound.",
        picture=_first_art(context["top_albums"]),
        data=structured.collection_page(genre.name, listed, description=genre.description),
        crumbs=_crumbs("Genres", "genres", genre),
    )


def playlist_facts(context: Context) -> Facts:
    playlist, totals = context["playlist"], context["totals"]
    tracks = context["object_list"]
    sentence = f"A playlist of {counted(totals['tracks'], 'track')}"
    sentence += f", with {names(track.title for track in tracks)}." if tracks else "."
    return Facts(
        title=f"{playlist.name}, playlist",
        description=f"{sentence} {playlist.description}",
        kind="music.playlist",
        picture=_first_art(track.album for track in tracks if track.album),
        data=structured.playlist_page(playlist, structured.track_list(context["page_obj"], tracks)),
        crumbs=_crumbs("Playlists", "playlists", playlist),
    )


def list_facts(context: Context, name: str) -> Facts:
    """Return the facts of the list of all rows of a model; ``name`` is what one is called."""
    rows, page = list(context["object_list"]), context["page_obj"]
    total = counted(page.paginator.count, name)
    among = f", such as {names(rows)}" if rows else ""
    title = f"{name.capitalize()}s"
    found = ((str(row), row.get_absolute_url()) for row in rows)
    listed = structured.links(found, page.paginator.count, max(page.start_index(), 1), most=len(rows))
    return Facts(
        title=title,
        description=f"{total} of a music library{among}.",
        data=structured.collection_page(title, listed),
    )


def _titled(album: Album) -> str:
    return f"{shorten(album.title)} ({album.released[:4]})" if album.released else shorten(album.title)


def _art(album: Album | None) -> Picture | None:
    return Picture(album.art, f"Art of {album.title}") if album and album.art else None


def _first_art(albums: Iterable[Album]) -> Picture | None:
    return next((art for album in albums if (art := _art(album))), None)


def _musicians(artists: Iterable[Any]) -> list[tuple[str, str]]:
    return [("music:musician", artist.get_absolute_url()) for artist in artists if artist.has_page]


def _albums(context: Context) -> list[Album]:
    """Return the albums of an artist or label where its page shows them: the first, without a filter."""
    shows_them = context["page_obj"].number == 1 and not context["is_filtered"]
    return list(context["albums"]) if shows_them else []


def _on_albums(albums: list[Album]) -> str:
    if not albums:
        return ""
    years = sorted({album.released[:4] for album in albums if album.released})
    span = f" from {years[0]} to {years[-1]}" if len(years) > 1 else f" from {years[0]}" if years else ""
    return f", on {'albums' if len(albums) > 1 else 'one album'}{span}, such as {names(albums, 2)}"


def _crumbs(title: str, name: str, owner: Any) -> list[tuple[str, str]]:
    return [(title, reverse(name)), (owner.name, owner.get_absolute_url())]
