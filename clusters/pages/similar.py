"""The tracks that are similar to one, as a page and as files."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView, View

from clusters.runs import Similar, similar_to
from musicdb.models import Track
from musicdb.pages.machines import Facts, WithHead, shorten, structured
from musicdb.pages.track_files import files_of, heading_of, send_tracks


def _similar_or_404(slug: str) -> tuple[Track, Similar]:
    track = get_object_or_404(Track, slug=slug)
    similar = similar_to(track)
    if similar is None:
        raise Http404("It is not known which tracks are similar to this one.")
    return track, similar


class SimilarView(WithHead, TemplateView):
    """At most ten tracks in the genres of one and ten beyond that sound most like it, each with the reason."""

    template_name = "clusters/similar.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        track, similar = _similar_or_404(self.kwargs["track_slug"])
        files = files_of("similar-tracks", track.slug)
        return super().get_context_data(track=track, similar=similar, files=files, **kwargs)

    def facts(self, context: dict[str, Any]) -> Facts:
        track, found = context["track"], context["similar"].all
        title = f"Similar to {track.title}"
        tracks = [each.track for each in found]
        listed = structured.listing((structured.recording(each) for each in tracks), len(tracks))
        return Facts(
            title=title,
            description=f"The tracks that sound most like {shorten(track.title)}, in its genres and beyond, and why: "
            f"{', '.join(shorten(each.title, 40) for each in tracks[:2])}.",
            data=structured.collection_page(title, listed),
            crumbs=[(track.title, track.get_absolute_url()), ("Similar tracks", self.request.path)],
        )


class SimilarTrackListView(View):
    """The same tracks as a file, in the format that the address ends with."""

    def get(self, request: HttpRequest, track_slug: str, extension: str) -> HttpResponseBase:
        track, similar = _similar_or_404(track_slug)
        page = f"{track.get_absolute_url()}similar/"
        heading = heading_of(request, f"Similar to {track.title}", page)
        tracks = Track.objects.in_given_order([each.track.pk for each in similar.all])
        return send_tracks(request, heading, tracks, extension)
