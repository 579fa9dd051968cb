"""The pages of the catalogue."""

from collections.abc import Sequence
from typing import Any

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.static import serve

from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from musicdb.models.querysets import TrackQuerySet
from musicdb.music import AMOUNT_NAMES
from musicdb.pages.generic import DetailView
from musicdb.pages.lists import FilteredListView, JumpLettersView, with_query
from musicdb.pages.machines import Facts, WithHead, catalogue
from musicdb.pages.track_files import files_of
from musicdb.search import (
    AlbumFilter,
    ArtistFilter,
    DeferredJoinPaginator,
    GenreFilter,
    LabelFilter,
    PlaylistFilter,
    TrackFilter,
    count_tracks,
    playlists_with,
    totals_of,
    tracks_of,
)

TOP = 10
ROWS_A_PAGE = 50
NAMES_A_PAGE = 100
CARDS_A_PAGE = 60


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer "ok" if the site can reach its database. Load balancers ask for this."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


def favicon(request: HttpRequest) -> HttpResponse:
    """Redirect to the icon. Browsers look here on pages that name no icon, such as the admin's."""
    return redirect(static("musicdb/icon.svg"))


# An SVG has inline styles, and needs nothing else.
@csp_replace({"default-src": [NONE], "style-src": [UNSAFE_INLINE], "img-src": ["data:"]})  # type: ignore[arg-type]
# A file never changes, since each plot gets a new name.
@cache_control(public=True, max_age=365 * 24 * 3600, immutable=True)
def plot_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve a stored plot, where no web server in front of Django serves the media."""
    return serve(request, path, document_root=str(settings.MEDIA_ROOT))


class CatalogueListView(JumpLettersView):
    """A list of all rows of a model. ``noun`` is what one row is called."""

    noun: str
    usual_order: Sequence[str] = ("name",)
    usual_order_words = "sorted by name"
    paginate_by = NAMES_A_PAGE

    @property
    def template_name(self) -> str:  # type: ignore[override]
        return f"musicdb/{self.noun}_list.html"

    @property
    def api_list(self) -> str:  # type: ignore[override]
        return f"api:{self.noun}-list"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            noun=self.noun, usual_order_words=self.usual_order_words, csv_address=self.csv_address, **kwargs
        )

    def get_paginator(self, queryset: Any, per_page: int, *args: Any, **kwargs: Any) -> Any:
        # The rows of a page are found by their keys, so that what a row shows is not worked out for those before it.
        paginator = DeferredJoinPaginator(queryset, per_page)
        paginator.rows = self.get_unfiltered_queryset()
        return paginator

    @property
    def csv_address(self) -> str:
        """The address of the list as CSV."""
        return with_query(reverse(f"{self.noun}s-csv"), self.filters_query)

    def facts(self, context: dict[str, Any]) -> Facts:
        return catalogue.list_facts(context, self.noun)


class GenreListView(CatalogueListView):
    queryset = Genre.objects.for_list()
    names = Genre.objects.all()
    noun = "genre"
    filterset_class = GenreFilter
    usual_order = ("-track_count", "name")
    usual_order_words = "largest first"


class GenreDetailView(WithHead, DetailView):
    model = Genre
    slug_url_kwarg = "genre_slug"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        genre = self.object
        return super().get_context_data(
            track_count=genre.tracks.count(),
            top_artists=Artist.objects.top_of_genre(genre, TOP),
            top_albums=Album.objects.top_of_genre(genre, TOP),
            top_labels=Label.objects.top_of_genre(genre, TOP),
            top_tracks=genre.tracks.top(TOP),
            files=files_of("genre-tracks", genre.slug),
            **kwargs,
        )

    def facts(self, context: dict[str, Any]) -> Facts:
        return catalogue.genre_facts(context)


class ArtistListView(CatalogueListView):
    queryset = Artist.objects.for_list()
    names = Artist.objects.visible()
    noun = "artist"
    filterset_class = ArtistFilter
    form_fields = ("q", "genre", "label", "ordering")


class LabelListView(CatalogueListView):
    queryset = Label.objects.for_list()
    names = Label.objects.visible()
    noun = "label"
    filterset_class = LabelFilter
    form_fields = ("q", "genre", "ordering")


class AlbumListView(CatalogueListView):
    queryset = Album.objects.for_list().with_artists()
    names = Album.objects.all()
    noun = "album"
    name_order = "title"
    filterset_class = AlbumFilter
    form_fields = ("q", "genre", "artist", "label", "ordering")
    ranges = ("year",)
    usual_order = ("-release_date", "title")
    usual_order_words = "newest first"
    paginate_by = CARDS_A_PAGE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        # Many libraries know the artists of tracks alone.
        names = Album.objects.names_on_tracks([album.pk for album in context["object_list"]])
        for album in context["object_list"]:
            album.names_on_tracks = names[album.pk]
        return context


class PlaylistListView(CatalogueListView):
    queryset = Playlist.objects.for_list()
    names = Playlist.objects.visible()
    noun = "playlist"
    filterset_class = PlaylistFilter

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        counts = count_tracks(context["object_list"])
        return {**context, "rows": [(playlist, counts[playlist.pk]) for playlist in context["object_list"]]}


class AllTracksView(CatalogueListView):
    """All tracks of the library."""

    queryset = Track.objects.for_table()
    names = Track.objects.all()
    noun = "track"
    name_order = "title"
    filterset_class = TrackFilter
    form_fields = ("q", "genre", "artist", "label", "liked", "ordering")
    ranges = ("year",)
    folded_ranges = ("score", "popularity", *AMOUNT_NAMES)
    usual_order = ("-score",)
    usual_order_words = "highest score first"
    paginate_by = ROWS_A_PAGE
    # It is among the files.
    csv_address = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(files=files_of("tracks-file", query=self.filters_query), **kwargs)


class OwnedTracksView(FilteredListView):
    """A page about one object, with a list of its tracks. Templates find it as ``owner`` and under its model's name."""

    owners: QuerySet[Any]
    filterset_class = TrackFilter
    form_fields = ("q", "liked", "ordering")
    folded_ranges = ("score", "year", *AMOUNT_NAMES)
    paginate_by = ROWS_A_PAGE

    def get_unfiltered_queryset(self) -> QuerySet[Track]:
        self.name = str(self.owners.model._meta.model_name)
        self.owner: Any = get_object_or_404(self.owners.all(), slug=self.kwargs[f"{self.name}_slug"])
        return self.get_tracks().with_table_columns()

    def get_tracks(self) -> TrackQuerySet:
        """Return the tracks of the owner, in the order of the page."""
        tracks: TrackQuerySet = self.owner.tracks.most_loved_first()
        return tracks

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        files = files_of(f"{self.name}-tracks", self.owner.slug, query=self.filters_query)
        return super().get_context_data(**kwargs, **{self.name: self.owner, "owner": self.owner, "files": files})


