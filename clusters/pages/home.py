"""The home page: the library's clusters, then each genre's."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse

from clusters.models import Run
from clusters.pages.facts import home_facts
from clusters.pages.genre_maps import genre_map
from clusters.runs import genres_in_short
from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from musicdb.pages.context import site_of
from musicdb.pages.generic import ListView
from musicdb.pages.machines import Facts, WithHead
from musicdb.pages.markdown.views import ROWS_A_PAGE, render_markdown
from musicdb.search import count_tracks

GENRES_A_PAGE = 24
PLAYLISTS_SHOWN = 24


class HomeView(WithHead, ListView):
    template_name = "clusters/home.html"
    context_object_name = "genres"
    paginate_by = GENRES_A_PAGE

    def get_queryset(self) -> QuerySet[Genre]:
        published = Prefetch("collection__runs", queryset=Run.objects.published(), to_attr="published_runs")
        return Genre.objects.for_list().select_related("collection").prefetch_related(published)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        totals = {model._meta.verbose_name_plural: model.objects.count() for model in (Track, Artist, Album, Label)}
        shown = list(Playlist.objects.for_list()[:PLAYLISTS_SHOWN])
        counts = count_tracks(shown)
        playlists = [(playlist, counts[playlist.pk]) for playlist in shown]
        library = Run.objects.published().filter(collection__kind="library").select_related("collection").first()
        context = super().get_context_data(totals=totals, playlists=playlists, library=library, **kwargs)
        if context["page_obj"].number == 1:
            context["genre_map"] = genre_map(genres_in_short())
        return context

    def facts(self, context: dict[str, Any]) -> Facts:
        site = site_of(self.request)
        return home_facts(context, site.name, site.introduction)


class HomeMarkdownView(HomeView):
    """The way to all other pages in Markdown."""

    paginate_by = ROWS_A_PAGE

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        return render_markdown(self.request, "markdown/home.md", context)
