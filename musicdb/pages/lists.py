"""List pages: they take the query parameters of the API's lists, and show a form for some of them."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django_filters import FilterSet

from musicdb.pages.generic import ListView
from musicdb.pages.machines import WithHead

# A list that fits into a window needs no form.
MIN_ROWS_FOR_FORM = 20


class FilteredListView(WithHead, ListView):
    """A list that takes the same filters and orders as the API's list of the same rows.

    A wrong value is an error 400, and the page says what is wrong. An empty value is no filter, since forms send one
    for each field that is left blank. Unknown parameters are ignored, since other sites add theirs to links.
    """

    filterset_class: type[FilterSet]
    # The filters that the form shows. Others are kept when the form is sent.
    form_fields: Sequence[str] = ("q", "ordering")

    def get(  # type: ignore[override]
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        self.filterset = self.filterset_class(request.GET, queryset=self.get_unfiltered_queryset())
        errors = self.filterset.errors
        for name, values in request.GET.lists():
            if name in self.filterset.filters and len(values) > 1:
                self.filterset.form.add_error(name, "Give only one value.")
        if errors:
            context = self._form_context() | {"wrong_fields": [field for field in self.filterset.form if field.errors]}
            return render(request, "musicdb/bad_query.html", context, status=HTTPStatus.BAD_REQUEST)
        return self.show(request, *args, **kwargs)

    def show(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Respond to a query without a wrong value."""
        return super().get(request, *args, **kwargs)

    def get_unfiltered_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset()
        return rows

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.filterset.qs
        return rows

    @property
    def filters_query(self) -> str:
        """The filters and the order that were asked for, as the query of an address; empty if there are none."""
        query = QueryDict(mutable=True)
        for name in self.filterset.filters:
            if value := str(self.request.GET.get(name, "")).strip():
                query[name] = value
        return query.urlencode()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | self._form_context()
        context["has_form"] = context["is_filtered"] or context["paginator"].count >= MIN_ROWS_FOR_FORM
        return context

    def kept_parameters(self) -> list[tuple[str, str]]:
        names = (field.html_name for field in self.filterset.form)
        return [(name, value) for name in names if (value := self.request.GET.get(name, "").strip())]

    def _form_context(self) -> dict[str, Any]:
        fields = list(self.filterset.form)
        given = [field for field in fields if self.request.GET.get(field.html_name, "").strip()]
        return {
            "form_fields": [field for field in fields if field.name in self.form_fields],
            "other_filters": [field for field in given if field.name not in self.form_fields],
            "is_filtered": bool(given),
        }
