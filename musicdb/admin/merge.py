"""Several of a kind that are one: looking for them, choosing which stays, merging."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import model_ngettext
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme

from musicdb.admin.base import CatalogueAdmin, is_valid_pk, link_to
from musicdb.admin.duplicates import answer, groups_context
from musicdb.admin.forms import MergeForm
from musicdb.editing.duplicates import review_groups
from musicdb.editing.merge import Merged, MergeError, merge
from musicdb.music.name_matching import alike, similarity_key

MAX_AT_ONCE = 100


class MergeableAdmin(CatalogueAdmin):
    """What has other spellings: is found by them, and can be merged into another of its kind."""

    actions = ["merge_selected"]
    change_list_template = "admin/musicdb/mergeable_change_list.html"
    # What a thing is used by, and where ``get_queryset`` says of how many.
    used_by: str
    use_count: str
    # When two names are likely one.
    fold: Callable[[str], str] = staticmethod(similarity_key)
    # What else a merge does, in sentences.
    merge_effects: Sequence[str] = ()

    def has_merge_permission(self, request: HttpRequest) -> bool:
        # Its own permission: what is merged is gone, and what pointed at it points elsewhere for good.
        may = request.user.has_perm(f"{self.opts.app_label}.{get_permission_codename('merge', self.opts)}")
        return may and self.has_change_permission(request)

    @admin.action(description="Merge selected %(verbose_name_plural)s", permissions=["merge"])
    def merge_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        keys = list(queryset.order_by().values_list("pk", flat=True))
        if refusal := self._refusal(len(keys)):
            self.message_user(request, refusal, messages.ERROR)
            return None
        query = {"id": keys, "next": request.get_full_path()}
        return HttpResponseRedirect(reverse(self._name_of("merge"), query=query))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(
            request, {"can_merge": self.has_merge_permission(request), **(extra_context or {})}
        )

    def get_urls(self) -> list[URLPattern]:
        def guarded(view: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
            def allowed(request: HttpRequest) -> HttpResponse:
                if not self.has_merge_permission(request):
                    raise PermissionDenied
                return view(request)

            return self.admin_site.admin_view(allowed)

        own = [
            path("merge/", guarded(self.merge_view), name=self._name_of("merge", site="")),
            path("likely-the-same/", guarded(self.likely_view), name=self._name_of("likely", site="")),
        ]
        return [*own, *super().get_urls()]

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        """Let the editor choose which of some things stays, say what will happen, and on POST do it."""
        keys = {int(key) for key in request.GET.getlist("id") if is_valid_pk(key)}
        refusal = self._refusal(len(keys))
        things = [] if refusal else list(self.get_queryset(request).filter(pk__in=keys))
        if refusal := refusal or self._refusal(len(things)):
            self.message_user(request, refusal, messages.ERROR)
            return self._back(request)
        things = self._likeliest_first(things)
        form = MergeForm(things, request.POST or None)
        if form.is_valid():
            self._merge(request, *form.survivor_and_others)
            return self._back(request)
        context = {
            **self._context(request, f"Merge {model_ngettext(self.opts, len(things))}"),
            "form": form,
            "things": things,
            "used_by": self.used_by,
            "effects": self.merge_effects,
            "back": self._back(request).url,
        }
        return TemplateResponse(request, "admin/musicdb/merge.html", context)

    def likely_view(self, request: HttpRequest) -> HttpResponse:
        """Show which names are likely spellings of one. Every name is read at once, and nothing else of most."""
        if request.method == "POST":
            return answer(request, self.model)
        names = self.model._default_manager.order_by("name", "pk").values_list("pk", "name")
        shown = groups_context(request, review_groups(self.model, alike(names.iterator(), self.fold)))
        page = shown["page"]
        keys = [key for group in page for key in group[:MAX_AT_ONCE]]
        things = self.get_queryset(request).in_bulk(keys)
        context = {
            **self._context(request, "Likely the same"),
            **shown,
            "groups": [
                self._likeliest_first(thing for key in group if (thing := things.get(key)) is not None)
                for group in page
            ],
            "used_by": self.used_by,
        }
        return TemplateResponse(request, "admin/musicdb/likely.html", context)

    def _likeliest_first(self, things: Iterable[Any]) -> list[Any]:
        """Return ``things``, each with its ``uses``, in the order in which one would want to keep them."""
        found = list(things)
        for thing in found:
            thing.uses = getattr(thing, self.use_count)
        return sorted(found, key=lambda thing: (not getattr(thing, "is_public", True), -thing.uses, thing.pk))

    def _merge(self, request: HttpRequest, survivor: Any, others: Sequence[Any]) -> None:
        try:
            merged = merge(survivor, others, request.user)  # type: ignore[arg-type]
        except MergeError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, self._report(merged), messages.SUCCESS)

    def _report(self, merged: Merged) -> str:
        """Return what a merge did, in a sentence."""
        moved = f"{merged.moved} {self.used_by}{'' if merged.moved == 1 else 's'} moved"
        shared = f", {merged.shared} had several of them" if merged.shared else ""
        others = f"{merged.others} {model_ngettext(self.opts, merged.others)}"
        return format_html("Merged {} into {}: {}{}.", others, link_to(merged.survivor), moved, shared)

    def _refusal(self, number: int) -> str:
        """Return why so many cannot be merged at once; empty where they can."""
        if number < 2:
            return f"Select at least two {self.opts.verbose_name_plural} to merge them."
        if number > MAX_AT_ONCE:
            return f"Merge at most {MAX_AT_ONCE} at a time: you selected {number}."
        return ""

    def _back(self, request: HttpRequest) -> HttpResponseRedirect:
        """Return to the page of the admin that the editor came from."""
        asked = request.GET.get("next", "")
        safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
        return HttpResponseRedirect(asked if safe else reverse(self._name_of("changelist")))

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "media": self.media}

    def _name_of(self, view: str, site: str = "admin:") -> str:
        return f"{site}{self.opts.app_label}_{self.opts.model_name}_{view}"
