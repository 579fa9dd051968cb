"""What every template of the site can use."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from musicdb.models import SiteSettings


def site_of(request: HttpRequest) -> Any:
    """Return the site settings. They are read, by one query a request, where something first uses them."""
    return request.__dict__.setdefault("site_settings", SimpleLazyObject(SiteSettings.load))


def site_settings(request: HttpRequest) -> dict[str, Any]:
    """Return the site settings as ``site``."""
    return {"site": site_of(request)}
