"""The interactive map of a collection's clusters: its points, the tracks behind them, and selections on it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.generic import View

from clusters.core.plotting.looks import looks
from clusters.models import Cluster, Membership, Run
from clusters.pages import facts
from clusters.runs import COLUMNS, MAX_DETAILS, OfCollection, Outline, details_of, has_map, points_of, values_of
from musicdb.models import Track
from musicdb.music.audio_features import AUDIO_FEATURES
from musicdb.pages.generic import ListView
from musicdb.pages.machines import Facts, WithHead
from musicdb.pages.machines.head import counted
from musicdb.pages.track_files import files_of, heading_of, send_tracks

BYTES = "application/octet-stream"
YEAR = 365 * 24 * 3600
ROWS_A_PAGE = 50
# In place of the column in the address of its values.
COLUMN = "COLUMN"
# Primary keys are not larger on any database.
MAX_KEY = 2**63 - 1


def map_of(run: Run, clusters: Sequence[Cluster]) -> dict[str, Any] | None:
    """Return what the page and the script need of the map of ``run``; None if there are too many points. No query.

    ``data`` is for the script, ``colours`` are the columns by which it colours, with their labels.
    """
    if not has_map(run):
        return None
    collection = run.collection
    look = looks([cluster.number for cluster in clusters])
    legend = [
        {"number": cluster.number, "name": cluster.shown_name, "colour": colour, "marker": marker}
        for cluster in clusters
        for colour, marker in [look[cluster.number]]
    ]
    files = files_of(f"{collection.kind}-selection-tracks", *collection.address_arguments, run.pk)
    return {
        "colours": [("liked", "Liked"), *((one.name, one.label) for one in AUDIO_FEATURES if one.name in run.features)],
        "has_sureness": run.divides and run.stability is not None,
        "data": {
            "points": collection.address("map-points", run.pk),
            "values": collection.address("map-values", run.pk, COLUMN),
            "details": collection.address("map-details", run.pk),
            "maxDetails": MAX_DETAILS,
            "selection": collection.address("selection", run.pk),
            "files": [[file.format.label, file.address] for file in files],
            "clusters": legend,
            "axes": [[axis["low"], axis["high"], round(100 * axis["variance"])] for axis in run.axes],
        },
    }


class OfMap(OfCollection):
    """A view of the map of one run. Once another run is published, its addresses lead nowhere."""

    def mapped_run(self) -> Run:
        run = self.published_run()
        if run.pk != self.kwargs["run"] or not has_map(run):
            raise Http404("This map has been replaced by a newer one.")
        return run


@method_decorator(cache_control(public=True, max_age=YEAR, immutable=True), name="get")
class PointsView(OfMap, View):
    """The points of a run. Browsers keep them for ever: a run never changes."""

    def get(self, request: HttpRequest, **parameters: Any) -> HttpResponseBase:
        run = self.mapped_run()
        etag = f'"map-{run.pk}"'
        unchanged: HttpResponseBase | None = get_conditional_response(request, etag=etag)
        response = unchanged or HttpResponse(points_of(run), content_type=BYTES)
        response["ETag"] = etag
        return response


@method_decorator(cache_control(public=True, no_cache=True), name="get")
class ValuesView(OfMap, View):
    """A column of the tracks of a run, such as their tempo or whether they are liked, as it is now."""

    def get(self, request: HttpRequest, column: str, **parameters: Any) -> HttpResponseBase:
        if column not in COLUMNS:
            raise Http404("Points are not coloured by this.")
        return HttpResponse(values_of(self.mapped_run(), column), content_type=BYTES)


class DetailsView(OfMap, View):
    """Title, artists and address of some tracks of a run. Those that it does not have are left out."""

    def get(self, request: HttpRequest, **parameters: Any) -> HttpResponseBase:
        run = self.mapped_run()
        ids = request.GET.get("ids", "").split(",", MAX_DETAILS)
        if len(ids) > MAX_DETAILS or not all(one.isascii() and one.isdigit() and len(one) < 20 for one in ids):
            raise BadRequest(f"ids are at most {MAX_DETAILS} whole numbers with commas between them.")
        keys = [int(one) for one in ids if int(one) <= MAX_KEY]
        tracks = {
            track.pk: {"title": track.title, "artists": ", ".join(artists), "address": track.get_absolute_url()}
            for track, artists in details_of(run, keys)
        }
        return JsonResponse({"tracks": tracks})


class SelectionView(OfMap, WithHead, ListView):
    """The tracks within an outline on the map, by cluster, nearest to its centre first."""

    template_name = "clusters/selection.html"
    context_object_name = "memberships"
    paginate_by = ROWS_A_PAGE

    def get(  # type: ignore[override]
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        self.run = self.mapped_run()
        self.outline = [(name, request.GET.get(name, "")) for name in ("grid", "within")]
        try:
            self.memberships = Outline.parse(*(value for _, value in self.outline)).memberships_in(self.run)
        except ValueError as error:
            raise BadRequest(str(error)) from error
        return self.show(request, *args, **kwargs)

    def show(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Membership]:
        return self.memberships.for_table().by_cluster()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        collection = self.run.collection
        view, query = f"{self.kind}-selection-tracks", urlencode(self.outline)
        files = files_of(view, *collection.address_arguments, self.run.pk, query=query)
        return super().get_context_data(run=self.run, collection=collection, files=files, **kwargs)

    def facts(self, context: dict[str, Any]) -> Facts:
        return facts.selection_facts(context)

    def kept_parameters(self) -> list[tuple[str, str]]:
        return self.outline


class SelectionTrackListView(SelectionView):
    """The tracks within an outline on the map as a file in the format that the address ends with."""

    def show(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        collection = self.run.collection
        heading = heading_of(
            request,
            f"{counted(self.memberships.count(), 'track')} {collection.preposition} {collection.name}",
            f"{collection.address('selection', self.run.pk)}?{urlencode(self.outline)}",
            date=self.run.finished_at,
        )
        tracks = Track.objects.filter(memberships__in=self.memberships.values("pk"))
        in_order = tracks.order_by("memberships__cluster__number", "memberships__rank")
        return send_tracks(request, heading, in_order, kwargs["extension"])
