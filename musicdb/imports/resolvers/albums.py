"""Finds the albums that records mention or have rows about.

An album has a Spotify id or a slug. Without these it has a title, and is the album of that title whose date, labels
and artists do not contradict.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from musicdb.db import in_batches
from musicdb.imports.entities import Entity
from musicdb.imports.messages import Problem, RowRef, RowRefusedError
from musicdb.imports.parse import ParsedEntity
from musicdb.imports.records import AlbumRecord, name_of, slug_of
from musicdb.imports.resolvers.lookup import Lookup
from musicdb.imports.resolvers.named import NamedResolver, refuse_unknown
from musicdb.imports.resolvers.rows import ResolvedRow, ids_agree
from musicdb.models import Album, AlbumArtist, AlbumLabel, TrackArtist
from musicdb.music import format_release_date


class AlbumResolver:
    """The albums of an import: existing rows, and new ones."""

    def __init__(self, labels: NamedResolver, artists: NamedResolver) -> None:
        self.lookup = Lookup(Album)
        self.created: list[Entity] = []
        self._labels = labels
        self._album_artists = artists
        self._by_file_slug: dict[str, Entity] = {}
        self._with_file_slug: set[Entity] = set()
        # The albums that have rows of their own. A track that gives no more than a title means one of them.
        self._with_rows: defaultdict[str, list[Entity]] = defaultdict(list)
        # The names of the artists who have a track on an album.
        self._artists: defaultdict[Entity, set[str]] = defaultdict(set)
        # The columns that a record has given. If several records give one, the first counts.
        self._given: set[tuple[Entity, str]] = set()

    def entities(self) -> Iterator[Entity]:
        yield from self.lookup.rows.values()
        yield from self.created

    def load(self, albums: Iterable[AlbumRecord]) -> None:
        """Load what track rows may mean."""
        wanted = list(albums)
        slugs = dict.fromkeys(one.slug for one in wanted if one.slug and one.slug not in self._by_file_slug)
        self._complete(self.lookup.load(slugs=slugs))
        for slug in slugs:
            if entity := self.lookup.by_slug.get(slug):
                self._assign_slug(slug, entity)
        open_ones = [one for one in wanted if one.slug not in self._by_file_slug]
        self._complete(
            self.lookup.load(ids=(one.spotify_id for one in open_ones), names=(one.title for one in open_ones))
        )

    def load_keys(self, keys: Iterable[int]) -> None:
        self._complete(self.lookup.load(keys=keys))

    def _complete(self, loaded: Sequence[Entity]) -> None:
        """Add the labels and the artists of albums, and the names of their tracks' artists. Three queries a batch."""
        for batch in in_batches(loaded):
            albums = {album.pk: album for album in batch}
            for album in batch:
                album.values["labels"], album.values["artists"] = [], []
            rows = AlbumLabel.objects.filter(album__in=albums).order_by("album", "position")
            for pk, label, name in rows.values_list("album", "label", "label__name"):
                albums[pk].values["labels"].append(self._labels.lookup.known(label, name))
            credited = AlbumArtist.objects.filter(album__in=albums).order_by("album", "position")
            for pk, artist, name, spotify_id in credited.values_list(
                "album", "artist", "artist__name", "artist__spotify_id"
            ):
                albums[pk].values["artists"].append(self._album_artists.lookup.known(artist, name, spotify_id))
            names = TrackArtist.objects.filter(track__album__in=albums).order_by()
            for pk, name in names.values_list("track__album", "artist__name").distinct():
                self._artists[albums[pk]].add(name)

    # --- What track rows mention -------------------------------------------------------------------------------

    def find(self, record: AlbumRecord, artists: Sequence[str], current: Entity | None) -> Entity:
        """Return the album of a track, with the values that the record gives. It is new if there is none like it.

        ``artists`` are the names of the track's artists, and ``current`` is the album that the track is on now.
        """
        labels = list(dict.fromkeys(self._labels.find(label) for label in record.labels))
        album = (
            self.lookup.by_id.get(record.spotify_id) if record.spotify_id else self._by_file_slug.get(record.slug)
        ) or self._find_by_title(record, labels, artists, current)
        if album is None:
            album = self._create(record)
        if record.slug:
            self._assign_slug(record.slug, album)
        self._give(album, record, labels)
        self._artists[album].update(artists)
        return album

    def _find_by_title(
        self, record: AlbumRecord, labels: list[Entity], artists: Sequence[str], current: Entity | None
    ) -> Entity | None:
        if record == AlbumRecord(record.title) and len(with_rows := self._with_rows.get(record.title, [])) == 1:
            return with_rows[0]
        candidates = self.lookup.named(record.title)
        if record.slug:
            candidates = [album for album in candidates if album not in self._with_file_slug]
        if current is not None and current in candidates and _may_have_id(current, record):
            return current
        return next((album for album in candidates if self._is_meant(album, record, labels, artists)), None)

    def _is_meant(self, album: Entity, record: AlbumRecord, labels: list[Entity], artists: Sequence[str]) -> bool:
        """Return whether an album of the same title can be the one of ``record``.

        Neither date nor labels may contradict. If both agree, that is enough, else the albums must share an artist.
        """
        if not _may_have_id(album, record):
            return False
        released = _release_date(album)
        if released and record.released:
            shorter, longer = sorted((released, format_release_date(*record.released)), key=len)
            if not longer.startswith(shorter):
                return False
        its_labels = album.values.get("labels", [])
        if its_labels and labels and set(its_labels) != set(labels):
            return False
        if released and record.released and its_labels and labels:
            return True
        return not self._artists[album].isdisjoint(artists)

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
        self._complete(self.lookup.load(ids=ids, slugs=(record.slug for record in records), names=names))
        claims: dict[Entity, RowRef] = {}
        for ref, record in sorted(albums, key=lambda pair: not pair[1].slug):
            album = next(
                (one for one in self._candidates(record, claims) if ids_agree(one, record.spotify_id, ids)), None
            )
            try:
                if album in claims:
                    raise RowRefusedError("", f"is the same album as {claims[album]}.")
                for label in record.labels:
                    refuse_unknown(name_of(label), slug_of(label), "label", "label_slugs", self._labels)
                for artist in record.artists:
                    refuse_unknown(artist.name, artist.slug, "artist", "artist_slugs", self._album_artists)
            except RowRefusedError as error:
                yield Problem(ref, error.column, error.message)
                continue
            if album:
                claims[album] = ref
            else:
                album = self._create(record)
            self._with_rows[record.title].append(album)
            self._give_column(album, "title", record.title)
            self._give(album, record, list(dict.fromkeys(self._labels.find(label) for label in record.labels)))
            if record.slug:
                self._assign_slug(record.slug, album)
            yield ResolvedRow(ref, album)

    def _candidates(self, record: AlbumRecord, claims: dict[Entity, RowRef]) -> list[Entity]:
        by_id = self.lookup.by_id.get(record.spotify_id or "")
        if album := by_id or self.lookup.by_slug.get(record.slug):
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
        if record.released and self._is_first(album, "released"):
            release_date, precision = record.released
            album.set("release_date", release_date)
            album.set("release_precision", precision)
        self._give_column(album, "image_url", record.image_url)
        self._give_column(album, "labels", labels)
        artists = [self._album_artists.find(artist, album.values.get("artists", ())) for artist in record.artists]
        self._give_column(album, "artists", list(dict.fromkeys(artists)))
        self._give_column(album, "album_type", record.album_type)
        self._give_column(album, "upc", record.upc)
        self._give_column(album, "copyrights", record.copyrights)

    def _give_column(self, album: Entity, column: str, value: object) -> None:
        if value and self._is_first(album, column):
            album.set(column, value)

    def _is_first(self, album: Entity, column: str) -> bool:
        if (album, column) in self._given:
            return False
        self._given.add((album, column))
        return True


def _may_have_id(album: Entity, record: AlbumRecord) -> bool:
    return record.spotify_id is None or album.spotify_id in (None, record.spotify_id)


def _release_date(album: Entity) -> str:
    release_date = album.values.get("release_date")
    return format_release_date(release_date, album.values["release_precision"]) if release_date else ""
