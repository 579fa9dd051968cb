"""The lists of tracks that pages show, as files: the same tracks in the same order, by the same filters."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from musicdb.history import created_at
from musicdb.models import Genre
from musicdb.pages import views
from musicdb.pages.lists import with_query
from musicdb.pages.track_files import heading_of, send_tracks


class TrackListView(views.OwnedTracksView):
    """The tracks of one object as a file, in the format that the address ends with."""

    def show(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        owner = self.owner
        heading = heading_of(
            request,
            str(owner),
            owner.get_absolute_url(),
            annotation=getattr(owner, "description", ""),
            image=getattr(owner, "art", ""),
            date=created_at(owner),
        )
        return send_tracks(request, heading, self.get_queryset(), self.kwargs["extension"])


class GenreTrackListView(TrackListView):
    owners = Genre.objects.all()


class ArtistTrackListView(TrackListView, views.ArtistDetailView):
    pass


class LabelTrackListView(TrackListView, views.LabelDetailView):
    pass


class AlbumTrackListView(TrackListView, views.AlbumDetailView):
    pass


class PlaylistTrackListView(TrackListView, views.PlaylistDetailView):
    pass


class AllTracksFileView(views.AllTracksView):
    """The tracks that the list of all tracks shows, as a file."""

    def show(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        heading = heading_of(request, "Tracks", with_query(reverse("tracks"), self.filters_query))
        return send_tracks(request, heading, self.get_queryset(), self.kwargs["extension"])
