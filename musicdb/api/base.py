"""What every endpoint has in common: it only reads, and what it does not understand it refuses, and says so.

Left alone, the libraries would ignore such a request's parameter, and answer another question than was asked.
"""

from collections.abc import Collection, Mapping
from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.routers import APIRootView, DefaultRouter
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet


class StrictAPIView(APIView):
    """A view that refuses every query parameter that it does not know, or that is empty or given twice."""

    http_method_names = ["get", "head"]
    # By status, what the schema says of errors that other addresses do not have.
    more_errors: Mapping[int, OpenApiResponse] = {}

    def known_parameters(self) -> Collection[str]:
        return ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method in {"GET", "HEAD"}:
            self._check_parameters(request)
        super().initial(request, *args, **kwargs)

    def _check_parameters(self, request: Request) -> None:
        known = self.known_parameters()
        advice = f"It takes {', '.join(sorted(known))}." if known else "It takes none."
        errors = {}
        for name, values in request.query_params.lists():
            if name not in known:
                errors[name] = [f"This address knows no such parameter. {advice}"]
            elif len(values) > 1:
                errors[name] = ["Given more than once."]
            elif not values[0].strip():
                errors[name] = ["Empty: give a value, or leave the parameter out."]
        if errors:
            raise ValidationError(errors)


class StrictViewSet(StrictAPIView, GenericViewSet):
    """Filters and pages belong to lists: one thing by itself takes no parameters."""

    filterset_class: Any = None
    # Of one thing by itself, where it shows more than a list does.
    detail_serializer_class: type[BaseSerializer] | None = None

    def get_serializer_class(self) -> type[BaseSerializer]:
        alone = self.action == "retrieve" and self.detail_serializer_class
        return alone or super().get_serializer_class()

    def filter_queryset(self, queryset: Any) -> Any:
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def known_parameters(self) -> Collection[str]:
        if self.action != "list":
            return ()
        pages = self.paginator.get_schema_operation_parameters(self) if self.paginator else []
        filters = self.filterset_class.base_filters if self.filterset_class else ()
        return {*filters, *(parameter["name"] for parameter in pages)}


class RootView(StrictAPIView, APIRootView):
    """Where everything is."""


class Router(DefaultRouter):
    """Addresses from path converters: what could not be a slug or a number is 404 before any query."""

    APIRootView = RootView
    include_format_suffixes = False

    def __init__(self) -> None:
        super().__init__(use_regex_path=False)


class NotFoundView(APIView):
    """Any address below the API's that is none: 404 in the API's own form, not a page for people."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound("There is nothing at this address; /api/docs/ lists what there is.")
