"""Views of a list that editors name, for themselves or for all: how it is filtered, searched and sorted."""

from copy import copy
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.options import IS_FACETS_VAR, IS_POPUP_VAR, TO_FIELD_VAR, IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR, ChangeList
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db import DataError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from musicdb.admin.base import CatalogueAdmin, CatalogueChangeList
from musicdb.models import SavedFilter
from musicdb.models.saved_filters import MAX_QUERY

# What says how a list is shown just now, and not which rows it finds.
TRANSIENT_PARAMS = {PAGE_VAR, ALL_VAR, ERROR_FLAG, IS_FACETS_VAR, IS_POPUP_VAR, TO_FIELD_VAR}
MAX_PARAMETERS = 50
NO_COLUMN = "what this list no longer knows"
NOT_KNOWN = "This list does not know some of what it is filtered by."


class NotUnderstoodError(ValueError):
    """A list does not know what is asked of it, or there is no such list."""


def as_query(text: str) -> str:
    """Return what follows the "?" of a list's address as it is kept: sorted, without the page. Raises ValueError."""
    asked = parse_qsl(text, max_num_fields=MAX_PARAMETERS)
    return urlencode(sorted({(name, value) for name, value in asked if name not in TRANSIENT_PARAMS}))


def list_of(listing: str) -> admin.ModelAdmin:
    """Return what shows the list of a model, as "musicdb.track". Raises NotUnderstoodError."""
    try:
        return admin.site.get_model_admin(apps.get_model(listing))
    except (LookupError, ValueError, NotRegistered):
        raise NotUnderstoodError("There is no such list.") from None


def in_words(request: HttpRequest, listing: str, query: str) -> str:
    """Return what a query asks a list for: its columns by their headings, the rest as the parameters' names say it."""
    asked = dict(parse_qsl(query))
    order = asked.pop(ORDER_VAR, "")
    said = [
        f"{'search' if name == SEARCH_VAR else name.removesuffix('__exact').replace('__', ' ')} = {value}"
        for name, value in asked.items()
    ]
    return ", ".join([*said, f"sorted by {_describe_order(request, listing, order)}"] if order else said)


def _describe_order(request: HttpRequest, listing: str, order: str) -> str:
    """Return the columns that ``order``, as "-5.2", sorts by: their numbers in the list as this user sees it."""
    try:
        model_admin = list_of(listing)
    except NotUnderstoodError:
        return NO_COLUMN
    columns = dict(enumerate(model_admin.get_list_display(request), start=1 if model_admin.get_actions(request) else 0))
    said = []
    for part in filter(None, order.split(".")):
        number = part.removeprefix("-")
        column = columns.get(int(number)) if number.isascii() and number.isdigit() and len(number) < 4 else None
        called = str(label_for_field(column, model_admin.model, model_admin)) if column else NO_COLUMN
        said.append(f"{called}, descending" if column and part.startswith("-") else called)
    return ", then ".join(said)


def address_of(listing: str, query: str = "") -> str:
    return reverse(f"admin:{listing.replace('.', '_')}_changelist") + (f"?{query}" if query else "")


def show(request: HttpRequest, listing: str, query: str) -> ChangeList:
    """Return the list as ``query`` filters it, to see that it can. Raises NotUnderstoodError or PermissionDenied."""
    model_admin = list_of(listing)
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    asking = copy(request)
    asking.method, asking.GET = "GET", QueryDict(query)
    try:
        # What a database refuses would else end a transaction.
        with transaction.atomic():
            return model_admin.get_changelist_instance(asking)
    except (IncorrectLookupParameters, SuspiciousOperation, DataError, OverflowError, ValidationError):
        raise NotUnderstoodError(NOT_KNOWN) from None


class SavedFilterForm(forms.ModelForm):
    """The name of a view; and, while it is new, the list and its filter, as the list's own link hands them over."""

    request: HttpRequest

    class Meta:
        widgets = {"listing": forms.HiddenInput, "query": forms.HiddenInput}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.instance.pk is None:
            cleaned |= self._understood(cleaned.get("listing", ""), cleaned.get("query", ""))
        owner = self.instance.owner_id or self.request.user.pk
        listing = cleaned.get("listing") or self.instance.listing
        same = SavedFilter.objects.filter(owner=owner, listing=listing, name=cleaned.get("name"))
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("name", "There is a view of this list with this name already.")
        return cleaned

    def _understood(self, listing: str, asked: str) -> dict[str, str]:
        """Return list and query as they are kept. What is wrong is said above the form: their boxes are hidden."""
        try:
            query = as_query(asked)
            if not query:
                raise ValidationError("Filter, search or sort the list first.")
            shown = show(self.request, listing, query)
        except ValueError as error:
            said = str(error) if isinstance(error, NotUnderstoodError) else NOT_KNOWN
            raise ValidationError(said) from None
        return {"listing": shown.opts.label_lower, "query": query}


