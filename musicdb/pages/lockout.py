"""The page for somebody whom too many wrong passwords locked out."""

from typing import Any

from axes.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    context = {
        "failure_limit": settings.AXES_FAILURE_LIMIT,
        "minutes": int(settings.AXES_COOLOFF_TIME.total_seconds() // 60),
    }
    return render(request, "musicdb/locked_out.html", context, status=settings.AXES_HTTP_RESPONSE_CODE)
