"""A request that is not understood is an error that says so, never an answer to another question."""

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request


class Pagination(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_page_size(self, request: Request) -> int | None:
        asked = request.query_params.get(self.page_size_query_param)
        if asked is not None and not (
            asked.isascii() and asked.isdigit() and len(asked) <= 4 and 1 <= int(asked) <= self.max_page_size
        ):
            raise ValidationError({self.page_size_query_param: [f"Must be a number from 1 to {self.max_page_size}."]})
        return super().get_page_size(request)


class StrictFilterBackend(DjangoFilterBackend):
    """Filters by the view's FilterSet; refuses parameters that neither it nor the pagination knows."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filterset = self.get_filterset_class(view, queryset)
        known = {*(filterset.base_filters if filterset else ())}
        if view.paginator is not None:
            known |= {view.paginator.page_query_param, view.paginator.page_size_query_param}
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            advice = f"No such parameter. Known are: {', '.join(sorted(known))}."
            raise ValidationError({name: [advice] for name in unknown})
        return super().filter_queryset(request, queryset, view)
