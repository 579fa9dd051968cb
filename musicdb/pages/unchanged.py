"""Answer requests for public pages without making the page, where the library has not changed.

What visitors see depends on the library, the address and the code, never on who asks. So the version of the library
(``musicdb.db.library_version``) tells whether a page has changed. It is read before all else: a page may be newer than
its version, never older.
"""

import hashlib
import logging
from collections.abc import Callable

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.middleware.gzip import re_accepts_gzip
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.timezone import localdate

from musicdb.conf.code_digest import code_digest
from musicdb.models import SiteSettings

# Answers that are the same for everybody until the library changes.
SHARED_STATUSES = {200, 301, 302, 404, 410}
# Addresses that need no version: they are private, or the library is not in their answers.
WITHOUT_VERSION = ("/admin/", "/api/docs/", "/api/schema/", "/healthz", "/theme/", "/robots.txt", "/favicon.ico")
VARIES_BY = ("Accept-Encoding", "Cookie")

logger = logging.getLogger(__name__)


class UnchangedPageMiddleware:
    """Give public pages an ETag, answer 304 to who has the page already, and keep pages in a cache.

    It leaves alone the answer of a view that says itself how to cache it, as all views of the admin do, and one that
    sets a cookie or depends on one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if settings.DEBUG:
            # A template that somebody is working on would not show.
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.code = code_digest()
        self.without_version = (*WITHOUT_VERSION, f"/{settings.MEDIA_URL.lstrip('/')}")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._answer(request)
        if request.method == "HEAD" and isinstance(response, HttpResponse) and response.content:
            # The server would drop the content, and warn of it in its log.
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"} or request.path_info.startswith(self.without_version):
            return self.get_response(request)
        try:
            site_settings, version = SiteSettings.load_with_version()
        except DatabaseError:
            # The view meets the same error, which is answered in words there.
            logger.warning("The version of the library could not be read.", exc_info=True)
            return self.get_response(request)
        request.__dict__["site_settings"] = site_settings
        etag = self._etag(request, version)
        if _has(request, etag):
            return _for_everybody(request, HttpResponseNotModified(), etag)
        cache, key = caches["pages"], _key(request, etag)
        if stored := cache.get(key):
            return _for_everybody(request, _restore(stored), etag)
        response = self.get_response(request)
        if not _is_shared(response):
            return response
        if response.status_code != 200:
            return _for_everybody(request, response)
        if request.method == "GET" and isinstance(response, HttpResponse):
            cache.set(key, (list(response.items()), response.content))
        return _for_everybody(request, response, etag)

    def _etag(self, request: HttpRequest, version: str) -> str:
        """Return the ETag of the page at the address: that of another page, or of none, differs."""
        address = (request.scheme, request.get_host(), request.path, request.META.get("QUERY_STRING", ""))
        # The forms of lists offer years up to this one.
        content = (self.code, version, localdate().year)
        digest = hashlib.blake2b(repr((*content, *address)).encode(), digest_size=12)
        # Weak, since the page may be compressed or not.
        return f'W/"{digest.hexdigest()}"'


def _has(request: HttpRequest, etag: str) -> bool:
    """Return whether the client has the page. ``*`` would be any page, and there may be none at the address."""
    known = request.META.get("HTTP_IF_NONE_MATCH")
    return known is not None and etag.removeprefix("W/") in (one.removeprefix("W/") for one in parse_etags(known))


def _key(request: HttpRequest, etag: str) -> str:
    is_compressed = re_accepts_gzip.search(request.META.get("HTTP_ACCEPT_ENCODING", "")) is not None
    # Browsers accept anything. What a program accepts decides whether REST has an answer for it.
    accepted = request.META.get("HTTP_ACCEPT", "*/*")
    kinds = "" if "*/*" in accepted else hashlib.blake2b(accepted.encode(), digest_size=12).hexdigest()
    return f"{etag[3:-1]}-{is_compressed:d}-{kinds}"


def _is_shared(response: HttpResponseBase) -> bool:
    """Return whether everybody gets this answer, and the view has not said how to cache it."""
    if response.status_code not in SHARED_STATUSES or response.cookies or response.has_header("Cache-Control"):
        return False
    return "cookie" not in response.get("Vary", "").lower()


def _restore(stored: tuple[list[tuple[str, str]], bytes]) -> HttpResponse:
    headers, content = stored
    return HttpResponse(content, headers=dict(headers))


def _for_everybody(request: HttpRequest, response: HttpResponseBase, etag: str = "") -> HttpResponseBase:
    """Say how browsers and proxies may cache the answer.

    They ask each time. Visitors may see a page of a minute ago while the answer comes. Editors, who have a session,
    never do, so they see what they have just changed: for that it varies by the cookie.
    """
    if etag:
        response["ETag"] = etag
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        response["Cache-Control"] = "private, no-cache"
    else:
        response["Cache-Control"] = f"public, max-age=0, stale-while-revalidate={settings.PAGE_STALE_SECONDS}"
    patch_vary_headers(response, VARIES_BY)
    return response
