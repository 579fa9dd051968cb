"""What all lists and pages of the admin share: search, paging, deletion, the checks of what a browser sends."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import model_ngettext
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR, ChangeList
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.db import DataError, models
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst, smart_split

from musicdb.admin.change_form.forms import SPOTIFY_LINK
from musicdb.admin.change_form.together import ConcurrentAdmin
from musicdb.admin.deletion import MAX_LISTED, cascade_counts, summarise_deletion
from musicdb.admin.html import bdi, link_to
from musicdb.db.text_search import SearchMixin, split_terms
from musicdb.editing import Edit, bulk_edit
from musicdb.models import SluggedModel, Track
from musicdb.music import is_isrc, normalise_isrc, normalise_name
from musicdb.search import DeferredJoinPaginator

# Databases refuse a thousand terms, or a term of 100 kB. Nobody types that much to search.
MAX_SEARCH_LENGTH = 200
MAX_SEARCH_TERMS = 10
MAX_DEPENDENTS_SHOWN = 20
# A longer number does not fit a primary key.
MAX_PK_DIGITS = 18

# With which the page that confirms the deletion of a whole list says how many rows it has named.
NUMBER_FIELD = "number_confirmed"

M = TypeVar("M", bound=models.Model)


def search_terms(text: str) -> str:
    """Return the words to search for when a user types ``text``: the first ones.

    Of a Spotify link it is the id, and of an ISRC, which may be printed with blanks, the code.
    """
    text = text[:MAX_SEARCH_LENGTH]
    if link := SPOTIFY_LINK.fullmatch(text.strip()):
        return link["id"]
    if is_isrc(isrc := normalise_isrc(text)):
        return isrc
    return " ".join(list(smart_split(normalise_name(text)))[:MAX_SEARCH_TERMS])


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as "1 track" or "1,200 tracks"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def is_valid_pk(text: str) -> bool:
    """Return whether ``text``, which a browser sent, can be a primary key."""
    return text.isascii() and text.isdigit() and len(text) <= MAX_PK_DIGITS


def current_user(request: HttpRequest) -> User:
    """Return the user of ``request``. The admin asks everybody to log in, so this is never an anonymous user."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _posted_keys(posted: QueryDict) -> list[str]:
    """Return the primary keys that a list sends: those of the selected rows and those of the rows it edits."""
    edited = [value for name, value in posted.items() if name.startswith("form-") and name.endswith("-id")]
    return [*posted.getlist(ACTION_CHECKBOX_NAME), *map(str, edited)]


class CatalogueChangeList(ChangeList):
    model_admin: "CatalogueAdmin[Any]"

    def get_ordering_field_columns(self) -> Any:
        # What a search found is sorted by relevance, which no column shows.
        is_by_relevance = self.query and ORDER_VAR not in self.params
        return {} if is_by_relevance else super().get_ordering_field_columns()

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        shows_all = not self.multi_page or (self.show_all and self.can_show_all)
        rows = self.paginator.whole() if shows_all else self.result_list
        if not rows.query.select_related:
            rows = self.apply_select_related(rows)
        self.result_list = rows.prefetch_related(*self.model_admin.list_prefetch_related)


