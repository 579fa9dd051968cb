"""What an import would change, found out by reading alone."""

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from musicdb.db.bulk import in_batches
from musicdb.imports.entities import ThingPlan, load_addressed, plan_things, refuse_unknown
from musicdb.imports.parse import Options, Parsed, ParsedTrack, Progress, no_progress
from musicdb.imports.records import Place, Problem, RowRefusedError, TrackFacts, name_of
from musicdb.imports.resolvers import AlbumShelf, AlbumThing, ArtistShelf, GenreShelf, LabelShelf, Thing
from musicdb.models import Track, TrackArtist
from musicdb.music.audio_features import FEATURE_NAMES

COLUMNS = (
    "spotify_id",
    "title",
    "score",
    "liked",
    "isrc",
    "duration_ms",
    "explicit",
    *FEATURE_NAMES,
    "features_source",
)
COLUMNS_READ = ("pk", "slug", "album", *COLUMNS)


@dataclass(eq=False, slots=True)
class TrackPlan:
    """A track of the plan. ``before`` has, of an existing row, the columns that change; ``values`` what they become.

    ``album`` and ``artists`` are None, and ``genres`` empty, where an existing track's stay as they are.
    """

    place: Place
    title: str
    pk: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    album: AlbumThing | None = None
    album_before: AlbumThing | None = None
    artists: list[Thing] | None = None
    artists_before: tuple[str, ...] = ()
    genres: list[Thing] = field(default_factory=list)
    slug: str = ""

    @property
    def changes(self) -> bool:
        return self.pk is None or bool(self.values or self.genres or self.album or self.artists is not None)


@dataclass
class Plan:
    """All that an import would write.

    ``things``: the genres, artists, labels and albums that have rows of their own, and change. ``unchanged`` counts
    the tracks that are as the files say, ``things_unchanged`` the others, by the model's name.
    """

    genres: GenreShelf
    labels: LabelShelf
    artists: ArtistShelf
    albums: AlbumShelf
    things: list[ThingPlan] = field(default_factory=list)
    tracks: list[TrackPlan] = field(default_factory=list)
    unchanged: int = 0
    things_unchanged: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Row:
    """An existing track, as far as an import can change it."""

    pk: int
    slug: str
    album: int | None
    values: dict[str, Any]
    artists: list[Thing] = field(default_factory=list)
    genres: set[int] = field(default_factory=set)


def plan(parsed: Parsed, options: Options, progress: Progress = no_progress) -> Plan:
    """Compare the facts with the catalogue. The number of queries grows with batches of 5,000, not with rows.

    Rows that only the catalogue shows to be bad are moved to ``parsed.problems``.
    """
    genres, labels, artists = GenreShelf(), LabelShelf(), ArtistShelf()
    made = Plan(genres, labels, artists, AlbumShelf(labels))
    facts = [row.facts for row in parsed.tracks]
    genres.load()
    labels.load(dict.fromkeys(name_of(label) for one in facts if one.album for label in one.album.labels))
    plan_things(made, parsed)
    load_addressed(made, parsed)
    artists.load(dict.fromkeys(one for fact in facts for one in fact.artists if one.slug not in artists.by_slug))
    albums = dict.fromkeys(one.album for one in facts if one.album)
    made.albums.load(album for album in albums if album.slug not in made.albums.by_slug)
    ids = {one.spotify_id for one in facts if one.spotify_id}
    everyones = (options.genre,) if options.genre else ()
    done = 0
    for batch in in_batches(parsed.tracks):
        existing = _existing(made, [row.facts for row in batch], ids)
        for row in batch:
            try:
                refuse_unknown(made, row.facts)
            except RowRefusedError as error:
                parsed.problems.append(Problem(row.place, error.column, error.message))
                continue
            planned = _plan_track(made, row, existing.get(row.facts.key), everyones, options.liked)
            if planned.changes:
                made.tracks.append(planned)
            else:
                made.unchanged += 1
        done += len(batch)
        progress("Comparing", done, len(parsed.tracks))
    refused = {problem.place for problem in parsed.problems}
    parsed.things = [row for row in parsed.things if row.place not in refused]
    parsed.tracks = [row for row in parsed.tracks if row.place not in refused]
    return made


