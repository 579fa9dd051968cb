"""What Celery needs to know about the broker at ``CELERY_BROKER_URL``, beside its URL."""

import ssl
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SCHEMES = ("redis", "rediss", "amqp", "amqps", "filesystem")


def transport_options(url: str, queue: str) -> dict[str, Any]:
    """Return Celery's transport options for the broker at ``url``; none if it is empty.

    ``queue`` distinguishes this site from others that use the same broker.

    Raises ImproperlyConfigured if ``url`` is not that of a broker.
    """
    if not url:
        return {}
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        schemes = ", ".join(f"{scheme}://" for scheme in SCHEMES)
        raise ImproperlyConfigured(f"CELERY_BROKER_URL must begin with one of {schemes}, or be empty.")
    if parts.scheme in ("redis", "rediss"):
        # Redis has no queues of its own, only keys.
        return {"global_keyprefix": f"{queue}:"}
    if parts.scheme in ("amqp", "amqps"):
        return {}
    folder = unquote(parts.path).rstrip("/")
    if parts.netloc or not folder:
        raise ImproperlyConfigured(
            "CELERY_BROKER_URL must name a folder by its absolute path: filesystem:///path/to/folder"
        )
    return {
        "data_folder_in": folder,
        "data_folder_out": folder,
        "control_folder": f"{folder}/control",
        "polling_interval": 0.2,
    }


def ssl_options(url: str) -> dict[str, Any] | bool:
    """Return Celery's TLS options for the broker at ``url``: with TLS, its certificate is always verified."""
    if url.startswith("rediss:"):
        return {"ssl_cert_reqs": "required"}
    if url.startswith("amqps:"):
        # The name None is that of the URL.
        return {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": None}
    return False
