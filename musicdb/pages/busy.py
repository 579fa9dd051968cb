"""Answer in words where the database was busy for too long, as SQLite is while an import writes."""

import logging
from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from musicdb.db.errors import FailureKind, classify

RETRY_SECONDS = 10

logger = logging.getLogger(__name__)


class BusyDatabaseMiddleware:
    """Turn the error of a busy database into a page that says what to do. Forms that can show it themselves do so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Error) or classify(exception) is not FailureKind.BUSY:
            return None
        logger.warning("The database was busy for too long: %s %s", request.method, request.path)
        response = render(request, "503.html", status=503)
        response["Retry-After"] = str(RETRY_SECONDS)
        return response
