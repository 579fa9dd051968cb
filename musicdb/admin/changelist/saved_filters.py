"""Saved filters: how a list is filtered, searched and sorted, under a name, for one user or for everybody."""

from collections.abc import Iterator
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

from musicdb.admin.base import CatalogueAdmin, CatalogueChangeList, current_user
from musicdb.admin.generic import AnyModelForm, ModelForm
from musicdb.models import SavedFilter
from musicdb.models.saved_filters import MAX_QUERY

# These parameters say how the list is shown at the moment, not which rows it has. They are not saved.
TRANSIENT_PARAMS = {PAGE_VAR, ALL_VAR, ERROR_FLAG, IS_FACETS_VAR, IS_POPUP_VAR, TO_FIELD_VAR}
MAX_PARAMETERS = 50
UNKNOWN_COLUMN = "a column that no longer exists"
UNKNOWN_FILTER = "This list does not have one of these filters."


class InvalidFilterError(ValueError):
    """The list does not have this filter, or there is no such list. The message tells a person which."""


def normalise_query(text: str) -> str:
    """Return the query string ``text`` as it is saved: sorted, without the transient parameters. Raise ValueError."""
    parameters = parse_qsl(text, max_num_fields=MAX_PARAMETERS)
    return urlencode(sorted({(name, value) for name, value in parameters if name not in TRANSIENT_PARAMS}))


def admin_of(model_label: str) -> "admin.ModelAdmin[Any]":
    """Return the admin class that lists the model, such as "musicdb.track". Raise InvalidFilterError."""
    try:
        return admin.site.get_model_admin(apps.get_model(model_label))
    except (LookupError, ValueError, NotRegistered):
        raise InvalidFilterError("This list does not exist.") from None


def describe(request: HttpRequest, model_label: str, query: str) -> str:
    """Return what a query string does, for a person: "liked = 1, sorted by score, descending"."""
    parameters = dict(parse_qsl(query))
    order = parameters.pop(ORDER_VAR, "")
    parts = [
        f"{'search' if name == SEARCH_VAR else name.removesuffix('__exact').replace('__', ' ')} = {value}"
        for name, value in parameters.items()
    ]
    if order:
        parts.append(f"sorted by {', then '.join(_order_columns(request, model_label, order))}")
    return ", ".join(parts)


def _order_columns(request: HttpRequest, model_label: str, order: str) -> Iterator[str]:
    """Yield the headings of the columns in ``order``. It numbers them as this user sees them, such as "-5.2"."""
    try:
        model_admin = admin_of(model_label)
    except InvalidFilterError:
        yield UNKNOWN_COLUMN
        return
    # The column of checkboxes, which is there if the user has any action, is number 0.
    columns = dict(enumerate(model_admin.get_list_display(request), start=1 if model_admin.get_actions(request) else 0))
    for part in filter(None, order.split(".")):
        number = part.removeprefix("-")
        column = columns.get(int(number)) if number.isascii() and number.isdigit() and len(number) < 4 else None
        if column is None:
            yield UNKNOWN_COLUMN
        else:
            heading = str(label_for_field(column, model_admin.model, model_admin))
            yield f"{heading}, descending" if part.startswith("-") else heading


def list_url(model_label: str, query: str = "") -> str:
    return reverse(f"admin:{model_label.replace('.', '_')}_changelist") + (f"?{query}" if query else "")


def check_filter(request: HttpRequest, model_label: str, query: str) -> ChangeList:
    """Return the list with this filter. Raise InvalidFilterError, or PermissionDenied if the user cannot view it."""
    model_admin = admin_of(model_label)
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    list_request = copy(request)
    list_request.method, list_request.GET = "GET", QueryDict(query)
    try:
        # A savepoint: after a database error, PostgreSQL would refuse the rest of the transaction.
        with transaction.atomic():
            return model_admin.get_changelist_instance(list_request)
    except (IncorrectLookupParameters, SuspiciousOperation, DataError, OverflowError, ValidationError):
        raise InvalidFilterError(UNKNOWN_FILTER) from None


class SavedFilterForm(ModelForm[SavedFilter]):
    """The name of a filter. The link that opens the form for a new one fills in the list and the query string."""

    request: HttpRequest

    class Meta:
        widgets = {"model_label": forms.HiddenInput, "query": forms.HiddenInput}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.instance.pk is None:
            cleaned |= self._clean_filter(cleaned.get("model_label", ""), cleaned.get("query", ""))
        owner = self.instance.owner_id or self.request.user.pk
        model_label = cleaned.get("model_label") or self.instance.model_label
        same = SavedFilter.objects.filter(owner=owner, model_label=model_label, name=cleaned.get("name"))
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("name", "You already have a filter with this name for this list.")
        return cleaned

    def _clean_filter(self, model_label: str, query: str) -> dict[str, str]:
        """Return both as they are saved. Errors go to the top of the form, because these fields are hidden."""
        try:
            query = normalise_query(query)
            if not query:
                raise ValidationError("Filter, search or sort the list first.")
            changelist = check_filter(self.request, model_label, query)
        except ValueError as error:
            raise ValidationError(str(error) if isinstance(error, InvalidFilterError) else UNKNOWN_FILTER) from None
        return {"model_label": changelist.opts.label_lower, "query": query}


