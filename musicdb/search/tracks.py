"""The filters of tracks: for lists, and for the rules of playlists.

A rule is a query of the same FilterSet, such as "genre=dub&min_energy=0.8". ``RuleFilter`` checks one that an editor
enters, and ``tracks_of`` finds its tracks.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import django_filters
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.http import QueryDict

from musicdb.models import Album, Artist, Genre, Label, Playlist, PlaylistEntry, Track
from musicdb.models.aggregates import aggregate_of
from musicdb.models.querysets import TrackQuerySet
from musicdb.models.validators import MAX_POPULARITY
from musicdb.music import AMOUNT_NAMES, AUDIO_FEATURES, FEATURE_NAMES, normalise_name
from musicdb.search.filters import (
    DATE_ORDER,
    SORTED_BY_KEY,
    TITLE_ORDER,
    YEARS,
    BoundFilter,
    DayFilter,
    IsrcFilter,
    ListFilter,
    OrderingFilter,
    ScoreFilter,
    SlugFilter,
    TextFilter,
    YesNoFilter,
    bounds,
    has_name_key,
)

# A database evaluates so many rules in one query.
MAX_RULES = 100


def _bound_filters() -> dict[str, BoundFilter]:
    """Return the filters ``min_…`` and ``max_…`` of each number of a track but the score."""
    pairs = {
        "year": bounds("album__release_date__year", "year of release", YEARS, whole=True),
        "popularity": bounds("popularity", "popularity", (0, MAX_POPULARITY), whole=True),
    }
    for feature in AUDIO_FEATURES:
        pairs[feature.name] = bounds(feature.name, feature.label.lower(), (feature.lowest, feature.highest))
    return {f"{end}_{name}": one for name, pair in pairs.items() for end, one in zip(("min", "max"), pair, strict=True)}


def _ordering() -> OrderingFilter:
    amounts = ("score", "popularity", *AMOUNT_NAMES)
    labels = {name: f"lowest {name} first" for name in amounts}
    labels |= {f"-{name}": f"highest {name} first" for name in amounts}
    dates = DATE_ORDER | {"added_at": "first added first", "-added_at": "last added first"}
    lengths = {"duration_ms": "shortest first", "-duration_ms": "longest first"}
    return OrderingFilter(
        ["title", "score", "release_date", "added_at", "duration_ms", "popularity", *AMOUNT_NAMES],
        TITLE_ORDER | dates | lengths | labels,
        {**SORTED_BY_KEY, "release_date": "album__release_date"},
    )


class TrackFilter(ListFilter):
    q = TextFilter("title")
    genre = SlugFilter(Genre.objects.all(), field_name="genres")
    artist = SlugFilter(Artist.objects.visible(of_few=True), field_name="artists")
    album = SlugFilter(Album.objects.all(), field_name="album")
    label = SlugFilter(Label.objects.visible(of_few=True), field_name="album__labels")
    playlist = SlugFilter(Playlist.objects.visible(), method="in_playlist")
    isrc = IsrcFilter()
    liked = YesNoFilter("Whether the track is a favourite.", label="Liked")
    min_score = ScoreFilter("gte", "Score from", "The lowest score. Tracks without a score are left out.")
    max_score = ScoreFilter("lte", "Score up to", "The highest score. Tracks without a score are left out.")
    added_since = DayFilter("added_at", "Added since", "The first day. Tracks added at an unknown time are left out.")
    has_features = YesNoFilter(
        "Whether any audio feature is known.", label="Has audio features", method="with_features"
    )
    ordering = _ordering()

    class Meta:
        model = Track
        fields: list[str] = []

    @classmethod
    def get_filters(cls) -> Any:
        return {**super().get_filters(), **_bound_filters()}

    def with_features(self, queryset: QuerySet[Track], name: str, wanted: bool) -> QuerySet[Track]:
        known = Q()
        for feature in FEATURE_NAMES:
            known |= Q(**{f"{feature}__isnull": False})
        return queryset.filter(known if wanted else ~known)

    def in_playlist(self, queryset: QuerySet[Track], name: str, playlist: Playlist) -> QuerySet[Track]:
        return queryset.filter(pk__in=_keys(playlist))


# --- Rules of playlists ------------------------------------------------------------------------------------------


class RuleFilter(TrackFilter):
    """Checks a rule. Unlike a list, it may name an artist or a label without a page: no page shows the rule.

    It names no playlist, so that no rule depends on another.
    """

    artist = SlugFilter(Artist.objects.all(), field_name="artists")
    label = SlugFilter(Label.objects.all(), field_name="album__labels")
    playlist = None  # type: ignore[assignment]


class _NamedFilter(django_filters.CharFilter):
    """Keep rows that are related to the one with this slug, former slug or name. No query of its own finds that one."""

    def __init__(self, model: Any, field_name: str) -> None:
        self._model = model
        super().__init__(field_name=field_name)

    def filter(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return queryset
        alias: Any = aggregate_of(self._model).alias
        is_it = Q(slug=value)
        if alias is not None:
            is_it |= Q(pk__in=alias.objects.filter(slug=value).values("target"))
        if has_name_key(self._model):
            is_it |= Q(name_key=normalise_name(value))
        rows = self._model.objects.filter(is_it)
        return queryset.filter(**{f"{self.field_name}__in": rows.order_by().values("pk")})


class _StoredRule(RuleFilter):
    """Finds the tracks of a stored rule. What it names may be gone since: then it finds nothing."""

    genre = _NamedFilter(Genre, "genres")
    artist = _NamedFilter(Artist, "artists")
    album = _NamedFilter(Album, "album")
    label = _NamedFilter(Label, "album__labels")


def rule_of(parameters: Iterable[tuple[str, Any]]) -> str:
    """Return the rule with these parameters. Blank ones, and those that no rule can have, are left out."""
    query = QueryDict(mutable=True)
    given = {name: text for name, value in parameters if (text := str(value).strip())}
    for name in RuleFilter.base_filters:
        if name in given:
            query[name] = given[name]
    return query.urlencode()


def tracks_by_rule(rule: str) -> TrackQuerySet:
    """Return the tracks that ``rule`` finds, in the order that it says, else the most loved first. No query."""
    every: TrackQuerySet = Track.objects.most_loved_first()
    query = QueryDict(rule)
    filterset = _StoredRule(query, queryset=every)
    # A rule of a file may have no condition that we know, and would then find every track.
    if not rule_of(query.dict().items()) or not filterset.is_valid():
        return Track.objects.none()
    found: TrackQuerySet = filterset.qs
    return found


def tracks_of(playlist: Playlist) -> TrackQuerySet:
    """Return the tracks of ``playlist`` in its order. One that is in it twice is found twice."""
    if playlist.rule is not None:
        return tracks_by_rule(playlist.rule)
    return Track.objects.filter(playlist_entries__playlist=playlist).order_by("playlist_entries__position")


def totals_of(tracks: QuerySet[Any]) -> dict[str, int]:
    """Return the number of ``tracks``, of those whose length is known, and the sum of these lengths in ms."""
    found = tracks.order_by().aggregate(tracks=Count("pk"), known=Count("duration_ms"), duration_ms=Sum("duration_ms"))
    return {name: number or 0 for name, number in found.items()}


def count_tracks(playlists: Iterable[Playlist]) -> dict[int, int]:
    """Return the number of tracks by the key of the playlist. At most two queries for MAX_RULES playlists."""
    listed = list(playlists)
    counts = dict.fromkeys((playlist.pk for playlist in listed), 0)
    entries = PlaylistEntry.objects.filter(playlist__in=listed).order_by().values("playlist")
    counts.update(entries.annotate(rows=Count("*")).values_list("playlist", "rows"))
    for rules in _with_rules(listed):
        found = Case(*(When(pk=one.pk, then=_CountOfRows(_keys(one))) for one in rules), default=0)
        rows = Playlist.objects.filter(pk__in=[one.pk for one in rules]).order_by()
        counts.update(rows.annotate(track_count=found).values_list("pk", "track_count"))
    return counts


def playlists_with(track: Track) -> QuerySet[Playlist]:
    """Return the public playlists that have ``track``, by their entries or by their rule. Two queries."""
    public = Playlist.objects.visible()
    by_entry = Q(Exists(PlaylistEntry.objects.filter(playlist=OuterRef("pk"), track=track)), rule=None)
    by_rule = Q()
    for rules in _with_rules(public.exclude(rule=None)):
        for one in rules:
            by_rule |= Q(Exists(tracks_of(one).order_by().filter(pk=track.pk)), pk=one.pk)
    return Playlist.objects.for_list().filter(by_entry | by_rule)


def _with_rules(playlists: Iterable[Playlist]) -> Iterator[list[Playlist]]:
    """Yield the playlists that have a rule, so many at a time as one query can evaluate."""
    rules = [playlist for playlist in playlists if playlist.has_rule]
    for start in range(0, len(rules), MAX_RULES):
        yield rules[start : start + MAX_RULES]


def _keys(playlist: Playlist) -> QuerySet[Any, Any]:
    return tracks_of(playlist).order_by().values("pk")


class _CountOfRows(Subquery):
    """The number of rows that a query finds."""

    output_field = IntegerField()
    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS rows_found)"