class ArtistDetailView(OwnedTracksView):
    owners = Artist.objects.visible(of_few=True)
    template_name = "musicdb/artist_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        albums = Album.objects.of_artist(self.owner).with_track_count().newest_first()
        genres = Genre.objects.filter(tracks__artists=self.owner).distinct()
        return super().get_context_data(albums=albums[:ROWS_A_PAGE], genres=genres, **kwargs)

    def facts(self, context: dict[str, Any]) -> Facts:
        return catalogue.artist_facts(context)


class LabelDetailView(OwnedTracksView):
    owners = Label.objects.visible(of_few=True)
    template_name = "musicdb/label_detail.html"

    def get_tracks(self) -> TrackQuerySet:
        return Track.objects.of_label(self.owner).most_loved_first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        albums = Album.objects.of_label(self.owner).with_track_count().newest_first()
        return super().get_context_data(albums=albums[:ROWS_A_PAGE], **kwargs)

    def facts(self, context: dict[str, Any]) -> Facts:
        return catalogue.label_facts(context)


class AlbumDetailView(OwnedTracksView):
    owners = Album.objects.with_disc_count().with_labels().with_artists()
    template_name = "musicdb/album_detail.html"

    def get_tracks(self) -> TrackQuerySet:
        tracks: TrackQuerySet = self.owner.tracks.in_album_order()
        return tracks

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_sorted = bool(self.filterset.form.cleaned_data.get("ordering"))
        shows_discs = not is_sorted and self.owner.disc_count > 1
        return super().get_context_data(shows_discs=shows_discs, **kwargs)

    def facts(self, context: dict[str, Any]) -> Facts:
        return catalogue.album_facts(context)


class PlaylistDetailView(OwnedTracksView):
    owners = Playlist.objects.visible()
    template_name = "musicdb/playlist_detail.html"

    def get_tracks(self) -> TrackQuerySet:
        return tracks_of(self.owner)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(totals=totals_of(self.filterset.qs), **kwargs)

    def facts(self, context: dict[str, Any]) -> Facts:
        return catalogue.playlist_facts(context)


class TrackDetailView(WithHead, DetailView):
    model = Track
    slug_url_kwarg = "track_slug"

    def get_object(self, queryset: Any = None) -> Track:
        slug = self.kwargs["track_slug"]
        found = list(Track.objects.for_page().with_other_releases(slug))
        track: Track | None = next((each for each in found if each.slug == slug), None)
        if track is None:
            raise Http404("No Track matches the given query.")
        self.releases = [each for each in found if each != track and track.is_one_recording_with(each)]
        return track

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(playlists=playlists_with(self.object), releases=self.releases, **kwargs)

    def facts(self, context: dict[str, Any]) -> Facts:
        return catalogue.track_facts(self.object)
