"""Finds the albums that records mention or have rows about.

Two records mean one album if

- they have the same Spotify id, or the same slug in musicdb's own files, or else
- they have the same UPC, and nothing speaks against it: neither has a Spotify id that the other has not, or else
- they have the same title, nothing speaks against it, and something speaks for it.

Against it speak two Spotify ids, two UPCs, a single and an album, dates that contradict each other, labels that are not
the same, and artists of the album none of whom is the same. An EP may be anything: Spotify calls one a single.

For it speaks an artist that both have, as an artist of the album or of a track on it. If they have none in common, the
same day speaks for it: four tracks by four artists on "Barbie The Album" of 21 July 2023 are on one album. The
first of January is what services write where they know the year alone, so that day, like a month, counts only with the
same labels.
The same year does not count: two "Greatest Hits" of 1981 are two, even on one label.

Of two dates that agree, the album has the finer one, whichever came first.

An album that has been merged into another is found by its own id, slug, UPC and title, and means the other one. A row
about it changes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import replace

from musicdb.db import in_batches, one_of
from musicdb.imports.earlier import Earlier, Facts
from musicdb.imports.entities import Entity
from musicdb.imports.messages import Problem, RowRef, RowRefusedError
from musicdb.imports.parsed import ParsedEntity
from musicdb.imports.records import AlbumRecord, ArtistRecord, name_of, slug_of
from musicdb.imports.resolvers.aliases import AliasResolver
from musicdb.imports.resolvers.facts import has_title_alone, is_coarse
from musicdb.imports.resolvers.lookup import Lookup, insert
from musicdb.imports.resolvers.named import NamedResolver, refuse_unknown
from musicdb.imports.resolvers.rows import ResolvedRow, ids_agree
from musicdb.models import Album, AlbumArtist, AlbumLabel, TrackArtist
from musicdb.music import ReleaseDate, dates_agree, finer_date, is_full_date, name_key, plain_spelling

_GIVEN = ("title", "spotify_id", "released", "image_url", "labels", "artists", "album_type", "upc", "copyrights")
_BITS = {column: 1 << place for place, column in enumerate(_GIVEN)}


class AlbumResolver:
    """The albums of an import: existing rows, and new ones."""

    def __init__(self, labels: NamedResolver, artists: NamedResolver, facts: Facts, earlier: Earlier) -> None:
        self.lookup = Lookup(Album, earlier.created[Album])
        self.created: list[Entity] = []
        self._labels = labels
        self._album_artists = artists
        self._by_file_slug: dict[str, Entity] = {}
        self._with_file_slug: set[Entity] = set()
        # The albums that have rows of their own. A track that gives no more than a title means one of them.
        self._with_rows: defaultdict[str, list[Entity]] = defaultdict(list)
        # The name keys of the artists of an album and of those who have a track on it.
        self._artists: defaultdict[Entity, set[str]] = defaultdict(set)
        self._by_upc: dict[str, list[Entity]] = {}
        # The finest dates of the import, by the album's plain title and the name key of an artist.
        self._finest = facts.finest_dates
        # The columns that a record has given. If several records give one, the first counts.
        # Each is a bit.
        self.given: dict[Entity, int] = {}
        # The name keys of artists that records gave to an album which had others already.
        self.more_artists: defaultdict[Entity, set[str]] = defaultdict(set)
        self._earlier = earlier

    def entities(self) -> Iterator[Entity]:
        yield from self.lookup.rows.values()
        yield from self.created

    def load(self, albums: Iterable[AlbumRecord]) -> None:
        """Load what track rows may mean."""
        wanted = list(albums)
        slugs = dict.fromkeys(one.slug for one in wanted if one.slug and one.slug not in self._by_file_slug)
        self._complete(self.lookup.load(slugs=slugs))
        for slug in slugs:
            if entity := self.lookup.by_slug.get(slug) or self.lookup.by_alias_slug.get(slug):
                self._assign_slug(slug, entity)
        open_ones = [one for one in wanted if one.slug not in self._by_file_slug]
        self._complete(
            self.lookup.load(
                ids=(one.spotify_id for one in open_ones),
                names=(one.title for one in open_ones),
                upcs=(upc for one in open_ones for upc in _ways_to_write(one.upc)),
            )
        )

    def load_keys(self, keys: Iterable[int]) -> None:
        self._complete(self.lookup.load(keys=keys))

    def _complete(self, loaded: Sequence[Entity]) -> None:
        """Add the labels and the artists of albums, and the names of their tracks' artists. Three queries a batch."""
        for batch in in_batches(loaded):
            albums = {album.pk: album for album in batch}
            for album in batch:
                album.values["labels"], album.values["artists"] = [], []
            rows = AlbumLabel.objects.filter(album__in=one_of(albums)).order_by("album", "position")
            for pk, label, name in rows.values_list("album", "label", "label__name"):
                albums[pk].values["labels"].append(self._labels.lookup.known(label, name))
            credited = AlbumArtist.objects.filter(album__in=one_of(albums)).order_by("album", "position")
            columns = ("album", "artist", "artist__name", "artist__spotify_id")
            for pk, artist, name, spotify_id in credited.values_list(*columns):
                albums[pk].values["artists"].append(self._album_artists.lookup.known(artist, name, spotify_id))
                self._artists[albums[pk]].add(name_key(name))
            keys = TrackArtist.objects.filter(track__album__in=one_of(albums)).order_by()
            for pk, key in keys.values_list("track__album", "artist__name_key").distinct():
                self._artists[albums[pk]].add(key)
            for album in batch:
                self._artists[album].update(self._earlier.more_artists.get(album.pk or 0, ()))
                self._add_upc(album)

    # --- What track rows mention -------------------------------------------------------------------------------

    def find(self, record: AlbumRecord, artists: Sequence[str], current: Entity | None) -> Entity:
        """Return the album of a track, with the values that the record gives. It is new if there is none like it.

        ``artists`` are the names of the track's artists, and ``current`` is the album that the track is on now.
        """
        of_track = frozenset(map(name_key, artists))
        record = self._with_finest_date(record, of_track)
        labels = list(dict.fromkeys(self._labels.find(label) for label in record.labels))
        keys = of_track | _keys_of(record.artists)
        album = (
            (self._by_id(record.spotify_id) if record.spotify_id else self._by_file_slug.get(record.slug))
            or self._find_by_upc(record)
            or self._find_by_title(record, labels, keys, current)
        )
        if album is None:
            album = self._create(record)
        if record.slug:
            self._assign_slug(record.slug, album)
        if not self._is_merged(record, album):
            self._give(album, record, labels)
        self._artists[album].update(of_track)
        return album

    def _by_id(self, spotify_id: str) -> Entity | None:
        return self.lookup.by_id.get(spotify_id) or self.lookup.by_alias_id.get(spotify_id)

    def _is_merged(self, record: AlbumRecord, album: Entity) -> bool:
        """Return whether the record is about an album that has been merged into this one."""
        if record.spotify_id:
            return (
                self.lookup.by_id.get(record.spotify_id) is not album and record.spotify_id in self.lookup.by_alias_id
            )
        return bool(record.slug) and self.lookup.by_alias_slug.get(record.slug) is album

    def _with_finest_date(self, record: AlbumRecord, artists: Iterable[str]) -> AlbumRecord:
        """Return ``record`` with the finest date that the import has for its title and one of ``artists``, as keys."""
        released = record.released
        if not is_coarse(record) or not has_title_alone(record):
            return record
        for artist in artists:
            released = finer_date(released, self._finest.get((plain_spelling(record.title), artist)))
        return record if released == record.released else replace(record, released=released)

    def _find_by_upc(self, record: AlbumRecord) -> Entity | None:
        if not record.upc:
            return None
        candidates = self._by_upc.get(_upc_key(record.upc), ())
        merged = (self.lookup.by_alias_upc.get(upc) for upc in _ways_to_write(record.upc))
        found = next((album for album in candidates if _may_have_id(album, record)), None)
        return found or next((album for album in merged if album and _may_have_id(album, record)), None)

    def _find_by_title(
        self, record: AlbumRecord, labels: list[Entity], artists: Collection[str], current: Entity | None
    ) -> Entity | None:
        with_rows = self._with_rows.get(plain_spelling(record.title), ()) if self._with_rows else ()
        if len(with_rows) == 1 and record == AlbumRecord(record.title):
            return with_rows[0]
        candidates = self.lookup.named(record.title)
        if record.slug:
            candidates = [album for album in candidates if album not in self._with_file_slug]
        if current is not None and current in candidates and _may_have_id(current, record):
            return current
        possible = [album for album in candidates if not self._is_contradicted(album, record, labels)]
        with_artist = (album for album in possible if not self._artists[album].isdisjoint(artists))
        with_date = (album for album in possible if _has_same_date(album, record, labels))
        return next(with_artist, None) or next(with_date, None)

    def _is_contradicted(self, album: Entity, record: AlbumRecord, labels: list[Entity]) -> bool:
        """Return whether anything says that an album of the same title is not the one of ``record``."""
        values = album.values
        if not _may_have_id(album, record) or not dates_agree(_released(album), record.released):
            return True
        if (upc := values.get("upc")) and record.upc and _upc_key(upc) != _upc_key(record.upc):
            return True
        types = {values.get("album_type"), record.album_type}
        if types in ({Album.Type.SINGLE, Album.Type.ALBUM}, {Album.Type.SINGLE, Album.Type.COMPILATION}):
            return True
        if labels and (its_labels := values.get("labels")) and set(its_labels) != set(labels):
            return True
        if not record.artists or not (its_artists := values.get("artists")):
            return False
        return _keys_of(its_artists).isdisjoint(_keys_of(record.artists))

    # --- Rows about albums -------------------------------------------------------------------------------------

    def resolve_rows(self, rows: Sequence[ParsedEntity]) -> Iterator[ResolvedRow | Problem]:
        """Yield what each row about an album means."""
        albums = [(row.ref, row.record) for row in rows if isinstance(row.record, AlbumRecord)]
        if not albums:
            return
        records = [record for _, record in albums]
        self._labels.load(label for record in records for label in record.labels)
        self._album_artists.load(artist for record in records for artist in record.artists)
        ids = {record.spotify_id for record in records if record.spotify_id}
        names = (record.title for record in records if not record.slug)
        upcs = (upc for record in records if not record.slug for upc in _ways_to_write(record.upc))
        self._complete(self.lookup.load(ids=ids, slugs=(record.slug for record in records), names=names, upcs=upcs))
        aliases = AliasResolver(self.lookup.aggregate)
        aliases.load([alias for record in records for alias in record.aliases], self.lookup.rows)
        claims: dict[Entity, RowRef] = {}
        for ref, record in sorted(albums, key=lambda pair: not pair[1].slug):
            album = next((one for one in self._candidates(record, claims) if self._agrees(one, record, ids)), None)
            try:
                if album in claims and not self._is_merged(record, album):
                    raise RowRefusedError("", f"is the same album as {claims[album]}.")
                for label in record.labels:
                    refuse_unknown(name_of(label), slug_of(label), "label", "label_slugs", self._labels)
                for artist in record.artists:
                    refuse_unknown(artist.name, artist.slug, "artist", "artist_slugs", self._album_artists)
                is_merged = album is not None and self._is_merged(record, album)
                its_aliases = [] if is_merged else aliases.resolve(record.aliases, album.pk if album else None)
            except RowRefusedError as error:
                yield Problem(ref, error.column, error.message)
                continue
            if album and is_merged:
                self._assign_slug(record.slug, album)
                yield ResolvedRow(ref, album, is_merged=True)
                continue
            if album:
                claims[album] = ref
            else:
                album = self._create(record)
            album.aliases = its_aliases
            self._with_rows[plain_spelling(record.title)].append(album)
            self._give_column(album, "title", record.title)
            self._give(album, record, list(dict.fromkeys(self._labels.find(label) for label in record.labels)))
            if record.slug:
                self._assign_slug(record.slug, album)
            yield ResolvedRow(ref, album)

    def _agrees(self, album: Entity, record: AlbumRecord, ids: Container[str]) -> bool:
        return self._is_merged(record, album) or ids_agree(album, record.spotify_id, ids)

    def _candidates(self, record: AlbumRecord, claims: dict[Entity, RowRef]) -> list[Entity]:
        by_id, lookup = self._by_id(record.spotify_id or ""), self.lookup
        if album := by_id or lookup.by_slug.get(record.slug) or lookup.by_alias_slug.get(record.slug):
            return [album]
        if record.slug:
            return []
        return [album for album in self.lookup.named(record.title) if not album.is_new and album not in claims]

    # --- Both --------------------------------------------------------------------------------------------------

    def knows_slug(self, slug: str) -> bool:
        return slug in self._by_file_slug

    def _assign_slug(self, slug: str, album: Entity) -> None:
        self._by_file_slug[slug] = album
        self._with_file_slug.add(album)

    def _create(self, record: AlbumRecord) -> Entity:
        values = {"title": record.title, "spotify_id": record.spotify_id, "slug": record.slug}
        album = Entity(Album, values, is_new=True)
        self.created.append(album)
        self.lookup.add(album)
        return album

    def _give(self, album: Entity, record: AlbumRecord, labels: list[Entity]) -> None:
        """Give an album what a record says about it."""
        if record.spotify_id and album.spotify_id is None:
            self._give_column(album, "spotify_id", record.spotify_id)
            self.lookup.by_id[record.spotify_id] = album
        self._give_date(album, record.released)
        self._give_column(album, "image_url", record.image_url)
        self._give_column(album, "labels", labels)
        if record.artists:
            artists = [self._album_artists.find(artist, album.values.get("artists", ())) for artist in record.artists]
            self._give_column(album, "artists", list(dict.fromkeys(artists)))
            keys = _keys_of(artists)
            self._artists[album].update(keys)
            if album.values["artists"] != artists:
                self.more_artists[album].update(keys)
        self._give_column(album, "album_type", record.album_type)
        if record.upc:
            self._give_column(album, "upc", record.upc)
            self._add_upc(album)
        self._give_column(album, "copyrights", record.copyrights)

    def _give_date(self, album: Entity, released: ReleaseDate | None) -> None:
        """Give an album a date. One that contradicts it counts if it is the first that the import has."""
        if released is None:
            return
        known = _released(album)
        is_first = self._is_first(album, "released")
        if dates_agree(known, released):
            released = finer_date(known, released) or released
        elif not is_first:
            return
        album.set("release_date", released[0])
        album.set("release_precision", released[1])

    def _add_upc(self, album: Entity) -> None:
        if key := _upc_key(album.values.get("upc")):
            albums = self._by_upc.setdefault(key, [])
            if album not in albums:
                insert(albums, album, self.lookup.earlier)

    def _give_column(self, album: Entity, column: str, value: object) -> None:
        if value and self._is_first(album, column):
            album.set(column, value)

    def _is_first(self, album: Entity, column: str) -> bool:
        given, bit = self.given.get(album), _BITS[column]
        if given is None:
            given = self._earlier.given[album.pk] if album.pk else 0
        self.given[album] = given | bit
        return not given & bit


def _keys_of(artists: Iterable[ArtistRecord | Entity]) -> set[str]:
    return {name_key(artist.name) for artist in artists}


def _may_have_id(album: Entity, record: AlbumRecord) -> bool:
    return record.spotify_id is None or album.spotify_id in (None, record.spotify_id)


def _released(album: Entity) -> ReleaseDate | None:
    first_day = album.values.get("release_date")
    return (first_day, album.values["release_precision"]) if first_day else None


def _has_same_date(album: Entity, record: AlbumRecord, labels: list[Entity]) -> bool:
    """Return whether the date of ``record`` is that of an album, and says enough to make the two one."""
    if record.released is None or _released(album) != record.released:
        return False
    has_same_labels = bool(labels) and set(labels) == set(album.values.get("labels", ()))
    return is_full_date(record.released) or (has_same_labels and record.released[1] != "year")


def _upc_key(upc: str | None) -> str:
    """Return a UPC without the zeros in front, which some programs leave out. It is empty if there is none."""
    return (upc or "").lstrip("0")


def _ways_to_write(upc: str) -> list[str]:
    """Return the forms in which a UPC may be stored."""
    key = _upc_key(upc)
    return [key.zfill(length) for length in range(max(len(key), 8), 15)] if key else []
