"""Former addresses: what was merged into something else is found there."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, reverse

from musicdb.models import Artist, Genre, Label
from musicdb.models.slugs import alias_for_slug

_MODELS = {"genres": Genre, "artists": Artist, "labels": Label}
# For people and programs alike, and for whatever is below.
_ROUTE = re.compile(rf"(?:api/v1/)?({'|'.join(_MODELS)})/<slug:slug>/")


class AliasRedirectMiddleware:
    """Middleware that leads from the address of what was merged to the same page of what it is part of now.

    It asks the database only about what would be a 404. What leads to something that is not public is a 404 still.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 404 and request.method in {"GET", "HEAD"} and request.resolver_match:
            return _redirect(request, request.resolver_match) or response
        return response


def _redirect(request: HttpRequest, match: ResolverMatch) -> HttpResponseBase | None:
    route = _ROUTE.match(match.route)
    alias = route and alias_for_slug(_MODELS[route[1]], match.kwargs["slug"])
    if not alias or not getattr(alias.target, "is_public", True):
        return None
    address = reverse(match.view_name, kwargs={**match.kwargs, "slug": alias.target.slug})
    query = request.META.get("QUERY_STRING")
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
