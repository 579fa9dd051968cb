"""Finds the existing tracks that rows mean which have neither the track's id nor its slug: by ISRC, else by names."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from musicdb.db import one_of
from musicdb.imports.earlier import Earlier, Facts
from musicdb.imports.records import Names, TrackRecord, names_of
from musicdb.models import Track, TrackArtist
from musicdb.models.name_keys import SortKeyField
from musicdb.music import may_be_as_long, search_key

_SORT_KEY: "SortKeyField[str, str]" = Track._meta.get_field("sort_key")


@dataclass(slots=True)
class _Candidate:
    """An existing track, with what tells it from others. Names are folded."""

    pk: int
    title: str
    isrc: str
    spotify_id: str | None
    duration_ms: int | None
    album: str
    liked: bool
    score: int
    # The names of the artists, in the order of the track.
    artists: list[str] = field(default_factory=list)
    # The names of the artists by those of their aliases.
    aliases: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> Names:
        return self.title, tuple(self.artists), self.album

    def artists_named_by(self, record: TrackRecord) -> list[str]:
        """Return the artists of a record, folded. Those of the track have their own names."""
        names = (search_key(artist.name) for artist in record.artists)
        return [name if name in self.artists else self.aliases.get(name, name) for name in names]


@dataclass(frozen=True, slots=True)
class Match:
    """The existing track that a row means. ``is_unsure`` is whether others fit as well."""

    pk: int
    is_unsure: bool
    has_same_artists: bool
    has_same_album: bool


class RecordingFinder:
    """Finds the tracks that rows mean by what they say, for all batches of an import, or of a part of one.

    A track has the ISRC of the row. Where no track has it, it has the title and the artists of the row, compared as
    ``search_key`` folds them, a length that is about the same, and no other ISRC. A row may name some of the artists if
    it names the first one.
    """

    def __init__(self, facts: Facts, earlier: Earlier) -> None:
        self._other_ids = facts.ids
        # A track that a row names exactly is not meant by a row that names another album.
        self._named = facts.names
        self._created, self._identified = earlier.created[Track], earlier.identified
        # Tracks that have got the id of a record.
        self._taken: set[int] = set()

    def find(self, records: Sequence[TrackRecord]) -> Iterator[tuple[TrackRecord, Match]]:
        """Yield the ``records`` that mean an existing track, with that track. Three queries.

        Tracks with an id that rows of the import have are meant by these. A record with an id means only a track
        without one, and no two such records mean the same track. A mention means any release of the song.
        """
        if not records:
            return
        by_isrc, by_title = self._candidates(records)
        for record in records:
            with_isrc = by_isrc.get(record.values.get("isrc") or "", [])
            fitting = [one for one in with_isrc if self._is_free(one, record)] or [
                one
                for one in by_title.get(search_key(record.title), ())
                if self._is_free(one, record) and self._fits(one, record)
            ]
            if fitting:
                match = _best(fitting, record)
                if record.spotify_id and not record.is_mention:
                    self._taken.add(match.pk)
                yield record, match

    def _is_free(self, one: _Candidate, record: TrackRecord) -> bool:
        if not record.spotify_id or record.is_mention:
            return True
        return one.spotify_id is None and one.pk not in self._taken and one.pk not in self._identified

    def _candidates(
        self, records: Sequence[TrackRecord]
    ) -> tuple[dict[str, list[_Candidate]], dict[str, list[_Candidate]]]:
        """Return the tracks that ``records`` may mean, by ISRC and by folded title."""
        isrcs = {isrc for record in records if (isrc := record.values.get("isrc"))}
        # An index finds tracks by their sort key. It folds more than a search key, which then decides.
        titles = {_SORT_KEY.derive(record.title) for record in records}
        conditions = {"isrc__in": one_of(isrcs)}, {"sort_key__in": one_of(titles)}
        loaded = (one for condition in conditions for one in _load(**condition))
        found = {one.pk: one for one in loaded if one.pk not in self._created}
        credited = TrackArtist.objects.filter(track__in=one_of(found)).order_by("track", "position")
        names = ("artist__search_key", "artist__aliases__search_key", "artist__aliases__joint_position")
        places: set[tuple[int, int]] = set()
        for track, position, name, alias, joint_position in credited.values_list("track", "position", *names):
            # An artist is there once for each of its aliases.
            if (track, position) not in places:
                places.add((track, position))
                found[track].artists.append(name)
            if alias and joint_position is None:
                found[track].aliases[alias] = name
        by_isrc, by_title = defaultdict(list), defaultdict(list)
        for one in found.values():
            has_none = one.spotify_id is None or one.pk in self._identified
            if has_none or one.spotify_id not in self._other_ids:
                by_title[one.title].append(one)
                if one.isrc:
                    by_isrc[one.isrc].append(one)
        return by_isrc, by_title

    def _fits(self, one: _Candidate, record: TrackRecord) -> bool:
        artists = one.artists_named_by(record)
        isrcs = {isrc for isrc in (one.isrc, record.values.get("isrc")) if isrc}
        if (
            len(isrcs) > 1
            or not _has_artists(one, artists)
            or not may_be_as_long(one.duration_ms, record.values.get("duration_ms"))
        ):
            return False
        named = names_of(record)
        names = named[0], tuple(artists), named[2]
        if (
            record.must_exist
            or record.is_mention
            or one.names == names
            or not record.album
            or not one.album
            or one.album == names[2]
        ):
            return True
        # Two releases of one recording. They are two tracks where the import has both, or where nothing shows that they
        # are as long.
        return one.duration_ms is not None and "duration_ms" in record.values and one.names not in self._named


def _load(**condition: Any) -> Iterator[_Candidate]:
    columns = ("pk", "search_key", "isrc", "spotify_id", "duration_ms", "album__search_key", "liked", "score")
    for row in Track.objects.filter(**condition).order_by("pk").values_list(*columns):
        pk, title, isrc, spotify_id, duration_ms, album, liked, score = row
        yield _Candidate(pk, title, isrc, spotify_id, duration_ms, album or "", liked, score or 0)


def _has_artists(one: _Candidate, artists: Sequence[str]) -> bool:
    if set(artists) == set(one.artists):
        return True
    return bool(artists) and set(artists) < set(one.artists) and artists[0] == one.artists[0]


def _best(candidates: Sequence[_Candidate], record: TrackRecord) -> Match:
    """Return the candidate that fits best, and of several the most loved one."""
    album = names_of(record)[2]
    length = record.values.get("duration_ms")

    def likeness(one: _Candidate) -> tuple[bool, bool, bool]:
        difference = abs(one.duration_ms - length) if one.duration_ms is not None and length is not None else 1
        return one.album == album, set(one.artists) == set(one.artists_named_by(record)), difference == 0

    best = max(candidates, key=lambda one: (likeness(one), one.liked, one.score, -one.pk))
    return Match(
        best.pk,
        is_unsure=sum(likeness(one) == likeness(best) for one in candidates) > 1,
        has_same_artists=set(best.artists) == set(best.artists_named_by(record)),
        has_same_album=best.album == album or not best.album,
    )
