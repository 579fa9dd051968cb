"""Merging rows of the catalogue: the action, the page that confirms it, and the page of possible duplicates."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import model_ngettext
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme

from musicdb.admin.base import CatalogueAdmin, M, current_user, is_valid_pk
from musicdb.admin.duplicates import dismiss_or_restore, review_context
from musicdb.admin.html import link_to
from musicdb.admin.merging.access import may_merge
from musicdb.admin.merging.forms import MergeForm
from musicdb.admin.merging.groups import GroupForm, gone_rows, posted_groups
from musicdb.admin.merging.undo import undo_url
from musicdb.editing import (
    Merged,
    MergeError,
    differences,
    differences_of_groups,
    homonyms,
    merge,
    merge_groups,
    review_groups,
)
from musicdb.models import Visibility
from musicdb.music import group_by_key, similarity_key

MAX_AT_ONCE = 100
# This query parameter narrows the possible duplicates to rows of one name that nothing tells apart.
SAME_PARAM = "same"


class MergeableAdmin(CatalogueAdmin[M]):
    """A model that has aliases. A search finds its rows by them, and a row can be merged into another."""

    actions: Sequence[Any] = ["merge_selected"]
    change_list_template = "admin/musicdb/mergeable_change_list.html"
    # The name of the model that uses these rows, and the annotation of ``get_queryset`` that counts its rows.
    used_by: str
    used_by_plural = ""
    # Whether what uses several of the merged rows has the one that stays only once.
    shares_once = True
    usage_count: str
    # Two rows are possible duplicates if this returns the same key for their names.
    similarity_key: Callable[[str], str] = staticmethod(similarity_key)
    # Sentences that the page adds about the row that stays.
    merge_effects: Sequence[str] = ()

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return may_merge(request, self.model)

    @admin.action(description="Merge selected %(verbose_name_plural)s", permissions=["merge"])
    def merge_selected(self, request: HttpRequest, queryset: QuerySet[M]) -> HttpResponse | None:
        keys = list(queryset.order_by().values_list("pk", flat=True))
        if error := self._number_error(len(keys)):
            self.message_user(request, error, messages.ERROR)
            return None
        query = {"id": keys, "next": request.get_full_path()}
        return HttpResponseRedirect(reverse(f"admin:{self._url_name('merge')}", query=query))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(
            request, {"can_merge": self.has_merge_permission(request), **(extra_context or {})}
        )

    def get_urls(self) -> list[URLPattern]:
        def with_permission(view: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
            def checked(request: HttpRequest) -> HttpResponse:
                if not self.has_merge_permission(request):
                    raise PermissionDenied
                return view(request)

            return self.admin_site.admin_view(checked)

        return [
            path("merge/", with_permission(self.merge_view), name=self._url_name("merge")),
            path("merge/groups/", with_permission(self.merge_groups_view), name=self._url_name("merge_groups")),
            path("duplicates/", with_permission(self.duplicates_view), name=self._url_name("duplicates")),
            *super().get_urls(),
        ]

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        """Ask which of the selected rows stays, and say what the merge does. On POST, merge."""
        keys = {int(key) for key in request.GET.getlist("id") if is_valid_pk(key)}
        error = self._number_error(len(keys))
        objs = [] if error else list(self._rows_to_merge(request).filter(pk__in=keys))
        if error := error or self._number_error(len(objs)):
            self.message_user(request, error, messages.ERROR)
            return self._redirect_back(request)
        objs = self._with_usage(objs)
        form = MergeForm(objs, differences(self.model, objs), request.POST or None)
        if form.is_valid():
            self._merge(request, form)
            return self._redirect_back(request)
        context = {
            **self._context(request, f"Merge {model_ngettext(self.opts, len(objs))}"),
            "form": form,
            "objs": objs,
            "effects": self.merge_effects,
            "shares_once": self.shares_once,
            "back": self._redirect_back(request).url,
        }
        return TemplateResponse(request, "admin/musicdb/merge.html", context)

    def merge_groups_view(self, request: HttpRequest) -> HttpResponse:
        """Say of each ticked group what stays and what goes. If that is confirmed, merge them, each by itself."""
        groups = posted_groups(request.POST.getlist("group"), MAX_AT_ONCE)
        if not groups:
            self.message_user(request, "Tick the groups to merge.", messages.ERROR)
            return self._redirect_back(request)
        is_confirmed = "confirm" in request.POST
        objs = self._rows_to_merge(request).in_bulk([key for keys in groups for key in keys])
        there = [self._with_usage(objs[key] for key in keys) for keys in groups if objs.keys() >= set(keys)]
        failures = gone_rows(self.model, {key for keys in groups for key in keys} - objs.keys())
        found = zip(there, differences_of_groups(self.model, there), strict=True)
        forms = [GroupForm(rows, differing, request.POST if is_confirmed else None) for rows, differing in found]
        if is_confirmed and all(form.is_valid() for form in forms):
            self._merge_groups(request, forms, failures)
            return self._redirect_back(request)
        if failures:
            self._say_failed(request, failures)
        if not forms:
            return self._redirect_back(request)
        context = {
            **self._context(request, f"Merge {len(forms)} group{'' if len(forms) == 1 else 's'}"),
            "forms": forms,
            "effects": self.merge_effects,
            "back": self._redirect_back(request).url,
        }
        return TemplateResponse(request, "admin/musicdb/merge_groups.html", context)

    def _merge_groups(self, request: HttpRequest, forms: Sequence[GroupForm], failures: Sequence[str]) -> None:
        chosen = [form for form in forms if form.is_included]
        stale = [form for form in chosen if form.has_changed_since]
        done = merge_groups([form.merge_group for form in chosen if not form.has_changed_since], current_user(request))
        failures = [
            *failures,
            *(f"“{form.objs[0]}”: somebody has changed the group since you opened the page." for form in stale),
            *done.failures,
        ]
        if done.merged:
            self.message_user(
                request,
                format_html(
                    'Merged {}: {} gone. <a href="{}">Undo one of the merges …</a>',
                    "1 group" if len(done.merged) == 1 else f"{len(done.merged)} groups",
                    f"{done.gone} {model_ngettext(self.opts, done.gone)} {'is' if done.gone == 1 else 'are'}",
                    reverse("admin:musicdb_groupedchange_changelist", query={"model_name": self.model.__name__}),
                ),
                messages.SUCCESS,
            )
        elif not failures:
            self.message_user(request, "No group was ticked, so nothing was merged.", messages.INFO)
        if failures:
            self._say_failed(request, failures)

    def _say_failed(self, request: HttpRequest, failures: Sequence[str]) -> None:
        items = format_html_join("", "<li>{}</li>", ((failure,) for failure in failures))
        self.message_user(request, format_html("Not merged:<ul>{}</ul>", items), messages.ERROR)

    def _rows_to_merge(self, request: HttpRequest) -> QuerySet[M]:
        """Return all rows with what tells them apart on the pages of a merge."""
        return self.with_option_facts(self.get_queryset(request))

    def merge_facts(self, obj: Any) -> Sequence[str]:
        """Return what tells a row from others of its name, besides how much it is used. Empty facts are left out."""
        return []

    def duplicates_view(self, request: HttpRequest) -> HttpResponse:
        """Show groups of rows with similar names. On POST, dismiss or restore one. Reads all names, and little else."""
        if request.method == "POST":
            return dismiss_or_restore(request, self.model)
        shows_same = SAME_PARAM in request.GET
        groups = homonyms(self.model) if shows_same else self.duplicate_groups()
        review = review_context(request, review_groups(self.model, groups))
        # A group can be larger than a merge.
        shown = [group[:MAX_AT_ONCE] for group in review["page"]]
        objs = self._rows_to_merge(request).in_bulk([key for group in shown for key in group])
        context = {
            **self._context(request, f"Possible duplicate {self.opts.verbose_name_plural}"),
            **review,
            "kind": "that have one name and that nothing tells apart" if shows_same else "with similar names",
            "can_merge": True,
            "groups": [self._with_usage(objs[key] for key in group if key in objs) for group in shown],
        }
        return TemplateResponse(request, "admin/musicdb/duplicates.html", context)

    def duplicate_groups(self) -> list[list[int]]:
        """Return the keys of rows that may be duplicates, in groups."""
        names = self.model._default_manager.order_by("sort_key", "pk").values_list("pk", "name")
        return group_by_key(names.iterator(), self.similarity_key)

    def _with_usage(self, objs: Iterable[Any]) -> list[Any]:
        """Return ``objs``, each with ``usage``, the number of rows that use it. The best one to keep comes first."""
        found = list(objs)
        for obj in found:
            obj.usage = getattr(obj, self.usage_count)
            obj.facts = [fact for fact in self.merge_facts(obj) if fact]
        return sorted(
            found,
            key=lambda obj: (getattr(obj, "visibility", Visibility.SHOWN) != Visibility.SHOWN, -obj.usage, obj.pk),
        )

    def _merge(self, request: HttpRequest, form: MergeForm) -> None:
        try:
            merged = merge(*form.survivor_and_others, current_user(request), form.choices)
        except MergeError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, self._report(merged), messages.SUCCESS)

    def _report(self, merged: Merged) -> str:
        noun = self.used_by if merged.moved == 1 else self.used_by_plural or f"{self.used_by}s"
        moved = f"{merged.moved} {noun} moved"
        shared = f", {merged.shared} had several of them" if merged.shared else ""
        others = f"{merged.others} {model_ngettext(self.opts, merged.others)}"
        return format_html(
            'Merged {} into {}: {}{}. <a href="{}">Undo …</a>',
            others,
            link_to(merged.survivor),
            moved,
            shared,
            undo_url(merged.change),
        )

    def _number_error(self, number: int) -> str:
        """Return why ``number`` rows cannot be merged, or an empty string if they can."""
        if number < 2:
            return f"Select at least two {self.opts.verbose_name_plural} to merge them."
        if number > MAX_AT_ONCE:
            return f"You can merge at most {MAX_AT_ONCE} at a time. You selected {number}."
        return ""

    def _redirect_back(self, request: HttpRequest) -> HttpResponseRedirect:
        """Return to the admin page that the user came from."""
        url = request.GET.get("next", "")
        is_safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
        return HttpResponseRedirect(url if is_safe else reverse(f"admin:{self._url_name('changelist')}"))

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {
            **super()._context(request, title),
            "used_by": self.used_by,
            "used_by_plural": self.used_by_plural or f"{self.used_by}s",
        }
