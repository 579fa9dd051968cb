"""musicdb's own tables, as its exports write them: genres, artists, labels, albums and tracks, each with its address.

They say all that editors keep, so that a library comes back from them as it was. What the exports escape for
spreadsheets is taken back here.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from musicdb.exports.csv_injection import unescape_formula
from musicdb.exports.limits import MEGABYTE
from musicdb.exports.widgets import (
    FeatureWidget,
    ListWidget,
    NameWidget,
    SlugWidget,
    SpotifyIdWidget,
    TextWidget,
    WholeNumberWidget,
    YesNoWidget,
)
from musicdb.imports.formats import base
from musicdb.imports.formats.base import Column, FileFormat, heading_key
from musicdb.imports.records import (
    AlbumRecord,
    AliasRecord,
    ArtistRecord,
    EntityRecord,
    NamedRecord,
    RowRefusedError,
    TrackRecord,
)
from musicdb.music.audio_features import AUDIO_FEATURES, FEATURE_NAMES

ADDRESS = SlugWidget()
ADDRESSES = ListWidget(ADDRESS)
NUMBER = WholeNumberWidget()
YES_NO = YesNoWidget()
FEATURES = {feature.name: FeatureWidget(feature, as_stored=True) for feature in AUDIO_FEATURES}
IS_KNOWN: Callable[[Any], bool] = lambda value: value not in (None, "")  # noqa: E731


class NativeTable(FileFormat):
    """One kind of table. ``holds`` is what its file is called; ``essential`` what it needs where that is said."""

    name = "musicdb"
    label = "musicdb"
    # A description may be longer than a spreadsheet's cell; a CSV file can hold it.
    max_cell = 10 * MEGABYTE
    holds: ClassVar[str]
    # A column may not be called "name", which is the file format's own.
    essential: ClassVar[tuple[str, str]] = ("slug", "name_")

    def __init__(self, header: Sequence[str], parse_options: base.ParseOptions) -> None:
        super().__init__(header, parse_options)
        known = {heading for column in self.columns().values() for heading in column.headings}
        # What a file of bad rows has besides.
        known.update(("file", "row", "whyitwasnotimported"))
        if unknown := [heading for heading in header if heading and heading_key(heading) not in known]:
            self.notes.append(f"Columns that say nothing to musicdb: {', '.join(unknown)}.")

    @classmethod
    def matches_file_name(cls, file: str) -> bool:
        return file.lower().startswith(cls.holds)

    @classmethod
    def is_required(cls, name: str, file: str = "") -> bool:
        return name in cls.essential if cls.matches_file_name(file) else super().is_required(name)

    def read(self, cells: Sequence[str]) -> dict[str, Any]:
        return super().read([unescape_formula(cell) for cell in cells])

    def _named(self, said: dict[str, Any]) -> tuple[str, str]:
        """Return address and name. A row without an address has one made for it, but must have a name."""
        by = self.essential[1]
        if not said[by]:
            raise RowRefusedError(self.heading(by), f"is empty. None of the {self.holds} can be without.")
        return said.get("slug", ""), said[by]

    def _side_by_side(self, said: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
        """Return the parts of several cells that belong together: the first of each, the second of each, …

        A cell that says nothing has nothing to add; otherwise they must be equally many.
        """
        columns = [said.get(name, ()) for name in names]
        number = max(map(len, columns))
        for name, column in zip(names, columns, strict=True):
            if column and len(column) != number:
                raise RowRefusedError(
                    self.heading(name), f"has {len(column)} parts, and what belongs to them has {number}."
                )
        return list(zip(*(column or ("",) * number for column in columns), strict=True))


class EntityTable(NativeTable):
    """Genres, artists or labels: what has aliases."""

    model: ClassVar[str]
    values: ClassVar[tuple[str, ...]]

    def record(self, cells: Sequence[str]) -> EntityRecord:
        said = self.read(cells)
        slug, name = self._named(said)
        return EntityRecord(
            model=self.model,
            slug=slug,
            name=name,
            spotify_id=said.get("spotify_id"),
            values=tuple((column, said[column]) for column in self.values if IS_KNOWN(said.get(column))),
            aliases=tuple(self._spellings(said)),
        )

    def _spellings(self, said: dict[str, Any]) -> list[AliasRecord]:
        columns = ("other_spellings", "former_addresses", "other_spotify_ids")
        made = []
        for name, slug, spotify_id in self._side_by_side(said, *columns):
            if not name:
                raise RowRefusedError(self.heading("other_spellings"), "has an empty part.")
            made.append(AliasRecord(name, slug or None, spotify_id or None))
        return made


class Genres(EntityTable):
    holds = "genres"
    model = "Genre"
    values = ("description",)

    slug = Column("slug", ADDRESS, required=True)
    name_ = Column("name", NameWidget(200), required=True)
    description = Column("description", TextWidget(), required=True)
    other_spellings = Column("other_spellings", ListWidget(NameWidget(300)))
    former_addresses = Column("former_addresses", ADDRESSES)


class Artists(EntityTable):
    holds = "artists"
    model = "Artist"
    values = ("is_public",)

    slug = Column("slug", ADDRESS, required=True)
    name_ = Column("name", NameWidget(300), required=True)
    spotify_id = Column("spotify_id", SpotifyIdWidget("artist"), required=True)
    is_public = Column("is_public", YES_NO, required=True)
    other_spellings = Column("other_spellings", ListWidget(NameWidget(300)))
    former_addresses = Column("former_addresses", ADDRESSES)
    other_spotify_ids = Column("other_spotify_ids", ListWidget(SpotifyIdWidget("artist")))


class Labels(EntityTable):
    holds = "labels"
    model = "Label"
    values = ("is_public",)

    slug = Column("slug", ADDRESS, required=True)
    name_ = Column("name", NameWidget(300), required=True)
    is_public = Column("is_public", YES_NO, required=True)
    other_spellings = Column("other_spellings", ListWidget(NameWidget(300)))
    former_addresses = Column("former_addresses", ADDRESSES)


class Albums(NativeTable):
    holds = "albums"
    essential = ("slug", "title")
    needs_sniffing = True

    slug = Column("slug", ADDRESS, required=True)
    title = Column("title", base.TITLE, required=True)
    released = Column("released", base.RELEASED, required=True)
    labels = Column("labels", ListWidget(NameWidget(300)))
    label_slugs = Column("label_slugs", ADDRESSES)
    spotify_id = Column("spotify_id", base.ALBUM_ID)
    image_url = Column("image_url", base.ART)

    def record(self, cells: Sequence[str]) -> AlbumRecord:
        said = self.read(cells)
        slug, title = self._named(said)
        labels = self._side_by_side(said, "labels", "label_slugs")
        return AlbumRecord(
            title=title,
            spotify_id=said.get("spotify_id"),
            released=said.get("released"),
            image_url=said.get("image_url", ""),
            labels=tuple(dict.fromkeys(NamedRecord(*label) for label in labels)),
            slug=slug,
        )


class Tracks(NativeTable):
    holds = "tracks"
    essential = ("slug", "title")

    slug = Column("slug", ADDRESS, required=True)
    title = Column("title", base.TITLE, required=True)
    artists = Column("artists", ListWidget(NameWidget(300)), required=True)
    artist_slugs = Column("artist_slugs", ADDRESSES)
    album = Column("album", NameWidget(500))
    album_slug = Column("album_slug", ADDRESS)
    genres = Column("genres", ListWidget(NameWidget(200)))
    genre_slugs = Column("genre_slugs", ADDRESSES)
    score = Column("score", NUMBER)
    liked = Column("liked", YES_NO)
    spotify_id = Column("spotify_id", base.TRACK_ID)
    isrc = Column("isrc", base.ISRC)
    duration_ms = Column("duration_ms", NUMBER)
    explicit = Column("explicit", YES_NO)
    danceability = Column("danceability", FEATURES["danceability"])
    energy = Column("energy", FEATURES["energy"])
    speechiness = Column("speechiness", FEATURES["speechiness"])
    acousticness = Column("acousticness", FEATURES["acousticness"])
    instrumentalness = Column("instrumentalness", FEATURES["instrumentalness"])
    liveness = Column("liveness", FEATURES["liveness"])
    valence = Column("valence", FEATURES["valence"])
    tempo = Column("tempo", FEATURES["tempo"])
    loudness = Column("loudness", FEATURES["loudness"])
    key = Column("key", FEATURES["key"])
    mode = Column("mode", FEATURES["mode"])
    time_signature = Column("time_signature", FEATURES["time_signature"])
    features_source = Column("features_source", TextWidget(100))

    _VALUES = ("score", "liked", "isrc", "duration_ms", "explicit", *FEATURE_NAMES, "features_source")

    def record(self, cells: Sequence[str]) -> TrackRecord:
        said = self.read(cells)
        slug, title = self._named(said)
        artists = self._side_by_side(said, "artists", "artist_slugs")
        genres = self._side_by_side(said, "genres", "genre_slugs")
        return TrackRecord(
            title=title,
            artists=tuple(dict.fromkeys(ArtistRecord(name, None, address) for name, address in artists)),
            spotify_id=said.get("spotify_id"),
            album=self._album(said),
            genres=tuple(dict.fromkeys(NamedRecord(*genre) for genre in genres)),
            values={name: said[name] for name in self._VALUES if IS_KNOWN(said.get(name))},
            slug=slug,
            says_source=True,
        )

    @staticmethod
    def _album(said: dict[str, Any]) -> AlbumRecord | None:
        title, slug = said.get("album", ""), said.get("album_slug", "")
        return AlbumRecord(title, slug=slug) if title or slug else None


# In the order in which one points at another.
NATIVE_FORMATS: tuple[type[NativeTable], ...] = (Genres, Artists, Labels, Albums, Tracks)
