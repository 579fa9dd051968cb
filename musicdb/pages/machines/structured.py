"""The catalogue in the words of schema.org, as JSON-LD.

Each function returns a node with paths for addresses. ``document`` makes them absolute and puts a page together. The
rows come with all that is read from them, as the pages read them, so nothing here asks the database.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from musicdb.models import Album, Artist, Label, Playlist, Track

SCHEMA = "https://schema.org"
# A list says this many of its things, and how many there are.
MAX_LISTED = 50

# The keys whose values are addresses.
_ADDRESSES = {"url", "item", "@id", "image", "sameAs", "contentUrl"}
_RELEASE_TYPES = {"album": "AlbumRelease", "single": "SingleRelease", "ep": "EPRelease"}

Node = dict[str, Any]


def document(
    data: Mapping[str, Any] | None, crumbs: Sequence[tuple[str, str]], own: str, absolute: Callable[[str], str]
) -> Node:
    """Return the graph of a page at the address ``own``: its main thing, if any, and the pages that lead to it."""
    nodes: list[Any] = []
    if data:
        nodes.append({**data, "@id": own, "url": own})
    if len(crumbs) > 1:
        places = [
            {"@type": "ListItem", "position": position, "name": name, "item": path}
            for position, (name, path) in enumerate(crumbs, start=1)
        ]
        nodes.append({"@type": "BreadcrumbList", "itemListElement": places})
    return {"@context": SCHEMA, "@graph": [_known(node, absolute) for node in nodes]}


def duration(milliseconds: int) -> str:
    """Return a length as ISO 8601 writes it.

    >>> duration(187_400), duration(3_600_000)
    ('PT3M7S', 'PT60M0S')
    """
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    return f"PT{minutes}M{seconds}S"


def group(artist: Artist) -> Node:
    """Return an artist by name, with the address of its page if it has one."""
    return {"@type": "MusicGroup", "name": artist.name, "url": artist.get_absolute_url() if artist.has_page else ""}


def organisation(label: Label) -> Node:
    return {"@type": "Organization", "name": label.name, "url": label.get_absolute_url() if label.has_page else ""}


def album_in_short(album: Album) -> Node:
    return {"@type": "MusicAlbum", "name": album.title, "url": album.get_absolute_url()}


def recording(track: Track, *, with_album: bool = True) -> Node:
    """Return a track as a row of a list shows it."""
    return {
        "@type": "MusicRecording",
        "name": track.title,
        "url": track.get_absolute_url(),
        "byArtist": [group(artist) for artist in track.artists_in_order],
        "inAlbum": album_in_short(track.album) if with_album and track.album else None,
        "isrcCode": track.isrc,
        "duration": "" if track.duration_ms is None else duration(track.duration_ms),
        "sameAs": track.spotify_url,
    }


def track_page(track: Track) -> Node:
    art = track.album.art if track.album else ""
    return {**recording(track), "genre": [genre.name for genre in track.genres.all()], "image": art}


def album_page(album: Album, tracks: Node) -> Node:
    kind = _RELEASE_TYPES.get(album.album_type, "")
    labels = [organisation(label) for label in album.labels_in_order]
    release = {"@type": "MusicRelease", "name": album.title, "recordLabel": labels, "datePublished": album.released}
    is_compilation = album.album_type == "compilation"
    return {
        "@type": "MusicAlbum",
        "name": album.title,
        "byArtist": [group(artist) for artist in album.artists_in_order],
        "datePublished": album.released,
        "image": album.art,
        "albumReleaseType": f"{SCHEMA}/{kind}" if kind else "",
        "albumProductionType": f"{SCHEMA}/CompilationAlbum" if is_compilation else "",
        "albumRelease": release if labels or album.released else None,
        "sameAs": album.spotify_url,
        "numTracks": tracks["numberOfItems"],
        "track": tracks,
    }


def artist_page(artist: Artist, genres: Iterable[Any], albums: Iterable[Album], tracks: Node) -> Node:
    return {
        "@type": "MusicGroup",
        "name": artist.name,
        "sameAs": artist.spotify_url,
        "genre": [genre.name for genre in genres],
        "album": [album_in_short(album) for album in list(albums)[:MAX_LISTED]],
        "track": tracks,
    }


def playlist_page(playlist: Playlist, tracks: Node) -> Node:
    return {
        "@type": "MusicPlaylist",
        "name": playlist.name,
        "description": playlist.description,
        "numTracks": tracks["numberOfItems"],
        "track": tracks,
    }


def listing(items: Iterable[Node], total: int, start: int = 1, most: int = MAX_LISTED) -> Node:
    """Return a list of ``total`` things, of which ``items`` begin at the place ``start``, from 1."""
    places = [
        {"@type": "ListItem", "position": position, "item": item}
        for position, item in enumerate(list(items)[:most], start=start)
    ]
    return {"@type": "ItemList", "numberOfItems": total, "itemListElement": places}


def track_list(page: Any, tracks: Iterable[Track], *, with_album: bool = True) -> Node:
    """Return the tracks on a page of a list."""
    return listing(
        (recording(track, with_album=with_album) for track in tracks), page.paginator.count, max(page.start_index(), 1)
    )


def links(rows: Iterable[tuple[str, str]], total: int, start: int = 1, most: int = MAX_LISTED) -> Node:
    """Return a list of pages, each with its name and path."""
    places = [
        {"@type": "ListItem", "position": position, "name": name, "url": path}
        for position, (name, path) in enumerate(list(rows)[:most], start=start)
    ]
    return {"@type": "ItemList", "numberOfItems": total, "itemListElement": places}


def collection_page(name: str, listed: Node, **more: Any) -> Node:
    return {"@type": "CollectionPage", "name": name, "mainEntity": listed, **more}


def _known(value: Any, absolute: Callable[[str], str], key: str = "") -> Any:
    """Return ``value`` without what is empty, and with absolute addresses."""
    if isinstance(value, Mapping):
        known = {name: _known(each, absolute, name) for name, each in value.items()}
        return {name: each for name, each in known.items() if each not in ("", None, [], {})}
    if isinstance(value, list):
        return [_known(each, absolute, key) for each in value]
    if isinstance(value, str) and key in _ADDRESSES:
        return absolute(value)
    return value
