"""The address that a request came from, also behind proxies."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the address of the client. Without proxies, it is that of the connection. None if there is no address.

    Each proxy adds the address that connected to it to the end of X-Forwarded-For. The site has ``PROXY_COUNT`` proxies
    of its own, so the address of the client is that many entries from the end. Earlier entries come from the client,
    which may invent them.
    """
    own: str | None = request.META.get("REMOTE_ADDR") or None
    count = settings.PROXY_COUNT
    entries = [entry.strip() for entry in request.headers.get("X-Forwarded-For", "").split(",")]
    if count < 1 or len(entries) < count:
        return own
    try:
        return str(ip_address(entries[-count]))
    except ValueError:
        return own