class SavedFilterChangeList(CatalogueChangeList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        for saved in self.result_list:
            _add_description(request, saved)


def _add_description(request: HttpRequest, saved: Any) -> None:
    saved.description = describe(request, saved.model_label, saved.query)


@admin.register(SavedFilter)
class SavedFilterAdmin(CatalogueAdmin[SavedFilter]):
    """The user's own filters and the shared ones. The link *Save this filter* above a list adds one."""

    form = SavedFilterForm
    list_display = ["listed_name", "list_name", "is_shared", "owner", "open_link"]
    list_filter = ["is_shared"]
    list_select_related = ["owner"]
    search_fields = ["search_key"]
    search_help_text = "Name"

    # --- Permissions ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[SavedFilter]:
        return SavedFilter.objects.visible_to(request.user)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SavedFilterChangeList

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> SavedFilter | None:
        saved = super().get_object(request, object_id, from_field)
        if saved is not None:
            _add_description(request, saved)
        return saved

    def has_share_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("musicdb.share_savedfilter")

    def has_change_permission(self, request: HttpRequest, obj: SavedFilter | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._can_manage(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: SavedFilter | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self._can_manage(request, obj)

    def _can_manage(self, request: HttpRequest, saved: SavedFilter | None) -> bool:
        if saved is None or saved.owner_id == request.user.pk or current_user(request).is_superuser:
            return True
        return saved.is_shared and self.has_share_permission(request)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        # No "Add" link on the first page.
        return {**super().get_model_perms(request), "add": False}

    # --- Pages ---

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.open_view)
        return [path("<int:pk>/open/", view, name="musicdb_savedfilter_open"), *super().get_urls()]

    def open_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Open the list with the filter. If the list no longer has this filter, open it without and say so."""
        saved = get_object_or_404(SavedFilter.objects.visible_to(request.user), pk=pk)
        try:
            admin_of(saved.model_label)
        except InvalidFilterError as error:
            self.message_user(request, f"“{saved}” cannot be opened. {error}", messages.WARNING)
            return HttpResponseRedirect(reverse("admin:musicdb_savedfilter_changelist"))
        try:
            check_filter(request, saved.model_label, saved.query)
        except InvalidFilterError as error:
            message = f"“{saved}” no longer works. {error} Filter the list again and save it under a new name."
            self.message_user(request, message, messages.WARNING)
            return HttpResponseRedirect(list_url(saved.model_label))
        return HttpResponseRedirect(list_url(saved.model_label, saved.query))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"has_add_permission": False, **(extra_context or {})})

    def get_fieldsets(self, request: HttpRequest, obj: SavedFilter | None = None) -> Any:
        ((_, options),) = super().get_fieldsets(request, obj)
        if obj is None:
            model_label, query = (
                request.POST.get(name) or request.GET.get(name, "") for name in ("model_label", "query")
            )
            description = describe(request, model_label, query[:MAX_QUERY])
            options["description"] = format_html("The list as it is now: {}.", description)
        return [(None, options)]

    def get_fields(self, request: HttpRequest, obj: SavedFilter | None = None) -> Any:
        can_change = obj is None or self.has_change_permission(request, obj)
        shared = ["is_shared"] if self.has_share_permission(request) or not can_change else []
        return ["name", *shared, *(["list_name", "open_link"] if obj else ["model_label", "query"])]

    def get_readonly_fields(self, request: HttpRequest, obj: SavedFilter | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "list_name", "open_link"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"request": request})

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: SavedFilter, form: AnyModelForm, change: bool) -> None:
        if not change:
            obj.owner_id = current_user(request).pk
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: SavedFilter, post_url_continue: Any = None) -> HttpResponse:
        self.message_user(request, f"Saved the filter “{obj}”. You find it above this list.", messages.SUCCESS)
        return HttpResponseRedirect(list_url(obj.model_label, obj.query))

    def view_on_site(self, obj: SavedFilter) -> None:
        return None

    @admin.display(description="list", ordering="model_label")
    def list_name(self, saved: SavedFilter) -> str:
        try:
            return capfirst(str(admin_of(saved.model_label).opts.verbose_name_plural))
        except InvalidFilterError:
            return saved.model_label

    @admin.display(description="filter")
    def open_link(self, saved: Any) -> SafeString:
        url = reverse("admin:musicdb_savedfilter_open", args=[saved.pk])
        return format_html('<a href="{}">Open</a> <span class="query">{}</span>', url, saved.description)
