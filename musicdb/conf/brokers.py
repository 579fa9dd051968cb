"""Where work for other processes is put: what an address of it means to Celery."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SCHEMES = ("redis", "rediss", "filesystem")


def transport_options(address: str, queue: str) -> dict[str, Any]:
    """Return what Celery is to know of the broker at ``address`` beside the address; nothing where that is empty.

    ``queue``: what sets this site's messages apart from those of others with the same broker.

    Raises ImproperlyConfigured where the address is no broker's.
    """
    if not address:
        return {}
    parts = urlsplit(address)
    if parts.scheme not in SCHEMES:
        schemes = ", ".join(f"{scheme}://" for scheme in SCHEMES)
        raise ImproperlyConfigured(f"CELERY_BROKER_URL must begin with one of {schemes}, or be empty.")
    if parts.scheme != "filesystem":
        return {"global_keyprefix": f"{queue}:"}
    folder = unquote(parts.path).rstrip("/")
    if parts.netloc or not folder:
        raise ImproperlyConfigured("CELERY_BROKER_URL must name a folder by its whole path: filesystem:///path/to/it")
    return {
        "data_folder_in": folder,
        "data_folder_out": folder,
        "control_folder": f"{folder}/control",
        "polling_interval": 0.2,
    }
