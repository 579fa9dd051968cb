"""What an import would change, found out by reading alone."""

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from musicdb.db.bulk import in_batches
from musicdb.exports.tables import TRACKS
from musicdb.imports.entities import EntityPlan, load_by_slug, plan_entities, refuse_unknown
from musicdb.imports.parse import ImportOptions, Parsed, ParsedTrack, Progress, no_progress
from musicdb.imports.records import Problem, RowRef, RowRefusedError, TrackRecord, name_of
from musicdb.imports.resolvers import AlbumEntity, AlbumResolver, ArtistResolver, Entity, GenreResolver, LabelResolver
from musicdb.models import Track, TrackArtist
from musicdb.music.audio_features import FEATURE_NAMES

COLUMNS = ("spotify_id", "title", *TRACKS.value_columns)
COLUMNS_READ = ("pk", "slug", "album", *COLUMNS)


@dataclass(eq=False, slots=True)
class TrackPlan:
    """A track of the plan. ``before`` has, of an existing row, the columns that change; ``values`` what they become.

    ``album`` and ``artists`` are None, and ``genres`` empty, where an existing track's stay as they are.
    """

    ref: RowRef
    title: str
    pk: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    album: AlbumEntity | None = None
    album_before: AlbumEntity | None = None
    artists: list[Entity] | None = None
    artists_before: tuple[str, ...] = ()
    genres: list[Entity] = field(default_factory=list)
    slug: str = ""

    @property
    def changes(self) -> bool:
        return self.pk is None or bool(self.values or self.genres or self.album or self.artists is not None)


@dataclass
class Plan:
    """All that an import would write.

    ``entities``: the genres, artists, labels and albums that have rows of their own, and change. ``unchanged`` counts
    the tracks that are as the files say, ``entities_unchanged`` the others, by the model's name.
    """

    genres: GenreResolver
    labels: LabelResolver
    artists: ArtistResolver
    albums: AlbumResolver
    entities: list[EntityPlan] = field(default_factory=list)
    tracks: list[TrackPlan] = field(default_factory=list)
    unchanged: int = 0
    entities_unchanged: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Row:
    """An existing track, as far as an import can change it."""

    pk: int
    slug: str
    album: int | None
    values: dict[str, Any]
    artists: list[Entity] = field(default_factory=list)
    genres: set[int] = field(default_factory=set)


def make_plan(parsed: Parsed, options: ImportOptions, progress: Progress = no_progress) -> Plan:
    """Compare the record with the catalogue. The number of queries grows with batches of 5,000, not with rows.

    Rows that only the catalogue shows to be bad are moved to ``parsed.problems``.
    """
    genres, labels, artists = GenreResolver(), LabelResolver(), ArtistResolver()
    new_plan = Plan(genres, labels, artists, AlbumResolver(labels))
    record = [row.record for row in parsed.tracks]
    genres.load()
    labels.load(dict.fromkeys(name_of(label) for one in record if one.album for label in one.album.labels))
    plan_entities(new_plan, parsed)
    load_by_slug(new_plan, parsed)
    artists.load(dict.fromkeys(one for fact in record for one in fact.artists if one.slug not in artists.by_slug))
    albums = dict.fromkeys(one.album for one in record if one.album)
    new_plan.albums.load(album for album in albums if album.slug not in new_plan.albums.by_slug)
    ids = {one.spotify_id for one in record if one.spotify_id}
    everyones = (options.genre,) if options.genre else ()
    done = 0
    for batch in in_batches(parsed.tracks):
        existing = _existing(new_plan, [row.record for row in batch], ids)
        for row in batch:
            try:
                refuse_unknown(new_plan, row.record)
            except RowRefusedError as error:
                parsed.problems.append(Problem(row.ref, error.column, error.message))
                continue
            planned = _plan_track(new_plan, row, existing.get(row.record.key), everyones, options.liked)
            if planned.changes:
                new_plan.tracks.append(planned)
            else:
                new_plan.unchanged += 1
        done += len(batch)
        progress("Comparing", done, len(parsed.tracks))
    refused = {problem.ref for problem in parsed.problems}
    parsed.entities = [row for row in parsed.entities if row.ref not in refused]
    parsed.tracks = [row for row in parsed.tracks if row.ref not in refused]
    return new_plan


