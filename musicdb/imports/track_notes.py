"""What the preview says of the tracks of an import as a whole."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from musicdb.imports.messages import Note, name_files
from musicdb.imports.parse import Parsed
from musicdb.imports.resolvers import ResolvedTrack, UnknownTrack

MAX_NAMED = 20


def no_features(parsed: Parsed) -> Note:
    """Return the warning that nothing of an import can be clustered."""
    number = len(parsed.tracks)
    tracks = f"None of the {number:,} tracks has" if number > 1 else "The track has no"
    text = (
        f"{tracks} audio features, so {'they' if number > 1 else 'it'} cannot be clustered. Take an export with audio "
        "features and import it too: exportify.net writes them always, exportify.app if you ask for them."
    )
    return Note("", text, (), name_files(list(dict.fromkeys(row.ref.file for row in parsed.tracks))))


def notes_on_tracks(unsure: Sequence[ResolvedTrack], unknown: Sequence[UnknownTrack]) -> Iterator[Note]:
    """Yield, for each file, which rows fit several tracks of the library, and which fit none and were left out."""
    for file, rows in _by_file(unsure).items():
        number = "1 row fits" if len(rows) == 1 else f"{len(rows):,} rows fit"
        text = f"{number} several tracks of the library, of which the most loved one is taken: {_named(rows)}."
        yield Note("", text, (), file)
    for file, rows in _by_file(unknown).items():
        number = "1 row is about a track" if len(rows) == 1 else f"{len(rows):,} rows are about tracks"
        text = f"{number} that the library does not have, and left out: {_named(rows)}."
        yield Note("", text, (), file)


def _by_file(
    tracks: Sequence[ResolvedTrack] | Sequence[UnknownTrack],
) -> dict[str, list[ResolvedTrack | UnknownTrack]]:
    found: dict[str, list[ResolvedTrack | UnknownTrack]] = defaultdict(list)
    for track in tracks:
        found[track.ref.file].append(track)
    return found


def _named(tracks: Sequence[ResolvedTrack | UnknownTrack]) -> str:
    named = [_name(track) for track in tracks[:MAX_NAMED]]
    if len(tracks) > MAX_NAMED:
        named.append(f"and {len(tracks) - MAX_NAMED:,} more")
    return "; ".join(named)


def _name(track: ResolvedTrack | UnknownTrack) -> str:
    record = track.record
    artists = ", ".join(artist.name for artist in record.artists)
    title = (
        f"“{record.title}”"
        if record.title
        else record.spotify_id or record.values.get("isrc") or "a track without a name"
    )
    return f"{track.ref.place}, {title}{artists and f' by {artists}'}"
