"""What all of the catalogue has in common in the admin: lists, searching, links, deleting."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import model_ngettext
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.db import DataError, models
from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst, smart_split

from musicdb.admin.deleting import MAX_LISTED, summary, what_goes_with
from musicdb.admin.forms import SPOTIFY_LINK
from musicdb.db.text_search import SearchMixin
from musicdb.editing.bulk_edit import Edit, bulk_edit
from musicdb.models import Album, SluggedModel, Track
from musicdb.music.names import normalise_name
from musicdb.search import DeferredJoinPaginator

# A database refuses a thousand terms, or one of 100 kB; nobody who looks for something types as many.
MAX_SEARCH = 200
MAX_TERMS = 10
USES_SHOWN = 20
# Longer ones are beyond what a database takes for a key.
MAX_KEY = 18


def as_search_terms(text: str) -> str:
    """Return what is looked for when ``text`` is typed: a link's Spotify id, or its first words."""
    link = SPOTIFY_LINK.fullmatch(text[:MAX_SEARCH].strip())
    if link:
        return link["id"]
    return " ".join(list(smart_split(normalise_name(text[:MAX_SEARCH])))[:MAX_TERMS])


def thumbnail(album: Album | None, size: int) -> SafeString | str:
    """Return the album's art as a square of ``size`` pixels; empty where there is none that a page may show."""
    if album is None or not album.art:
        return ""
    return format_html(
        '<img class="thumbnail" src="{}" alt="" width="{}" height="{}" '
        'loading="lazy" decoding="async" referrerpolicy="no-referrer">',
        album.art,
        size,
        size,
    )


def link_to(thing: models.Model) -> SafeString:
    """Return a link to the admin's page about ``thing``."""
    address = reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk])
    return format_html('<a href="{}">{}</a>', address, thing)


def link_to_list(model: type[models.Model], lookup: str, value: Any, text: Any) -> SafeString:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist", query={lookup: value})
    return format_html('<a href="{}">{}</a>', address, text)


def counted(rows: QuerySet[Any], by: str) -> Coalesce:
    """Return how many of ``rows`` point, by their column ``by``, at the row in hand.

    A subquery, so that only the rows of the page are counted, and a search through other tables does not swell it.
    """
    groups = rows.filter(**{by: OuterRef("pk")}).order_by().values(by)
    return Coalesce(Subquery(groups.annotate(rows=Count("*")).values("rows")), 0)


def _keys_in(posted: QueryDict) -> list[str]:
    """Return the keys of the rows that a list sends: those that are selected, and those that are edited in it."""
    edited = [value for name, value in posted.items() if name.startswith("form-") and name.endswith("-id")]
    return [*posted.getlist(ACTION_CHECKBOX_NAME), *map(str, edited)]


def is_valid_pk(text: str) -> bool:
    """Say whether ``text``, as it came from a browser, can be asked for as a primary key."""
    return text.isascii() and text.isdigit() and len(text) <= MAX_KEY


class CatalogueChangeList(ChangeList):
    model_admin: "CatalogueAdmin"

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        whole = not self.multi_page or (self.show_all and self.can_show_all)
        rows = self.paginator.whole() if whole else self.result_list
        if not rows.query.select_related:
            rows = self.apply_select_related(rows)
        self.result_list = rows.prefetch_related(*self.model_admin.list_prefetch_related)


class CatalogueAdmin(admin.ModelAdmin):
    """What all of the catalogue has in common."""

    list_per_page = 50
    # The number of hits says enough; counting everything beside it is a second walk through the table.
    show_full_result_count = False
    paginator = DeferredJoinPaginator
    list_prefetch_related: Sequence[Prefetch] = ()
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    class Media:
        css = {"all": ["musicdb/admin.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CatalogueChangeList

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        # PostgreSQL will not look for NUL; the search box says so by itself.
        if any("\0" in value for name, value in request.GET.items() if name != SEARCH_VAR):
            raise IncorrectLookupParameters
        try:
            return super().get_changelist_instance(request)
        except (DataError, OverflowError, ValueError) as error:
            # A year or a key beyond what the database, or its driver, knows: seen only when it is asked.
            raise IncorrectLookupParameters from error

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # Django says "No action selected" to somebody who may not do what was selected.
        if request.method == "POST":
            if not all(map(is_valid_pk, _keys_in(request.POST))):
                raise BadRequest("A key of a row is a number.")
            asked = {"delete_selected", *map(str, self.actions or ())}.intersection(request.POST.getlist("action"))
            if asked - self.get_actions(request).keys():
                raise PermissionDenied
        return super().changelist_view(request, extra_context)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        # A pattern that is none is an error of the database, and one that is hard to match keeps it busy.
        is_pattern = lookup.rsplit("__", 1)[-1] in ("regex", "iregex")
        return not is_pattern and super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        terms = as_search_terms(search_term)
        if not isinstance(queryset, SearchMixin):
            return super().get_search_results(request, queryset, terms)
        # By keys, so never a row twice.
        return queryset.search(terms), False

    def get_paginator(self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any) -> Paginator:
        paginator: Any = super().get_paginator(request, queryset, *args, **kwargs)
        # Django pages the log of a thing by the same.
        if queryset.model is self.model:
            paginator.rows = self.get_queryset(request)
        return paginator

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Addresses are out in the world once they are given.
        given = ["slug"] if isinstance(obj, SluggedModel) else []
        return [*super().get_readonly_fields(request, obj), *given]

    def view_on_site(self, obj: Any) -> str | None:
        return obj.get_absolute_url()

    def dependents_of(self, objs: Iterable[Any]) -> QuerySet[Any]:
        """Return what would be left with a hole if ``objs`` were deleted."""
        return Track.objects.none()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        users = self.dependents_of(objs)
        shown = [format_html("{}: {}", capfirst(user._meta.verbose_name), link_to(user)) for user in users[:USES_SHOWN]]
        if not shown:
            counts = what_goes_with(objs) if len(objs) else {}
            if sum(counts.values(), len(objs)) > MAX_LISTED:
                return summary(objs, counts, request, self.admin_site)
            return super().get_deleted_objects(objs, request)
        if (others := users.count() - len(shown)) > 0:
            shown.append(format_html("and {} more {}", others, model_ngettext(users, others)))
        return [], {}, set(), shown

    def set_flag(
        self, request: HttpRequest, queryset: QuerySet[Any], field: str, value: bool, now_said_to_be: str
    ) -> None:
        """Set a yes-or-no column of the selected rows, with a line in each one's history."""
        number = bulk_edit(queryset, Edit({field: value}), request.user)  # type: ignore[arg-type]
        if number:
            things = model_ngettext(self.opts, number)
            self.message_user(request, f"{number} {things} now {now_said_to_be}.", messages.SUCCESS)
        else:
            self.message_user(request, f"All that you selected were {now_said_to_be} already.", messages.INFO)
