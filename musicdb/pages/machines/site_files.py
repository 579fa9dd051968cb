"""The small files that machines ask a site for: robots.txt and the web app manifest."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control

from musicdb.pages.context import site_of
from musicdb.pages.machines.head import absolute
from musicdb.pages.theme import LIGHT, write

ICONS = (
    ("musicdb/icon.svg", "any", "image/svg+xml", "any"),
    ("musicdb/icon-192.png", "192x192", "image/png", "any"),
    ("musicdb/icon-512.png", "512x512", "image/png", "any"),
    ("musicdb/icon-maskable-512.png", "512x512", "image/png", "maskable"),
)


@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """Tell robots what not to read, and where the sitemap is."""
    lines = [
        "User-agent: *",
        f"Disallow: {reverse('admin:index')}",
        f"Disallow: {reverse('search')}",
        f"Disallow: {reverse('api-docs')}",
        f"Disallow: {reverse('api-schema')}",
        "",
        f"Sitemap: {absolute(request, reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def manifest(request: HttpRequest) -> JsonResponse:
    """Serve what a device needs to keep the site among its apps. One query."""
    name = site_of(request).name
    ground = write(LIGHT.ground)
    icons = [
        {"src": static(path), "sizes": sizes, "type": kind, "purpose": purpose} for path, sizes, kind, purpose in ICONS
    ]
    data = {
        "id": reverse("home"),
        "name": name,
        "short_name": name,
        "start_url": reverse("home"),
        "scope": reverse("home"),
        "display": "minimal-ui",
        "lang": "en",
        "theme_color": ground,
        "background_color": ground,
        "icons": icons,
    }
    return JsonResponse(data, content_type="application/manifest+json")
