"""musicdb's own tables: genres, artists, labels, albums and tracks, as the exports write them.

The columns are those of ``musicdb.exports.tables``. They have everything that editors keep, so that a library can be
restored from them.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from musicdb.exports import tables
from musicdb.exports.columns import Table
from musicdb.exports.csv_injection import unescape_formula
from musicdb.exports.limits import MEGABYTE
from musicdb.imports.formats.base import Column, FileFormat
from musicdb.imports.formats.sniffers import DateOrder
from musicdb.imports.messages import RowRefusedError
from musicdb.imports.records import (
    AlbumRecord,
    AliasRecord,
    ArtistRecord,
    EntityRecord,
    EntryRecord,
    NamedRecord,
    PlaylistEntryRecord,
    TrackRecord,
)


@cache
def _columns(table: Table) -> dict[str, Column]:
    return {
        column.name: Column(column.name, column.widget, also=column.also, required=column.is_required)
        for column in table.columns
    }


class NativeTable(FileFormat):
    """A file of one of the tables. Its name, such as tracks-2026-05-12.csv, says of which one."""

    name = "musicdb"
    label = "musicdb"
    has_addresses = True
    # A CSV file can hold a description that is too long for a spreadsheet's cell.
    max_cell = 10 * MEGABYTE
    table: ClassVar[Table]

    @classmethod
    def columns(cls) -> Mapping[str, Column]:
        return _columns(cls.table)

    @classmethod
    def matches_file_name(cls, file: str) -> bool:
        return file.lower().startswith(cls.table.name)

    @classmethod
    def is_required(cls, name: str, file: str = "") -> bool:
        if cls.matches_file_name(file):
            return name in ("slug", cls.table.name_column.name)
        return super().is_required(name)

    def read(self, cells: Sequence[str]) -> dict[str, Any]:
        return super().read([unescape_formula(cell) for cell in cells])

    def _slug_and_name(self, values: dict[str, Any]) -> tuple[str, str]:
        """Return what identifies a row. The slug may be empty: it is then made from the name, which may not."""
        name = self.table.name_column.name
        if not values[name]:
            raise RowRefusedError(self.heading(name), f"is empty. Each of the {self.table.name} needs a {name}.")
        return values.get("slug", ""), values[name]

    def _known_values(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the row's values that are stored as they are, without those that are blank."""
        return {name: values[name] for name in self.table.value_columns if values.get(name) not in (None, "")}

    def _side_by_side(self, values: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
        """Return the parts of several cells that belong together: the first of each, the second of each, …

        A cell without parts adds nothing. All others must have the same number of parts.
        """
        columns = [values.get(name, ()) for name in names]
        number = max(map(len, columns))
        for name, column in zip(names, columns, strict=True):
            if column and len(column) != number:
                raise RowRefusedError(
                    self.heading(name), f"has {len(column)} parts, and the column that it belongs to has {number}."
                )
        return list(zip(*(column or ("",) * number for column in columns), strict=True))

    def _aliases(self, values: dict[str, Any]) -> tuple[AliasRecord, ...]:
        names = ("other_spellings", "former_addresses", "other_spotify_ids", "other_upcs", "other_isrcs")
        aliases = self._side_by_side(values, *names, "joint_positions")
        if not all(name for name, *_ in aliases):
            raise RowRefusedError(self.heading("other_spellings"), "has an empty part.")
        return tuple(
            AliasRecord(name, slug or None, spotify_id or None, upc, isrc, None if position == "" else position)
            for name, slug, spotify_id, upc, isrc, position in aliases
        )


class EntityTable(NativeTable):
    """Genres, artists, labels or playlists."""

    def record(self, cells: Sequence[str]) -> EntityRecord:
        values = self.read(cells)
        slug, name = self._slug_and_name(values)
        return EntityRecord(
            model=self.table.model.__name__,
            slug=slug,
            name=name,
            spotify_id=values.get("spotify_id"),
            values=tuple(self._known_values(values).items()),
            aliases=self._aliases(values),
        )


class Genres(EntityTable):
    table = tables.GENRES


class Artists(EntityTable):
    table = tables.ARTISTS


class Labels(EntityTable):
    table = tables.LABELS


class Playlists(EntityTable):
    table = tables.PLAYLISTS


class Albums(NativeTable):
    table = tables.ALBUMS
    sniffers = (DateOrder,)

    def record(self, cells: Sequence[str]) -> AlbumRecord:
        values = self.read(cells)
        slug, title = self._slug_and_name(values)
        labels = self._side_by_side(values, "labels", "label_slugs")
        artists = self._side_by_side(values, "artists", "artist_slugs")
        return AlbumRecord(
            title=title,
            spotify_id=values.get("spotify_id"),
            released=values.get("released"),
            image_url=values.get("image_url", ""),
            labels=tuple(dict.fromkeys(NamedRecord(*label) for label in labels)),
            slug=slug,
            artists=tuple(dict.fromkeys(ArtistRecord(name, None, artist_slug) for name, artist_slug in artists)),
            album_type=values.get("album_type", ""),
            upc=values.get("upc", ""),
            copyrights=values.get("copyrights", ""),
            aliases=self._aliases(values),
        )


class Tracks(NativeTable):
    table = tables.TRACKS

    def record(self, cells: Sequence[str]) -> TrackRecord:
        values = self.read(cells)
        slug, title = self._slug_and_name(values)
        artists = self._side_by_side(values, "artists", "artist_slugs")
        genres = self._side_by_side(values, "genres", "genre_slugs")
        return TrackRecord(
            title=title,
            artists=tuple(dict.fromkeys(ArtistRecord(name, None, artist_slug) for name, artist_slug in artists)),
            spotify_id=values.get("spotify_id"),
            album=self._album(values),
            genres=tuple(dict.fromkeys(NamedRecord(*genre) for genre in genres)),
            values=self._known_values(values),
            slug=slug,
            says_source=True,
            aliases=self._aliases(values),
        )

    @staticmethod
    def _album(values: dict[str, Any]) -> AlbumRecord | None:
        title, slug = values.get("album", ""), values.get("album_slug", "")
        return AlbumRecord(title, slug=slug) if title or slug else None


class PlaylistEntries(NativeTable):
    table = tables.PLAYLIST_ENTRIES

    @classmethod
    def is_required(cls, name: str, file: str = "") -> bool:
        return cls.columns()[name].required

    def record(self, cells: Sequence[str]) -> PlaylistEntryRecord:
        values = self.read(cells)
        for name in ("playlist_slug", "track_slug", "position"):
            if values[name] in ("", None):
                raise RowRefusedError(self.heading(name), "is empty.")
        entry = EntryRecord(values.get("added_at"), values.get("added_by", ""))
        return PlaylistEntryRecord(values["playlist_slug"], values["track_slug"], values["position"], entry)


# In the order in which rows are created: what others point at comes first.
NATIVE_FORMATS: tuple[type[NativeTable], ...] = (Genres, Artists, Labels, Albums, Tracks, Playlists, PlaylistEntries)
