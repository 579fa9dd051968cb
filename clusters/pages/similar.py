"""The tracks that are similar to one, as a page and as files."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views.generic import TemplateView, View

from clusters.pages import facts
from clusters.runs import similar_or_404
from musicdb.models import Track
from musicdb.pages.machines import Facts, WithHead
from musicdb.pages.track_files import files_of, heading_of, send_tracks


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
