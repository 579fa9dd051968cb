"""The page of the plot: which tracks, what its axes and colours show, and the plot as SVG and as tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from musicdb.models import Track
from musicdb.music import AMOUNT_NAMES
from musicdb.pages.explore import scatter
from musicdb.pages.explore.colours import Grouping, grouped
from musicdb.pages.lists import FilteredView, with_query
from musicdb.pages.lists.form import query_of
from musicdb.pages.machines import Facts
from musicdb.pages.track_files import files_of
from musicdb.search import AXES, DECADE, GENRE, LIKED, ExploreFilter, genres_of, sample_of

USUAL_X, USUAL_Y = "energy", "valence"
_SHOWN_ONLY = ("x", "y", "colour")


@dataclass(frozen=True)
class Group:
    """The points of one colour: a row of the legend and of its table."""

    name: str
    look: str
    points: int
    x: scatter.Spread
    y: scatter.Spread


class ExploreView(FilteredView):
    """Two features of many tracks as a plot, coloured by a third, by genre, by decade, or by what is liked."""

    filterset_class = ExploreFilter
    form_fields = ("x", "y", "colour", "q", "genre", "artist", "label", "liked")
    ranges = ("year",)
    folded_ranges = ("score", "popularity", *AMOUNT_NAMES)
    not_filters = _SHOWN_ONLY

    def get_unfiltered_queryset(self) -> QuerySet[Track]:
        return Track.objects.all()

    def query(self) -> QueryDict:
        query = self.request.GET.copy()
        for name, usual in (("x", USUAL_X), ("y", USUAL_Y)):
            if not query.get(name, "").strip():
                query[name] = usual
        return query

    def show(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        chosen = self.filterset.form.cleaned_data
        x, y, colour = chosen["x"], chosen["y"], chosen["colour"]
        columns = {DECADE: ["album__release_date"], LIKED: ["liked"]}.get(colour, [colour] if colour in AXES else [])
        sample = sample_of(self.filterset.qs, x, y, *columns)
        rows = sample.tracks
        keys = [row["pk"] for row in rows]
        named = {}
        if colour == GENRE:
            filtered_by = chosen["genre"].slug if chosen["genre"] else ""
            found = genres_of(keys)
            named = {key: [name for name, slug in pairs if slug != filtered_by] for key, pairs in found.items()}
        groups = grouped(rows, colour, named)
        across, upwards = (scatter.across([row[x] for row in rows]), scatter.upwards([row[y] for row in rows]))
        artists = Track.objects.artist_names_of(keys)
        context = {
            **self.form_context(),
            "x": AXES[x],
            "y": AXES[y],
            "axes": (across, upwards),
            "scatter": scatter,
            "bottom": scatter.HEIGHT - scatter.BOTTOM,
            "right": scatter.WIDTH - scatter.RIGHT,
            "colour_label": str(dict(self.filterset.form.fields["colour"].choices).get(colour, "")),
            "points": _points(rows, artists, (x, across), (y, upwards), groups),
            "groups": _groups(rows, x, y, groups),
            "spreads": [(AXES[name], scatter.spread_of([row[name] for row in rows])) for name in (x, y) if rows],
            "relation": scatter.relation_of([row[x] for row in rows], [row[y] for row in rows]),
            "shown": len(rows),
            "total": sample.total,
            "suggested_genres": self.suggest_genres(),
            **self._elsewhere(x, y),
        }
        return self.render_to_response(context)

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        return TemplateResponse(self.request, "musicdb/explore.html", context, **options)

    def facts(self, context: dict[str, Any]) -> Facts:
        x, y = context["x"].label, context["y"].label.lower()
        return Facts(f"{x} and {y} of tracks", f"{context['total']:,} tracks by {x.lower()} and {y}, as a plot.")

    def _elsewhere(self, x: str, y: str) -> dict[str, Any]:
        """Return the addresses of the very tracks that the plot is of: those of which both features are known."""
        filters = {name: text for name, text in self.given.items() if name not in _SHOWN_ONLY}
        for name in (x, y):
            if not filters.keys() & {f"min_{name}", f"max_{name}"}:
                filters[f"min_{name}"] = f"{AXES[name].lowest:g}"
        query = query_of(filters)
        return {
            "files": files_of("tracks-file", query=query),
            "list_address": with_query(reverse("tracks"), query),
            "api_address": with_query(reverse("api:track-list"), query),
        }


def _points(
    rows: Iterable[dict[str, Any]],
    artists: dict[int, list[str]],
    x: tuple[str, scatter.Scale],
    y: tuple[str, scatter.Scale],
    groups: Grouping | None,
) -> SafeString:
    """Return the points as SVG. A template would take several times as long for so many."""
    (x_name, across), (y_name, upwards) = x, y
    tracks = reverse("tracks")
    looks = [groups.look(group) for group in range(len(groups.names))] if groups else ["colour-0"]

    def title(row: dict[str, Any]) -> str:
        by = ", ".join(artists.get(row["pk"], ()))
        return f"{row['title']}, by {by}" if by else row["title"]

    # A visitor with a keyboard has the list of the same tracks, and need not go through a thousand links.
    return format_html_join(
        "\n",
        '<a href="{}{}/" tabindex="-1"><circle class="{}" cx="{}" cy="{}" r="2.5"><title>{}</title></circle></a>',
        (
            (
                tracks,
                row["slug"],
                looks[groups.of[place] if groups else 0],
                f"{across.place(row[x_name]):.1f}",
                f"{upwards.place(row[y_name]):.1f}",
                title(row),
            )
            for place, row in enumerate(rows)
        ),
    )


def _groups(rows: Sequence[dict[str, Any]], x: str, y: str, groups: Grouping | None) -> list[Group]:
    """Return the rows of the legend: the groups that have points."""
    if groups is None:
        return []
    members: list[list[dict[str, Any]]] = [[] for _ in groups.names]
    for row, group in zip(rows, groups.of, strict=True):
        members[group].append(row)
    return [
        Group(
            name,
            groups.look(place),
            len(members[place]),
            scatter.spread_of([row[x] for row in members[place]]),
            scatter.spread_of([row[y] for row in members[place]]),
        )
        for place, name in enumerate(groups.names)
        if members[place]
    ]