class SavedFilterChangeList(CatalogueChangeList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        for view in self.result_list:
            view.in_words = in_words(request, view.listing, view.query)


@admin.register(SavedFilter)
class SavedFilterAdmin(CatalogueAdmin):
    """One's own views and the shared ones. One is made by a link of the list that it is of."""

    form = SavedFilterForm
    list_display = ["name", "shown_in", "is_shared", "owner", "look"]
    list_filter = ["is_shared"]
    list_select_related = ["owner"]
    search_fields = ["name"]
    search_help_text = "Name"

    # --- Who may ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[SavedFilter]:
        views: QuerySet[SavedFilter] = super().get_queryset(request)
        return views.seen_by(request.user)  # type: ignore[attr-defined]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SavedFilterChangeList

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        view: Any = super().get_object(request, object_id, from_field)
        if view is not None:
            view.in_words = in_words(request, view.listing, view.query)
        return view

    def has_share_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("musicdb.share_savedfilter")

    def has_change_permission(self, request: HttpRequest, obj: SavedFilter | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_theirs(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: SavedFilter | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_theirs(request, obj)

    def _is_theirs(self, request: HttpRequest, view: SavedFilter | None) -> bool:
        if view is None or view.owner_id == request.user.pk or request.user.is_superuser:
            return True
        return view.is_shared and self.has_share_permission(request)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return {**super().get_model_perms(request), "add": False}

    # --- Its pages ---

    def get_urls(self) -> list[URLPattern]:
        opened = self.admin_site.admin_view(self.open_view)
        return [path("<int:pk>/open/", opened, name="musicdb_savedfilter_open"), *super().get_urls()]

    def open_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Go to the list as it was filtered; where it cannot be any more, to the list as it is, and say so."""
        view = get_object_or_404(SavedFilter.objects.seen_by(request.user), pk=pk)
        try:
            list_of(view.listing)
        except NotUnderstoodError as error:
            self.message_user(request, f"“{view}”: {error}", messages.WARNING)
            return HttpResponseRedirect(reverse("admin:musicdb_savedfilter_changelist"))
        try:
            show(request, view.listing, view.query)
        except NotUnderstoodError:
            said = f"“{view}” asks for what this list no longer knows. Filter it anew, and save that instead."
            self.message_user(request, said, messages.WARNING)
            return HttpResponseRedirect(address_of(view.listing))
        return HttpResponseRedirect(address_of(view.listing, view.query))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"has_add_permission": False, **(extra_context or {})})

    def get_fieldsets(self, request: HttpRequest, obj: SavedFilter | None = None) -> Any:
        ((_, options),) = super().get_fieldsets(request, obj)
        if obj is None:
            listing, asked = (request.POST.get(name) or request.GET.get(name, "") for name in ("listing", "query"))
            options["description"] = format_html(
                "The list as it is now: {}.", in_words(request, listing, asked[:MAX_QUERY])
            )
        return [(None, options)]

    def get_fields(self, request: HttpRequest, obj: SavedFilter | None = None) -> Any:
        shared = ["is_shared"] if self.has_share_permission(request) or not self._can_edit(request, obj) else []
        return ["name", *shared, *(["shown_in", "look"] if obj else ["listing", "query"])]

    def get_readonly_fields(self, request: HttpRequest, obj: SavedFilter | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "shown_in", "look"]

    def _can_edit(self, request: HttpRequest, view: SavedFilter | None) -> bool:
        return view is None or self.has_change_permission(request, view)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"request": request})

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: SavedFilter, form: Any, change: bool) -> None:
        if not change:
            obj.owner_id = request.user.pk  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: SavedFilter, post_url_continue: Any = None) -> HttpResponse:
        self.message_user(request, f"Saved: “{obj}” now stands above this list.", messages.SUCCESS)
        return HttpResponseRedirect(address_of(obj.listing, obj.query))

    def view_on_site(self, obj: Any) -> None:
        return None

    @admin.display(description="list", ordering="listing")
    def shown_in(self, view: SavedFilter) -> str:
        try:
            return capfirst(str(list_of(view.listing).opts.verbose_name_plural))
        except NotUnderstoodError:
            return view.listing

    @admin.display(description="view")
    def look(self, view: Any) -> SafeString:
        address = reverse("admin:musicdb_savedfilter_open", args=[view.pk])
        return format_html('<a href="{}">Open</a> <span class="query">{}</span>', address, view.in_words)
