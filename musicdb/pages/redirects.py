"""Redirect the former addresses of genres, artists, labels and playlists that were merged into others."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, reverse

from musicdb.models.aggregates import CATALOGUE
from musicdb.models.slugs import alias_for_slug

# The keyword of a slug in an address names the model that the slug belongs to: <slug:genre_slug>.
_MODELS = {f"{aggregate.model._meta.model_name}_slug": aggregate.model for aggregate in CATALOGUE if aggregate.alias}


class AliasRedirectMiddleware:
    """Redirect from the page of a row that was merged away to the same page of the row that it was merged into.

    This holds for pages and for the API, and for every page below, such as a genre's clusters. A view of something that
    the target does not have, such as a cluster by its number, names a page of the target in ``page_if_merged``: it then
    redirects to that one, without the query. The database is asked only about requests that would end in a 404. If the
    target has no page, the answer stays a 404.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 404 and request.method in {"GET", "HEAD"} and request.resolver_match:
            return _redirect(request, request.resolver_match) or response
        return response


def _redirect(request: HttpRequest, match: ResolverMatch) -> HttpResponseBase | None:
    for keyword, value in match.kwargs.items():
        model = _MODELS.get(keyword)
        alias = alias_for_slug(model, value) if model else None
        if alias and getattr(alias.target, "has_page", True):
            if above := _above(match):
                return HttpResponsePermanentRedirect(reverse(above, kwargs={keyword: alias.target.slug}))
            address = reverse(match.view_name, kwargs={**match.kwargs, keyword: alias.target.slug})
            query = request.META.get("QUERY_STRING")
            return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
    return None


def _above(match: ResolverMatch) -> str:
    """Return the name of the address that a view names to be shown in its place; empty if it names none."""
    # The class of one of Django's views, or of one of the API's.
    view = getattr(match.func, "view_class", None) or getattr(match.func, "cls", None)
    page = getattr(view, "page_if_merged", "")
    kind = match.url_name.partition("-")[0] if match.url_name else ""
    return ":".join([*match.namespaces, f"{kind}-{page}"]) if page else ""
