"""What a split of an artist would change: the artists of tracks and albums before and after."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from musicdb.editing.splitting.split import ALBUMS, TRACKS, Credits, Split, SplitError, check, credits_of, fingerprint
from musicdb.models import Artist, Playlist
from musicdb.models.aggregates import ChildRelation
from musicdb.music import name_key

MAX_ROWS_SHOWN = 20


@dataclass(frozen=True)
class PreviewedPart:
    """A part of a split: its name, the artist if there is one, and how many tracks and albums have it afterwards.

    ``same_name`` are artists that have the name of a new one already.
    """

    name: str
    artist: Artist | None
    tracks: int
    albums: int
    same_name: Sequence[Artist]


@dataclass(frozen=True)
class SplitRow:
    """A track or an album whose artists change, which of the two it is, and its artists."""

    row: Any
    kind: str
    before: str
    after: str


@dataclass(frozen=True)
class SplitPreview:
    """What a split would do.

    ``rows`` are the first tracks and albums whose artists change, of ``tracks`` and ``albums``. ``heir`` is the name of
    the part to which the address and the id lead, and ``stays`` whether the artist itself is a part. ``playlists`` are
    those whose rule names the artist. ``seen`` is what ``split_artist`` compares.
    """

    parts: Sequence[PreviewedPart]
    tracks: int
    albums: int
    rows: Sequence[SplitRow]
    heir: str
    stays: bool
    playlists: Sequence[Playlist]
    seen: str

    @property
    def is_shortened(self) -> bool:
        return len(self.rows) < self.tracks + self.albums


def preview_split(artist: Artist, split: Split) -> SplitPreview:
    """Return what ``split_artist`` would do now. Reads only. Raises SplitError, as it does."""
    found = credits_of(artist.pk)
    check(artist, split, found)
    artists = Artist.objects.in_bulk([part.artist for part in split.parts if part.artist is not None])
    if any(part.artist is not None and part.artist not in artists for part in split.parts):
        raise SplitError("Some of these artists no longer exist. Choose again.")
    # New artists have no key yet.
    keys = [part.artist or -place for place, part in enumerate(split.parts, start=1)]
    names = {key: part.name or artists[key].name for key, part in zip(keys, split.parts, strict=True)}
    # Where several have one name, the new ones are marked in the lists of names.
    marked = {key: f"{name} (new)" if key < 0 and name == artist.name else name for key, name in names.items()}
    changed = found.after(artist.pk, split, keys)
    return SplitPreview(
        parts=list(_parts(split, keys, names, artists, found, changed)),
        tracks=len(changed[TRACKS]),
        albums=len(changed[ALBUMS]),
        rows=[*_rows(TRACKS, found, changed, marked), *_rows(ALBUMS, found, changed, marked)],
        heir=names[keys[split.heir]],
        stays=artist.pk in keys,
        playlists=playlists_by_rule(artist),
        seen=fingerprint(artist, found),
    )


def playlists_by_rule(artist: Artist) -> list[Playlist]:
    """Return the playlists whose rule names the artist, by its address or a former one. Two queries."""
    slugs = {artist.slug, *artist.aliases.exclude(slug=None).values_list("slug", flat=True)}
    rules = Playlist.objects.exclude(rule=None)
    return [playlist for playlist in rules if slugs.intersection(QueryDict(playlist.rule).getlist("artist"))]


def _parts(
    split: Split,
    keys: Sequence[int],
    names: Mapping[int, str],
    artists: Mapping[int, Artist],
    found: Credits,
    changed: Mapping[ChildRelation, Mapping[int, Sequence[int]]],
) -> Iterator[PreviewedPart]:
    new = {name_key(part.name) for part in split.parts if part.artist is None}
    same: dict[str, list[Artist]] = {}
    for artist in Artist.objects.filter(name_key__in=new):
        same.setdefault(artist.name_key, []).append(artist)
    numbers = {}
    for relation, members in found.members.items():
        after = [changed[relation].get(owner, before) for owner, before in members.items()]
        numbers[relation] = {key: sum(key in artists_after for artists_after in after) for key in keys}
    for key, part in zip(keys, split.parts, strict=True):
        same_name = same.get(name_key(part.name), []) if part.artist is None else []
        yield PreviewedPart(names[key], artists.get(key), numbers[TRACKS][key], numbers[ALBUMS][key], same_name)


def _rows(
    relation: ChildRelation,
    found: Credits,
    changed: Mapping[ChildRelation, Mapping[int, Sequence[int]]],
    names: Mapping[int, str],
) -> Iterator[SplitRow]:
    """Yield the first rows that change. Two queries."""
    keys = sorted(changed[relation])[:MAX_ROWS_SHOWN]
    rows = relation.owner_model._default_manager.in_bulk(keys)
    before = {key: found.members[relation][key] for key in keys}
    known = Artist.objects.filter(pk__in={member for members in before.values() for member in members})
    named = dict(known.values_list("pk", "name"))
    for key in keys:
        old = ", ".join(named[member] for member in before[key])
        new = ", ".join(names.get(member) or named[member] for member in changed[relation][key])
        yield SplitRow(rows[key], str(rows[key]._meta.verbose_name), old, new)