class CatalogueAdmin(ConcurrentAdmin[M]):
    """The base of every admin class here."""

    list_per_page = 50
    # The number of hits is enough. To count all rows too, the database would read the table a second time.
    show_full_result_count = False
    paginator = DeferredJoinPaginator
    list_prefetch_related: "Sequence[Prefetch[Any]]" = ()
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    class Media:
        js = ["musicdb/fold_filters.js"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CatalogueChangeList

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        # PostgreSQL refuses NUL in a value. The search box reports it by itself.
        if any("\0" in value for name, value in request.GET.items() if name != SEARCH_VAR):
            raise IncorrectLookupParameters
        try:
            return super().get_changelist_instance(request)
        except (DataError, OverflowError, ValueError) as error:
            # The database, or its driver, refuses a year or a key that is out of its range.
            raise IncorrectLookupParameters from error

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "POST":
            if not all(map(is_valid_pk, _posted_keys(request.POST))):
                raise BadRequest("The key of a row must be a number.")
            # Without this, Django answers "No action selected" to a user who lacks the permission for the action.
            known_actions = {"delete_selected", *map(str, self.actions or ())}
            posted_actions = known_actions.intersection(request.POST.getlist("action"))
            if posted_actions - self.get_actions(request).keys():
                raise PermissionDenied
        return super().changelist_view(request, extra_context)

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *args: Any) -> HttpResponse | None:
        asked_about = request.POST.get(NUMBER_FIELD)
        if asked_about is not None and asked_about != str(number := queryset.count()):
            text = f"The list has {number:,} rows now. You were asked about another number, so nothing was deleted."
            self.message_user(request, text, messages.WARNING)
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset, *args)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        # An invalid pattern is a database error, and a costly one keeps the database busy.
        is_pattern = lookup.rsplit("__", 1)[-1] in ("regex", "iregex")
        return not is_pattern and super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        terms = search_terms(search_term)
        if not isinstance(queryset, SearchMixin):
            return super().get_search_results(request, queryset, terms)
        # ``search`` filters by primary keys, so it repeats no row.
        found = queryset.search(terms)
        is_sorted = ORDER_VAR in request.GET
        return found if is_sorted else found.by_relevance(" ".join(split_terms(terms))), False

    def get_paginator(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> "Paginator[Any]":
        paginator = super().get_paginator(request, queryset, *args, **kwargs)
        # Django also pages an object's log entries with this paginator. Their model is another.
        if isinstance(paginator, DeferredJoinPaginator) and queryset.model is self.model:
            paginator.rows = self.get_queryset(request)
        return paginator

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> list[str]:
        # Other sites link to the address of a row, so it cannot be edited once the row is saved.
        fixed = ["slug"] if isinstance(obj, SluggedModel) else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def _url_name(self, view: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{view}"

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        """Return what every page about rows of this kind shows."""
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "media": self.media}

    def with_option_facts(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Return the rows of an autocomplete box with what ``option_facts`` needs."""
        return rows

    def option_facts(self, obj: Any) -> Sequence[str]:
        """Return what tells a row in an autocomplete box from others of its name. Empty facts are left out."""
        return []

    @admin.display(description="name", ordering="sort_key")
    def listed_name(self, obj: Any) -> SafeString:
        return bdi(obj.name)

    @admin.display(description="title", ordering="sort_key")
    def listed_title(self, obj: Any) -> SafeString:
        return bdi(obj.title)

    def view_on_site(self, obj: Any) -> str | None:
        url: str = obj.get_absolute_url()
        return url

    def dependents_of(self, objs: Iterable[M]) -> QuerySet[Any]:
        """Return the rows that use ``objs``. As long as there are any, ``objs`` cannot be deleted."""
        return Track.objects.none()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        dependents = self.dependents_of(objs)
        shown = [
            format_html("{}: {}", capfirst(dependent._meta.verbose_name), link_to(dependent))
            for dependent in dependents[:MAX_DEPENDENTS_SHOWN]
        ]
        if not shown:
            counts = cascade_counts(objs) if len(objs) else {}
            if sum(counts.values(), len(objs)) > MAX_LISTED:
                return summarise_deletion(objs, counts, request, self.admin_site)
            return super().get_deleted_objects(objs, request)
        if (others := dependents.count() - len(shown)) > 0:
            shown.append(format_html("and {} more {}", others, model_ngettext(dependents, others)))
        return [], {}, set(), shown

    def set_column(self, request: HttpRequest, queryset: QuerySet[M], field: str, value: Any, state: str) -> None:
        """Set a column of the selected rows and add a version to the history of each.

        ``state`` names the new state in the message: "3 labels are now shown."
        """
        number = bulk_edit(queryset, Edit({field: value}), current_user(request)).changed
        if number:
            message = f"{number} {model_ngettext(self.opts, number)} {'is' if number == 1 else 'are'} now {state}."
            self.message_user(request, message, messages.SUCCESS)
        else:
            self.message_user(request, f"Everything you selected is already {state}.", messages.INFO)


class ReadOnlyAdmin(CatalogueAdmin[M]):
    """Rows that the site itself writes. Users can view them, and cannot add or change them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False
