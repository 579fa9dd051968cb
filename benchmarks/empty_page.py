"""A Django site of one view, which returns an empty page, without middleware: a baseline of ``benchmarks.pages``."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(headers={"Content-Length": "0"})


urlpatterns = [path("", empty)]
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["localhost"], SECRET_KEY="of a benchmark")  # noqa: S106
application = get_wsgi_application()