def _existing(new_plan: Plan, batch: Sequence[TrackRecord], all_ids: Container[str]) -> dict[Any, _Row]:
    """Return the catalogue's tracks that are those of ``batch``, by ``TrackRecord.key``.

    ``all_ids``: those of the whole import. A track that one of them means is not meant by another row's address.
    """
    ids = [record.spotify_id for record in batch if record.spotify_id]
    titles = {record.title for record in batch if not record.spotify_id and not record.slug}
    found = _rows(new_plan, Track.objects.filter(spotify_id__in=ids)) if ids else []
    by_key: dict[Any, _Row] = {row.values["spotify_id"]: row for row in found}
    addressed = {record.slug: record for record in batch if record.slug and record.key not in by_key}
    if addressed:
        for row in _rows(new_plan, Track.objects.filter(slug__in=addressed)):
            record, its_id = addressed[row.slug], row.values["spotify_id"]
            if its_id is None or (record.spotify_id is None and its_id not in all_ids):
                by_key[record.key] = row
    if titles:
        for row in _rows(new_plan, Track.objects.filter(spotify_id=None, title__in=titles)):
            album = new_plan.albums.by_pk[row.album].name if row.album else ""
            names = tuple(artist.name for artist in row.artists)
            by_key.setdefault(TrackRecord.key_of_names(row.values["title"], names, album), row)
    return by_key


def _rows(new_plan: Plan, tracks: Any) -> list[_Row]:
    rows: dict[int, _Row] = {}
    for pk, slug, album, *values in tracks.order_by("pk").values_list(*COLUMNS_READ):
        rows[pk] = _Row(pk, slug, album, dict(zip(COLUMNS, values, strict=True)))
    new_plan.albums.load_keys(dict.fromkeys(row.album for row in rows.values() if row.album))
    credited = TrackArtist.objects.filter(track__in=rows).order_by("track", "position")
    for pk, artist, name, spotify_id in credited.values_list("track", "artist", "artist__name", "artist__spotify_id"):
        rows[pk].artists.append(new_plan.artists.known(artist, name, spotify_id))
    for pk, genre in Track.genres.through.objects.filter(track__in=rows).values_list("track", "genre"):
        rows[pk].genres.add(genre)
    return list(rows.values())


def _plan_track(
    new_plan: Plan, parsed: ParsedTrack, row: _Row | None, more_genres: Sequence[str], liked: bool
) -> TrackPlan:
    record = parsed.record
    planned = TrackPlan(parsed.ref, record.title, row.pk if row else None, slug=record.slug)
    wanted = {**record.values, "title": record.title}
    if record.spotify_id or row is None:
        wanted["spotify_id"] = record.spotify_id
    if liked:
        wanted["liked"] = True
    known = row.values if row else {}
    planned.values = {name: value for name, value in wanted.items() if row is None or known[name] != value}
    # Where features came from matters once one of them changes.
    if row and not record.says_source and not set(planned.values).intersection(FEATURE_NAMES):
        planned.values.pop("features_source", None)
    planned.before = {name: known[name] for name in planned.values if row}

    artists = _each_once(new_plan.artists.get(artist, row.artists if row else ()) for artist in record.artists)
    if row is None or (artists and artists != row.artists):
        planned.artists = artists
        planned.artists_before = tuple(artist.name for artist in row.artists) if row else ()
    if record.album:
        current = new_plan.albums.by_pk[row.album] if row and row.album else None
        names = [artist.name for artist in artists]
        album = new_plan.albums.get(record.album, names, current)
        if album is not current:
            planned.album, planned.album_before = album, current
    genres = _each_once(new_plan.genres.get(name) for name in (*record.genres, *more_genres))
    planned.genres = [genre for genre in genres if row is None or genre.pk not in row.genres]
    return planned


def _each_once(entities: Iterable[Entity]) -> list[Entity]:
    return list(dict.fromkeys(entities))
