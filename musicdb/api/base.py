"""The base of every endpoint: it only reads, and it refuses a query that it does not understand.

Django REST framework and django-filter would ignore an unknown parameter, and answer a different question.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import APIRootView, DefaultRouter
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from musicdb import __version__
from musicdb.models import SiteSettings


class StrictAPIView(APIView):
    """Refuse every query parameter that is unknown, empty or given twice."""

    http_method_names = ["get", "head"]
    # Errors that only this view answers with, by status, for the schema.
    more_errors: Mapping[int, OpenApiResponse] = {}

    def known_parameters(self) -> Collection[str]:
        return ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method in {"GET", "HEAD"}:
            self._check_parameters(request)
        super().initial(request, *args, **kwargs)

    def _check_parameters(self, request: Request) -> None:
        known = self.known_parameters()
        hint = f"It takes {', '.join(sorted(known))}." if known else "It takes none."
        errors = {}
        for name, values in request.query_params.lists():
            if name not in known:
                errors[name] = [f"This address has no such parameter. {hint}"]
            elif len(values) > 1:
                errors[name] = ["Give only one value."]
            elif not values[0].strip():
                errors[name] = ["Give a value, or leave the parameter out."]
        if errors:
            raise ValidationError(errors)


class StrictViewSet(StrictAPIView, GenericViewSet[Any]):
    """Lists take filters and pages. A single object takes no parameters."""

    filterset_class: Any = None
    # The serializer of a single object, if it shows more than a list does.
    detail_serializer_class: type[BaseSerializer[Any]] | None = None

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        detail = self.action == "retrieve" and self.detail_serializer_class
        return detail or super().get_serializer_class()

    def filter_queryset(self, queryset: Any) -> Any:
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def known_parameters(self) -> Collection[str]:
        if self.action != "list":
            return ()
        pages = self.paginator.get_schema_operation_parameters(self) if self.paginator else []
        filters = self.filterset_class.base_filters if self.filterset_class else ()
        return {*filters, *(parameter["name"] for parameter in pages)}


class RootView(StrictAPIView, APIRootView):
    """The name of the site, the version of musicdb, and the address of every list."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        lists = super().get(request, *args, **kwargs)
        return Response({"name": SiteSettings.load().name, "version": __version__, **lists.data})


class Router(DefaultRouter):
    """Build the URLs with path converters: what cannot be a slug or a number is a 404 without a query."""

    APIRootView = RootView
    include_format_suffixes = False

    def __init__(self) -> None:
        super().__init__(use_regex_path=False)


class NotFoundView(APIView):
    """Answer unknown addresses below the API's with a 404 in JSON, not with a page for people."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound(f"There is nothing at this address. {reverse('api-docs')} lists every endpoint.")
