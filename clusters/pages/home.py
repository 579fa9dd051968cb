"""The home page: the library's clusters, then each genre's."""

from typing import Any

from django.db import connection
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse

from clusters.models import Run
from clusters.pages.facts import home_facts
from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from musicdb.pages.context import site_of
from musicdb.pages.generic import ListView
from musicdb.pages.machines import Facts, WithHead
from musicdb.pages.markdown.views import ROWS_A_PAGE, render_markdown
from musicdb.search import count_tracks

GENRES_A_PAGE = 24
PLAYLISTS_SHOWN = 24
TOTALS = {
    "tracks": tallies.TRACKS,
    "artists": tallies.ARTISTS,
    "albums": tallies.ALBUMS,
    "labels": tallies.LABELS,
}


class HomeView(WithHead, ListView):
    template_name = "clusters/home.html"
    context_object_name = "genres"
    paginate_by = GENRES_A_PAGE

    def get_queryset(self) -> QuerySet[Genre]:
        published = Prefetch("collection__runs", queryset=Run.objects.published(), to_attr="published_runs")
        return Genre.objects.for_list().select_related("collection").prefetch_related(published)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        numbers = tallies.read(connection, TOTALS.values())
        totals = {name: numbers[tally] for name, tally in TOTALS.items()}
        shown = list(Playlist.objects.for_list()[:PLAYLISTS_SHOWN])
        counts = count_tracks(shown)
        playlists = [(playlist, counts[playlist.pk]) for playlist in shown]
        library = Run.objects.published().filter(collection__kind="library").select_related("collection").first()
        return super().get_context_data(totals=totals, playlists=playlists, library=library, **kwargs)

    def facts(self, context: dict[str, Any]) -> Facts:
        site = site_of(self.request)
        return home_facts(context, site.name, site.introduction)


class HomeMarkdownView(HomeView):
    """The way to all other pages in Markdown."""

    paginate_by = ROWS_A_PAGE

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        return render_markdown(self.request, "markdown/home.md", context)
