"""The search of the site: a page, and the suggestions below its box while somebody types."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.generic import TemplateView

from clusters.runs import SEARCHED
from musicdb.pages.machines import Facts, WithHead
from musicdb.search import cut_query, found_directly, search_everywhere

ON_PAGE = 20
SUGGESTED = 5


class SearchView(WithHead, TemplateView):
    """What was found for ``q``, kind by kind. A link, an id or an ISRC leads straight to what it names."""

    template_name = "clusters/search.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        typed = request.GET.get("q", "")
        if found := found_directly(typed):
            return redirect(found)
        query = cut_query(typed)
        found = search_everywhere(query, SEARCHED, ON_PAGE)
        return super().get(request, query=query, list_query=urlencode({"q": query}), found=found)

    def facts(self, context: dict[str, Any]) -> Facts:
        query = context["query"]
        title = f"Search: {query}" if query else "Search"
        return Facts(title, "Search for artists, albums, tracks, labels, genres, playlists and clusters.")

    def kept_parameters(self) -> list[tuple[str, str]]:
        # Also without a query, it is a page that search engines need not list.
        return [("q", cut_query(self.request.GET.get("q", "")))]


def suggest(request: HttpRequest) -> HttpResponse:
    """Answer with the options of the list below the box: a fragment of HTML, empty where nothing was found."""
    found = search_everywhere(request.GET.get("q", ""), SEARCHED, SUGGESTED)
    response = render(request, "clusters/search_suggestions.html", {"found": found})
    response["X-Robots-Tag"] = "noindex"
    return response