def _existing(made: Plan, batch: Sequence[TrackFacts], all_ids: Container[str]) -> dict[Any, _Row]:
    """Return the catalogue's tracks that are those of ``batch``, by ``TrackFacts.key``.

    ``all_ids``: those of the whole import. A track that one of them means is not meant by another row's address.
    """
    ids = [facts.spotify_id for facts in batch if facts.spotify_id]
    titles = {facts.title for facts in batch if not facts.spotify_id and not facts.slug}
    found = _rows(made, Track.objects.filter(spotify_id__in=ids)) if ids else []
    by_key: dict[Any, _Row] = {row.values["spotify_id"]: row for row in found}
    addressed = {facts.slug: facts for facts in batch if facts.slug and facts.key not in by_key}
    if addressed:
        for row in _rows(made, Track.objects.filter(slug__in=addressed)):
            facts, its_id = addressed[row.slug], row.values["spotify_id"]
            if its_id is None or (facts.spotify_id is None and its_id not in all_ids):
                by_key[facts.key] = row
    if titles:
        for row in _rows(made, Track.objects.filter(spotify_id=None, title__in=titles)):
            album = made.albums.by_pk[row.album].name if row.album else ""
            names = tuple(artist.name for artist in row.artists)
            by_key.setdefault(TrackFacts.key_of_names(row.values["title"], names, album), row)
    return by_key


def _rows(made: Plan, tracks: Any) -> list[_Row]:
    rows: dict[int, _Row] = {}
    for pk, slug, album, *values in tracks.order_by("pk").values_list(*COLUMNS_READ):
        rows[pk] = _Row(pk, slug, album, dict(zip(COLUMNS, values, strict=True)))
    made.albums.load_keys(dict.fromkeys(row.album for row in rows.values() if row.album))
    credited = TrackArtist.objects.filter(track__in=rows).order_by("track", "position")
    for pk, artist, name, spotify_id in credited.values_list("track", "artist", "artist__name", "artist__spotify_id"):
        rows[pk].artists.append(made.artists.known(artist, name, spotify_id))
    for pk, genre in Track.genres.through.objects.filter(track__in=rows).values_list("track", "genre"):
        rows[pk].genres.add(genre)
    return list(rows.values())


def _plan_track(
    made: Plan, parsed: ParsedTrack, row: _Row | None, more_genres: Sequence[str], liked: bool
) -> TrackPlan:
    facts = parsed.facts
    planned = TrackPlan(parsed.place, facts.title, row.pk if row else None, slug=facts.slug)
    wanted = {**facts.values, "title": facts.title}
    if facts.spotify_id or row is None:
        wanted["spotify_id"] = facts.spotify_id
    if liked:
        wanted["liked"] = True
    known = row.values if row else {}
    planned.values = {name: value for name, value in wanted.items() if row is None or known[name] != value}
    # Where features came from matters once one of them changes.
    if row and not facts.says_source and not set(planned.values).intersection(FEATURE_NAMES):
        planned.values.pop("features_source", None)
    planned.before = {name: known[name] for name in planned.values if row}

    artists = _each_once(made.artists.get(artist, row.artists if row else ()) for artist in facts.artists)
    if row is None or (artists and artists != row.artists):
        planned.artists = artists
        planned.artists_before = tuple(artist.name for artist in row.artists) if row else ()
    if facts.album:
        current = made.albums.by_pk[row.album] if row and row.album else None
        names = [artist.name for artist in artists]
        album = made.albums.get(facts.album, names, current)
        if album is not current:
            planned.album, planned.album_before = album, current
    genres = _each_once(made.genres.get(name) for name in (*facts.genres, *more_genres))
    planned.genres = [genre for genre in genres if row is None or genre.pk not in row.genres]
    return planned


def _each_once(things: Iterable[Thing]) -> list[Thing]:
    return list(dict.fromkeys(things))
