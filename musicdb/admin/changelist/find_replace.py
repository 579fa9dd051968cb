"""Find and replace in the texts of selected rows, or of all rows of a kind: a form, a preview, and the change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import model_ngettext
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from musicdb.admin.base import CatalogueAdmin, M
from musicdb.admin.changelist.edit_work import replace_or_start
from musicdb.admin.changelist.find_replace_forms import Confirmation, FindReplaceForm
from musicdb.admin.changelist.selection import selection_fields
from musicdb.editing import (
    BulkEditError,
    Part,
    Replacement,
    ReplacePlan,
    SearchError,
    count_replacements,
    label_of,
    marked,
    plan_replacements,
    with_artists,
)

ROWS_A_PAGE = 50
ACTION = "find_replace_selected"


@dataclass(frozen=True)
class ShownChange:
    """A text before and after, with what differs marked."""

    what: str
    old: Sequence[Part]
    new: Sequence[Part]


@dataclass(frozen=True)
class ShownRow:
    """A row of the preview: a row of the list or an alias of it.

    ``obj`` is the row, and None if it was deleted just now. ``is_ticked`` is None where it cannot be changed.
    """

    replacement: Replacement
    obj: Any
    changes: Sequence[ShownChange]
    is_ticked: bool | None


class FindReplaceAdmin(CatalogueAdmin[M]):
    """A list with the action *Find and replace …*, and a page that does it in all rows."""

    actions: Any = [ACTION]

    @admin.action(description="Find and replace in selected %(verbose_name_plural)s …", permissions=["change"])
    def find_replace_selected(self, request: HttpRequest, queryset: QuerySet[M]) -> HttpResponse:
        hidden = selection_fields(request, ACTION)
        return self._find_replace(request, queryset, "selected ", hidden, request.get_full_path())

    def find_replace_view(self, request: HttpRequest) -> HttpResponse:
        """Do it in all rows of the kind."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        back = reverse(f"admin:{self._url_name('changelist')}")
        queryset = self.model._default_manager.all()
        return self._find_replace(request, queryset, "all ", [], back)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.find_replace_view)
        return [path("replace/", view, name=self._url_name("replace")), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"can_find_replace": self.has_change_permission(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def _find_replace(
        self, request: HttpRequest, queryset: QuerySet[M], which: str, hidden: Sequence[tuple[str, str]], back: str
    ) -> HttpResponse:
        """Show the form, then the preview. If that was confirmed, change the rows and lead ``back``."""
        posted = request.POST
        is_sent = "find" in posted
        form = FindReplaceForm(self.model, posted if is_sent else None)
        context = {
            **self._context(request, f"Find and replace in {which}{self.opts.verbose_name_plural}"),
            "media": self.media + form.media,
            "form": form,
            "hidden": hidden,
            "back": back,
        }
        if is_sent and "again" not in posted and form.is_valid():
            try:
                plan = plan_replacements(queryset, form.cleaned_data["fields_searched"], form.search)
                confirmation = Confirmation(plan, posted)
                if "apply" in posted and not confirmation.is_first:
                    confirmed = confirmation.confirmed
                    if confirmed:
                        return replace_or_start(request, plan, form, confirmed, back)
                    self.message_user(request, "No row is ticked, so nothing was changed.", messages.WARNING)
                return self._show_replacements(request, plan, confirmation, context)
            except (SearchError, BulkEditError) as error:
                form.add_error(None, str(error))
        return TemplateResponse(request, "admin/musicdb/find_replace.html", {**context, "number": queryset.count()})

    def _show_replacements(
        self, request: HttpRequest, plan: ReplacePlan, confirmation: Confirmation, context: Mapping[str, Any]
    ) -> HttpResponse:
        shown = [row for row in plan.possible if row.key in confirmation.shown]
        page = Paginator([*plan.refused, *shown], ROWS_A_PAGE).get_page(
            request.POST.get("page") or request.POST.get("at")
        )
        rows = list(_shown_rows(plan, page, confirmation))
        context = {
            **context,
            "plan": plan,
            "confirmation": confirmation,
            "page": page,
            "rows": rows,
            "on_page": ",".join(row.replacement.key for row in rows if row.is_ticked is not None),
            "counted": f"{plan.number:,} {model_ngettext(self.opts, plan.number)}",
            "changing": _counted(plan, [one for one in plan.possible if one.key in confirmation.changing]),
            "refused": _counted(plan, plan.refused),
            "says_what": len(plan.columns) + len(plan.alias_columns) > 1,
        }
        return TemplateResponse(request, "admin/musicdb/find_replace_preview.html", context)


def _counted(plan: ReplacePlan, found: Sequence[Replacement]) -> str:
    aliases = sum(one.alias is not None for one in found)
    return count_replacements(plan.model, len(found) - aliases, aliases)


def _shown_rows(plan: ReplacePlan, page: "Page[Replacement]", confirmation: Confirmation) -> Iterator[ShownRow]:
    """Return the rows of a page. One query, and another for the artists of tracks and albums."""
    keys = {one.row for one in page}
    objs = {obj.pk: obj for obj in with_artists(plan.model, plan.model._default_manager.filter(pk__in=keys))}
    for one in page:
        changes = [
            ShownChange(_what(plan, one, column), *marked(one.before[column], after))
            for column, after in one.after.items()
        ]
        is_fixed = bool(one.problem) or one.key in confirmation.stale
        yield ShownRow(one, objs.get(one.row), changes, None if is_fixed else one.key not in confirmation.left_out)


def _what(plan: ReplacePlan, one: Replacement, column: str) -> str:
    if one.alias is None:
        return label_of(plan.model, column)
    return "Alias" if column == "name" else f"{label_of(plan.model, column)} of the alias “{one.name}”"
