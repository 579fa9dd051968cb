"""The tracks that are similar to one, and a path from one to another: as pages and as files."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from clusters.pages import facts
from clusters.runs import path_or_404, similar_or_404
from musicdb.models import Track
from musicdb.pages.machines import Facts, WithHead
from musicdb.pages.track_files import files_of, heading_of, send_tracks
from musicdb.search import cut_query, found_directly, search_everywhere
from musicdb.search.groups import TRACKS

# How many tracks are offered to choose from.
CHOICES = 20


class SimilarView(WithHead, TemplateView):
    """At most ten tracks in the genres of one and ten beyond that sound most like it, each with the reason."""

    template_name = "clusters/similar.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        track, similar = similar_or_404(self.kwargs["track_slug"])
        files = files_of("similar-tracks", track.slug)
        return super().get_context_data(track=track, similar=similar, files=files, **kwargs)

    def facts(self, context: dict[str, Any]) -> Facts:
        return facts.similar_facts(context)


class SimilarTrackListView(View):
    """The same tracks as a file, in the format that the address ends with."""

    def get(self, request: HttpRequest, track_slug: str, extension: str) -> HttpResponseBase:
        track, similar = similar_or_404(track_slug)
        heading = heading_of(request, f"Similar to {track.title}", reverse("similar", args=[track.slug]))
        tracks = Track.objects.in_given_order([each.track.pk for each in similar.all])
        return send_tracks(request, heading, tracks, extension)


class PathChoiceView(WithHead, TemplateView):
    """Asks to which track a path is to lead, among those found for ``to``. A link, an id or an ISRC leads on."""

    template_name = "clusters/path_choice.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        track = get_object_or_404(Track, slug=kwargs["track_slug"])
        typed = request.GET.get("to", "")
        found = found_directly(typed)
        if isinstance(found, Track) and found != track:
            return redirect("path", track.slug, found.slug)
        found_by_words = [hit for group in search_everywhere(typed, [TRACKS], CHOICES) for hit in group.hits]
        hits = [hit for hit in found_by_words if hit.slug != track.slug]
        is_itself = found == track or len(hits) < len(found_by_words)
        return super().get(request, track=track, wanted=cut_query(typed), hits=hits, is_itself=is_itself)

    def facts(self, context: dict[str, Any]) -> Facts:
        return facts.path_choice_facts(context)

    def kept_parameters(self) -> list[tuple[str, str]]:
        wanted = cut_query(self.request.GET.get("to", ""))
        return [("to", wanted)] if wanted else []


class PathView(WithHead, TemplateView):
    """The tracks on a path from one to another, each with how it differs from the one before."""

    template_name = "clusters/path.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        steps = path_or_404(self.kwargs["track_slug"], self.kwargs["other_slug"])
        first, last = steps[0].track, steps[-1].track
        files = files_of("path-tracks", first.slug, last.slug)
        return super().get_context_data(steps=steps, first=first, last=last, files=files, **kwargs)

    def facts(self, context: dict[str, Any]) -> Facts:
        return facts.path_facts(context)


class PathTrackListView(View):
    """The same tracks as a file, in the format that the address ends with."""

    def get(self, request: HttpRequest, track_slug: str, other_slug: str, extension: str) -> HttpResponseBase:
        steps = path_or_404(track_slug, other_slug)
        first, last = steps[0].track, steps[-1].track
        page = reverse("path", args=[first.slug, last.slug])
        heading = heading_of(request, f"From {first.title} to {last.title}", page)
        return send_tracks(request, heading, Track.objects.in_given_order([each.track.pk for each in steps]), extension)
