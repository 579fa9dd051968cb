"""The home page: the library's clusters, then each genre's."""

from typing import Any

from django.db.models import Count, Prefetch, QuerySet, Value
from django.http import HttpResponse

from clusters.models import Run
from clusters.pages.facts import home_facts
from clusters.pages.genre_maps import genre_map
from clusters.runs import genres_in_short
from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from musicdb.pages.context import site_of
from musicdb.pages.generic import ListView, Paginator
from musicdb.pages.machines import Facts, WithHead
from musicdb.pages.markdown.views import ROWS_A_PAGE, render_markdown
from musicdb.search import count_tracks

GENRES_A_PAGE = 24
PLAYLISTS_SHOWN = 24
KINDS = (Track, Artist, Album, Label, Genre)


def totals() -> dict[str, int]:
    """Return how many rows there are of each of what a library consists of, by its name in the plural. One query."""
    found = {str(model._meta.verbose_name_plural): 0 for model in KINDS}
    counts = [
        model._default_manager.order_by().values(kind=Value(name)).annotate(rows=Count("pk"))
        for name, model in zip(found, KINDS, strict=True)
    ]
    return found | dict(counts[0].union(*counts[1:], all=True).values_list("kind", "rows"))


class HomeView(WithHead, ListView):
    template_name = "clusters/home.html"
    context_object_name = "genres"
    paginate_by = GENRES_A_PAGE
    has_map = True

    def get_queryset(self) -> QuerySet[Genre]:
        published = Prefetch("collection__runs", queryset=Run.objects.published(), to_attr="published_runs")
        return Genre.objects.for_list().select_related("collection").prefetch_related(published)

    def get_paginator(self, *args: Any, **kwargs: Any) -> Paginator:
        paginator = super().get_paginator(*args, **kwargs)
        paginator.count = self.totals["genres"]
        return paginator

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = list(Playlist.objects.for_list()[:PLAYLISTS_SHOWN])
        counts = count_tracks(shown)
        playlists = [(playlist, counts[playlist.pk]) for playlist in shown]
        library = Run.objects.published().filter(collection__kind="library").select_related("collection").first()
        self.totals = totals()
        context = super().get_context_data(totals=self.totals, playlists=playlists, library=library, **kwargs)
        if self.has_map and context["page_obj"].number == 1:
            context["genre_map"] = genre_map(genres_in_short())
        return context

    def facts(self, context: dict[str, Any]) -> Facts:
        site = site_of(self.request)
        return home_facts(context, site.name, site.introduction)


class HomeMarkdownView(HomeView):
    """The way to all other pages in Markdown."""

    paginate_by = ROWS_A_PAGE
    has_map = False

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        return render_markdown(self.request, "markdown/home.md", context)
