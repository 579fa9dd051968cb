"""The map of a collection's clusters on pages of other sites: a small page for a frame, and oEmbed to find it.

oEmbed is described at https://oembed.com.
"""

from typing import Any
from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.generic import TemplateView

from clusters.models import Collection, CollectionKind, Run
from clusters.pages.facts import PLOT_HEIGHT, PLOT_WIDTH, clusters_title
from clusters.runs import OfCollection, published_run_or_404
from musicdb.pages.context import site_of
from musicdb.pages.machines import absolute

# In pixels: the widest frame, the narrowest with a map that can be read, and the line of text below the plot.
WIDTH, MIN_WIDTH, TEXT = 800, 200, 64
CACHE_SECONDS = 3600

_PAGES = {f"{kind}-clusters": kind for kind in CollectionKind.values}


# Any site may frame this page, and no other page of this one.
@method_decorator([xframe_options_exempt, csp_replace({"frame-ancestors": ["*"]})], name="dispatch")
class EmbeddedView(OfCollection, TemplateView):
    """The plot of a collection's clusters, with links to its page."""

    template_name = "clusters/embedded.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.published_run()
        title = clusters_title(run.collection)
        address = absolute(self.request, run.get_absolute_url())
        return super().get_context_data(run=run, collection=run.collection, title=title, address=address, **kwargs)


@cache_control(public=True, max_age=CACHE_SECONDS)
def oembed(request: HttpRequest) -> HttpResponse:
    """Answer how the page at ``url`` is embedded: 404 if it has no clusters to show, 501 for formats but JSON."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse("Only format=json is available.\n", status=501, content_type="text/plain; charset=utf-8")
    try:
        limits = [int(request.GET.get(name) or WIDTH * 10) for name in ("maxwidth", "maxheight")]
    except ValueError:
        limits = [0, 0]
    if min(limits) <= 0:
        text = "maxwidth and maxheight must be whole numbers of pixels, above 0.\n"
        return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
    run = _run_at(request, request.GET.get("url", ""))
    width, height = _fit(*limits)
    collection = run.collection
    title, source = clusters_title(collection), absolute(request, collection.address("embedded"))
    frame = render_to_string(
        "includes/embedded_frame.html", {"title": title, "source": source, "width": width, "height": height}
    )
    return JsonResponse(
        {
            "type": "rich",
            "version": "1.0",
            "title": title,
            "provider_name": site_of(request).name,
            "provider_url": absolute(request, reverse("home")),
            "cache_age": CACHE_SECONDS,
            "html": frame.strip(),
            "width": width,
            "height": height,
            "thumbnail_url": absolute(request, run.plot_png.url),
            "thumbnail_width": PLOT_WIDTH,
            "thumbnail_height": PLOT_HEIGHT,
        }
    )


def oembed_address(request: HttpRequest, collection: Collection) -> str:
    """Return the address that says how the page of a collection's clusters is embedded."""
    query = {"url": absolute(request, collection.get_absolute_url()), "format": "json"}
    return absolute(request, reverse("oembed", query=query))


def _run_at(request: HttpRequest, address: str) -> Run:
    """Return the published run whose page is at ``address``. Raises Http404 if it is none of this site's."""
    try:
        parts = urlsplit(address)
        match = resolve(parts.path)
    except (ValueError, Resolver404) as error:
        raise Http404("There are no clusters at this address.") from error
    kind = _PAGES.get(match.view_name)
    if parts.scheme not in ("http", "https") or parts.netloc.lower() != request.get_host().lower() or kind is None:
        raise Http404("There are no clusters at this address.")
    return published_run_or_404(kind, match.kwargs.get(f"{kind}_slug", ""))


def _fit(max_width: int, max_height: int) -> tuple[int, int]:
    """Return width and height of the frame in pixels: the plot's shape and the text, within both limits."""
    width = min(WIDTH, max_width, max((max_height - TEXT) * PLOT_WIDTH // PLOT_HEIGHT, min(MIN_WIDTH, max_width)))
    return width, min(max_height, width * PLOT_HEIGHT // PLOT_WIDTH + TEXT)
