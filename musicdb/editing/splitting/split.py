"""Split an artist that is several: its tracks and albums go to these, and its name, address and id lead to them.

Of two artists of one name, each track and album goes to one. A name such as "A feat. B" becomes a joint name of both:
an import that finds it credits both. The whole split can be undone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.utils.text import get_text_list

from musicdb import history
from musicdb.db import in_batches, retry_on_deadlock
from musicdb.models import Album, Artist, ArtistAlias, GroupedChange, Track
from musicdb.models.aggregates import ChildRelation, aggregate_of
from musicdb.models.history import ChangeType
from musicdb.music import name_key

BATCH = 500
MAX_PARTS = 10
# As many as a request can change before a server gives it up.
MAX_ROWS = 20_000
TRACKS = aggregate_of(Track).child_relation("artists")
ALBUMS = aggregate_of(Album).child_relation("artists")


class SplitError(ValueError):
    """The artist cannot be split this way. The message tells a person why, and what to do."""


class SplitChangedError(SplitError):
    """Somebody has changed the artist, its tracks or its albums since the preview."""


@dataclass(frozen=True)
class SplitPart:
    """One of the artists that an artist is: an existing one by its key, or a new one by its name.

    The artist that is split stays if it is a part itself. It may get another name then.
    """

    artist: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Split:
    """How an artist is split into ``parts``, at least two.

    With ``is_joint`` every track and album has all of them, in order, where it had the artist. Otherwise each has one,
    by its place in ``parts``: that of ``tracks`` or ``albums``, by their keys, for a track else that of its album, else
    ``rest``. The address and the Spotify id lead to the first part if it is joint, else to ``rest``.
    """

    parts: Sequence[SplitPart]
    is_joint: bool
    rest: int = 0
    tracks: Mapping[int, int] = field(default_factory=dict)
    albums: Mapping[int, int] = field(default_factory=dict)

    @property
    def heir(self) -> int:
        """The place of the part to which the address and the id lead."""
        return 0 if self.is_joint else self.rest

    def part_of_track(self, track: int, album: int | None) -> int:
        by_album = self.rest if album is None else self.albums.get(album, self.rest)
        return self.tracks.get(track, by_album)


@dataclass(frozen=True)
class Credits:
    """The artists of the tracks and albums that have an artist, by the key of the owner. ``albums_of`` are by track."""

    members: Mapping[ChildRelation, Mapping[int, Sequence[int]]]
    albums_of: Mapping[int, int | None]

    def after(self, artist: int, split: Split, keys: Sequence[int]) -> dict[ChildRelation, dict[int, list[int]]]:
        """Return the artists of each track and album whose artists change. ``keys`` are those of the parts."""
        changed: dict[ChildRelation, dict[int, list[int]]] = {}
        for relation, of_owners in self.members.items():
            changed[relation] = {}
            for owner, members in of_owners.items():
                own = keys if split.is_joint else [keys[self._part(relation, owner, split)]]
                after = [key for member in members for key in (own if member == artist else [member])]
                if (after := list(dict.fromkeys(after))) != list(members):
                    changed[relation][owner] = after
        return changed

    def _part(self, relation: ChildRelation, owner: int, split: Split) -> int:
        if relation is ALBUMS:
            return split.albums.get(owner, split.rest)
        return split.part_of_track(owner, self.albums_of[owner])


@dataclass(frozen=True)
class SplitDone:
    """The result of a split: its parts as they are now, and how many tracks and albums have other artists now."""

    parts: Sequence[Artist]
    tracks: int
    albums: int
    change: GroupedChange


def split_artist(artist: Artist, split: Split, user: AbstractBaseUser, seen: str = "") -> SplitDone:
    """Split ``artist`` in one transaction. The history of each row that changes says so.

    ``seen`` is what the preview returned: SplitChangedError is raised if the artist, its tracks or its albums are
    others now. Raises SplitError.
    """
    return retry_on_deadlock(lambda: _split(artist.pk, split, user, seen))


def credits_of(artist: int) -> Credits:
    """Return the tracks and albums of an artist with their artists. Raises SplitError if they are too many."""
    owners = {relation: relation.owners_of([artist]) for relation in (TRACKS, ALBUMS)}
    if (number := sum(map(len, owners.values()))) > MAX_ROWS:
        raise SplitError(
            f"An artist with at most {MAX_ROWS:,} tracks and albums can be split, and this one has {number:,}. "
            "Give a part of them to another artist first: select them in their list, and edit them together."
        )
    albums_of: dict[int, int | None] = {}
    for batch in in_batches(owners[TRACKS]):
        albums_of.update(Track.objects.filter(pk__in=batch).order_by().values_list("pk", "album"))
    return Credits({relation: relation.members(keys) for relation, keys in owners.items()}, albums_of)


def fingerprint(artist: Artist, found: Credits) -> str:
    """Return what is another text once the artist, its tracks or its albums have changed."""
    credited = [sorted(members.items()) for members in found.members.values()]
    facts = [artist.name, artist.slug, artist.spotify_id, credited, sorted(found.albums_of.items())]
    return sha256(repr(facts).encode()).hexdigest()


def check(artist: Artist, split: Split, found: Credits) -> None:
    """Raise SplitError where the split makes no sense. ``found`` are the credits of the artist."""
    parts = split.parts
    if len(parts) < 2:
        raise SplitError("Name at least two artists.")
    if len(parts) > MAX_PARTS:
        raise SplitError(f"Name at most {MAX_PARTS} artists.")
    for place, part in enumerate(parts):
        if part.artist is None and not part.name:
            raise SplitError(f"Artist {place + 1} has no name.")
        if part.artist not in (None, artist.pk) and part.name:
            raise SplitError(f"Artist {place + 1}: choose an artist or enter the name of a new one, not both.")
    existing = [part.artist for part in parts if part.artist is not None]
    new = [name_key(part.name) for part in parts if part.artist is None]
    if len(set(existing)) < len(existing) or len(set(new)) < len(new):
        raise SplitError("An artist is there twice. Name each once.")
    if not split.is_joint:
        _check_shares(artist, split, found)


def _check_shares(artist: Artist, split: Split, found: Credits) -> None:
    places = range(len(split.parts))
    if not {split.rest, *split.tracks.values(), *split.albums.values()}.issubset(places):
        raise SplitError("A track or an album goes to an artist that is not there.")
    with_tracks = (split.part_of_track(track, album) for track, album in found.albums_of.items())
    with_albums = (split.albums.get(album, split.rest) for album in found.members[ALBUMS])
    used = {*with_tracks, *with_albums}
    for place, part in enumerate(split.parts):
        # The artist itself may stay without any.
        if place not in used and part.artist != artist.pk:
            raise SplitError(
                f"Artist {place + 1} would get no track and no album. Choose some for it, or leave it out."
            )


# --- The split ---------------------------------------------------------------------------------------------------


def _split(key: int, split: Split, user: AbstractBaseUser, seen: str) -> SplitDone:
    artists = _lock(key, split)
    artist = artists[key]
    _lock_owners(key)
    found = credits_of(key)
    if seen and seen != fingerprint(artist, found):
        raise SplitChangedError(
            "Somebody has changed the artist, its tracks or its albums in the meantime, so nothing was split. "
            "This is what would change now."
        )
    check(artist, split, found)
    stays = any(part.artist == key for part in split.parts)
    existing = {part.artist for part in split.parts if part.artist is not None}
    history.baseline(Artist, existing | {key})
    former = str(artist)
    parts = [artists[part.artist] if part.artist else _create(part.name, artist) for part in split.parts]
    _refuse_other_joint_name(artist, split, parts, stays)
    own, of_part, of_owner = _reasons(artist, parts)
    group = GroupedChange.objects.create(
        kind=ChangeType.SPLIT,
        model_name=Artist.__name__,
        row=key,
        summary=f"Artist “{artist}” ({artist.slug}): {own}",
        made_by_id=user.pk,
    )
    changed = found.after(key, split, [part.pk for part in parts])
    for relation, members in changed.items():
        _give(relation, members, history.Change(ChangeType.SPLIT, user, of_owner, group=group))
    of_artist = history.Change(ChangeType.SPLIT, user, own, group=group)
    if stays:
        _rename(artist, split)
    else:
        # Before its aliases move, so that the version states them.
        history.record_deletes(Artist, [key], of_artist)
    _lead_to(parts, artist, former, split, stays)
    if not stays:
        with history.signals_disabled():
            Artist.objects.filter(pk=key).delete()
    history.record_updates(Artist, [key], of_artist)
    of_parts = history.Change(ChangeType.SPLIT, user, of_part, group=group)
    history.record_updates(Artist, existing - {key}, of_parts)
    history.record_creates(Artist, [part.pk for part in parts if part.pk not in existing], of_parts)
    LogEntry.objects.log_actions(user.pk, [artist], CHANGE if stays else DELETION, own)
    if made := [part for part in parts if part.pk not in existing]:
        LogEntry.objects.log_actions(user.pk, made, ADDITION, of_part)
    return SplitDone(parts, len(changed[TRACKS]), len(changed[ALBUMS]), group)


def _lock(key: int, split: Split) -> dict[int, Artist]:
    wanted = {key, *(part.artist for part in split.parts if part.artist is not None)}
    found = {artist.pk: artist for artist in Artist.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    if len(found) < len(wanted):
        raise SplitError("Some of these artists no longer exist: somebody may have merged or deleted them just now.")
    return found


def _lock_owners(key: int) -> None:
    """Keep the tracks and albums of an artist from being saved until they have other artists."""
    for relation in (TRACKS, ALBUMS):
        for batch in in_batches(relation.owners_of([key])):
            rows: Any = relation.owner_model._default_manager.select_for_update().filter(pk__in=batch)
            list(rows.order_by("pk").values_list("pk", flat=True))


def _create(name: str, artist: Artist) -> Artist:
    """Make a new part. What an editor has hidden or shown is so in all parts."""
    part = Artist(name=name, visibility=artist.visibility)
    with history.signals_disabled():
        part.save()
    return part


def _rename(artist: Artist, split: Split) -> None:
    name = next(part.name for part in split.parts if part.artist == artist.pk)
    if name and name != artist.name:
        artist.name = name
        with history.signals_disabled():
            artist.save(update_fields=["name"])


def _reasons(artist: Artist, parts: Sequence[Artist]) -> tuple[str, str, str]:
    """Return what the history says: of the artist, of each part, and of the tracks and albums."""
    with_addresses = get_text_list([f"“{part}” ({part.slug})" for part in parts], "and")
    names = get_text_list([f"“{part}”" for part in parts], "and")
    return (
        f"Split into {with_addresses}.",
        f"Split from “{artist}” ({artist.slug}).",
        f"Artist “{artist}” split into {names}.",
    )


def _give(relation: ChildRelation, members: Mapping[int, Sequence[int]], change: history.Change) -> None:
    for batch in in_batches(members, BATCH):
        history.baseline(relation.owner_model, batch)
        relation.replace({owner: members[owner] for owner in batch})
        history.record_updates(relation.owner_model, batch, change)


# --- Names, addresses and ids ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Name:
    """A name that led to the artist, with the address and the id that did, and its place where it is a joint name."""

    name: str
    slug: str | None = None
    spotify_id: str | None = None
    joint_position: int | None = None


def _lead_to(parts: Sequence[Artist], artist: Artist, former: str, split: Split, stays: bool) -> None:
    """Make the name of the artist lead to the parts, and where it does not stay, its address, ids and aliases too."""
    names = [_Name(former)]
    if not stays:
        names = [_Name(former, artist.slug, artist.spotify_id)]
        columns = ("name", "slug", "spotify_id", "joint_position")
        names += [_Name(*row) for row in artist.aliases.order_by("pk").values_list(*columns)]
        # No two aliases may have one address.
        artist.aliases.all().delete()
    present = set(
        ArtistAlias.objects.filter(target__in=parts, slug=None, spotify_id=None).values_list(
            "target", "name", "joint_position"
        )
    )
    made = []
    for one in names:
        for place, part, joint_position in _led_to(one, parts, split):
            alias = ArtistAlias(target=part, name=one.name, joint_position=joint_position)
            if place == split.heir:
                alias.slug, alias.spotify_id = one.slug, one.spotify_id
            if alias.slug or alias.spotify_id or (part.pk, one.name, joint_position) not in present:
                present.add((part.pk, one.name, joint_position))
                made.append(alias)
    ArtistAlias.objects.bulk_create(made)


def _led_to(name: _Name, parts: Sequence[Artist], split: Split) -> Iterator[tuple[int, Artist, int | None]]:
    """Yield each part to which a name leads, with its place among the parts, and in the joint name."""
    for place, part in enumerate(parts):
        if split.is_joint:
            yield place, part, place if name.joint_position is None else name.joint_position
        elif name_key(part.name) != name_key(name.name) or (place == split.heir and (name.slug or name.spotify_id)):
            yield place, part, name.joint_position


def _refuse_other_joint_name(artist: Artist, split: Split, parts: Sequence[Artist], stays: bool) -> None:
    """Raise SplitError where the name stands for other artists already: it can mean one list of artists only."""
    if not split.is_joint:
        return
    keys = {artist.name_key}
    if not stays:
        keys.update(artist.aliases.filter(joint_position=None).values_list("name_key", flat=True))
    standing: dict[str, list[Artist]] = {}
    for alias in ArtistAlias.objects.joint().filter(name_key__in=keys).select_related("target"):
        standing.setdefault(alias.name, []).append(alias.target)
    for name, others in standing.items():
        if list(dict.fromkeys(others)) != list(parts):
            listed = get_text_list([f"“{other}”" for other in others], "and")
            raise SplitError(
                f"“{name}” stands for {listed} already. Split into the same artists, or delete that joint name on the "
                "page of each of them first."
            )
