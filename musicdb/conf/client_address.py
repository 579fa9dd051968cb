"""The address that a request came from, also behind proxies."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the address of the client: its own connection's, or what the outermost of our proxies saw.

    Each proxy appends the address of whoever connected to it to X-Forwarded-For. ``PROXY_COUNT`` of our own are in
    front, so the client's address is that many entries from the right. Entries further left are the client's claim.
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
