"""What every template of the site can use."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from musicdb.models import SiteSettings


def site_settings(request: HttpRequest) -> dict[str, Any]:
    """Return the site settings as ``site``. They are read, by one query, where a template first uses them."""
    return {"site": SimpleLazyObject(SiteSettings.load)}
