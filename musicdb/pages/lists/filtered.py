"""List pages: they take the query parameters of the API's lists, and show a form for some of them."""

from collections.abc import Collection, Sequence
from functools import cached_property
from http import HTTPStatus
from typing import Any

from django.core.paginator import InvalidPage
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views import View
from django_filters import FilterSet

from musicdb.models import Genre
from musicdb.pages.generic import ListView
from musicdb.pages.lists.form import chips_of, given_values, query_of, range_of
from musicdb.pages.lists.sorting import sort_links
from musicdb.pages.machines import WithHead

# A list that fits into a window needs no form.
MIN_ROWS_FOR_FORM = 20
# So many names of genres are suggested. A library with more has too many to be sent with each page.
MAX_SUGGESTED = 300


class NoSuchPageError(Http404):
    """The list is shorter. ``paginator`` knows how long it is."""

    def __init__(self, paginator: Any, number: str) -> None:
        super().__init__(f"There is no page {number}.")
        self.paginator = paginator


class FilteredView(WithHead, View):
    """A page about rows that visitors filter.

    A wrong value is an error 400, and the page says what is wrong. An empty value is no filter, since forms send one
    for each field that is left blank. Unknown parameters are ignored, since other sites add theirs to links.
    """

    filterset_class: type[FilterSet]
    # The filters that the form shows. Others are kept when the form is sent.
    form_fields: Sequence[str] = ("q", "ordering")
    # The numbers whose lowest and highest value the form asks for, and those of them that it folds away.
    ranges: Sequence[str] = ()
    folded_ranges: Sequence[str] = ()
    # What of the query is no filter.
    not_filters: Collection[str] = ("ordering",)

    # Views of Django's answer with narrower types than a file has.
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.filterset = self.filterset_class(self.query(), queryset=self.get_unfiltered_queryset())
        errors = self.filterset.errors
        for name, values in request.GET.lists():
            if name in self.filterset.filters and len(values) > 1:
                self.filterset.form.add_error(name, "Give only one value.")
        if errors:
            context = self.form_context() | {"wrong_fields": [field for field in self.filterset.form if field.errors]}
            return render(request, "musicdb/bad_query.html", context, status=HTTPStatus.BAD_REQUEST)
        return self.show(request, *args, **kwargs)

    def query(self) -> QueryDict:
        """Return what was asked for."""
        return self.request.GET

    def show(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Respond to a query without a wrong value."""
        raise NotImplementedError

    def get_unfiltered_queryset(self) -> QuerySet[Any]:
        """Return the rows that the query filters."""
        raise NotImplementedError

    @cached_property
    def given(self) -> dict[str, str]:
        """What of the query the page understands: filters, an order."""
        return given_values(self.filterset.form, self.request.GET)

    @property
    def filters_query(self) -> str:
        """The filters and the order that were asked for, as the query of an address; empty if there are none."""
        return query_of(self.given)

    def kept_parameters(self) -> list[tuple[str, str]]:
        return list(self.given.items())

    def form_context(self) -> dict[str, Any]:
        """Return what the form and the chips show."""
        form = self.filterset.form
        ranges = [range_of(form, name) for name in self.ranges]
        folded = [range_of(form, name) for name in self.folded_ranges]
        shown = [*self.form_fields, *(end.name for each in (*ranges, *folded) for end in (each.lowest, each.highest))]
        return {
            "form_fields": [form[name] for name in self.form_fields],
            "ranges": ranges,
            "folded_ranges": folded,
            "is_unfolded": any(each.is_given for each in folded),
            "other_filters": [form[name] for name in self.given if name not in shown],
            "chips": chips_of(form, self.given, self.not_filters) if form.is_valid() else [],
            "is_filtered": bool(self.given),
        }

    def suggest_genres(self) -> list[str]:
        """Return the names of all genres for the form, none if there are too many. One query if it asks for a genre."""
        if "genre" not in self.form_fields:
            return []
        names = list(Genre.objects.order_by("sort_key", "pk").values_list("name", flat=True)[: MAX_SUGGESTED + 1])
        if not names or len(names) > MAX_SUGGESTED:
            return []
        self.filterset.form.fields["genre"].widget.attrs["list"] = "genre-names"
        return names


class FilteredListView(FilteredView, ListView):
    """A list that takes the same filters and orders as the API's list of the same rows."""

    # The order of a list for which none is asked, as the parameter would name it.
    usual_order: Sequence[str] = ()
    # The name of the address of the API's list of the same rows.
    api_list = ""

    def show(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return ListView.get(self, request, *args, **kwargs)
        except NoSuchPageError as error:
            context = {"paginator": error.paginator, "query": self.filters_query, "number": request.GET["page"]}
            return render(request, "musicdb/no_such_page.html", context, status=HTTPStatus.NOT_FOUND)

    def get_unfiltered_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset()
        return rows

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.filterset.qs
        return rows

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        text = self.request.GET.get(self.page_kwarg) or "1"
        paginator = self.get_paginator(queryset, page_size)
        try:
            page = paginator.page(text)
        except InvalidPage as error:
            raise NoSuchPageError(paginator, text) from error
        return paginator, page, page.object_list, page.has_other_pages()

    @property
    def order(self) -> list[str]:
        """What the list is sorted by. What a search finds is sorted by relevance, which has no name."""
        values = self.filterset.form.cleaned_data
        return values["ordering"] or ([] if values["q"] else list(self.usual_order))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | self.form_context()
        context["has_form"] = context["is_filtered"] or context["paginator"].count >= MIN_ROWS_FOR_FORM
        return context | {
            "sort_order": self.order,
            "sorts": sort_links(self.filterset.filters["ordering"], self.order, QueryDict(self.filters_query)),
            "suggested_genres": self.suggest_genres() if context["has_form"] else [],
            "api_address": with_query(reverse(self.api_list), self.filters_query) if self.api_list else "",
        }


def with_query(address: str, query: str) -> str:
    """Return ``address`` with ``query``, which may be empty."""
    return f"{address}?{query}" if query else address
