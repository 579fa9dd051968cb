"""The page that splits an artist: what it is in fact, then what that changes, then the split."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join

from musicdb.admin.base import M, counted, current_user
from musicdb.admin.html import link_to
from musicdb.admin.linked.forms import FormLink, register_action
from musicdb.admin.merging import MergeableAdmin
from musicdb.admin.merging.access import may_merge
from musicdb.admin.merging.undo import undo_url
from musicdb.admin.splitting.forms import SplitForm
from musicdb.editing import SplitChangedError, SplitDone, SplitError, SplitPreview, preview_split, split_artist
from musicdb.models import Artist


def split_url(artist: Artist) -> str:
    return reverse("admin:musicdb_artist_split", args=[artist.pk])


def _link_to_split(artist: Any, request: HttpRequest) -> Iterator[FormLink]:
    if may_merge(request, Artist):
        yield FormLink("split …", split_url(artist))


register_action(_link_to_split, Artist)


class SplittableAdmin(MergeableAdmin[M]):
    """Artists. Who may merge them may split them."""

    def get_urls(self) -> list[URLPattern]:
        split = self.admin_site.admin_view(self.split_view)
        return [path("<int:pk>/split/", split, name=self._url_name("split")), *super().get_urls()]

    def split_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask how to split an artist, then show what changes. If that was confirmed, split it."""
        if not may_merge(request, Artist):
            raise PermissionDenied
        artist = get_object_or_404(Artist, pk=pk)
        if request.method != "POST":
            return self._split_page(request, SplitForm(artist))
        form = SplitForm(artist, request.POST)
        if "more" in request.POST or "again" in request.POST:
            # To go on with, and not to be checked yet.
            rows = form.number_of_rows + ("more" in request.POST)
            return self._split_page(request, SplitForm(artist, initial={**request.POST.dict(), "rows": rows}))
        return self._preview_or_split(request, form) if form.is_valid() else self._split_page(request, form)

    def _preview_or_split(self, request: HttpRequest, form: SplitForm) -> HttpResponse:
        artist, split = form.artist, form.split
        try:
            if "apply" in request.POST:
                try:
                    done = split_artist(artist, split, current_user(request), request.POST.get("seen", ""))
                except SplitChangedError as error:
                    self.message_user(request, str(error), messages.WARNING)
                else:
                    return self._done(request, form, done)
            return self._split_page(request, form, preview_split(artist, split))
        except SplitError as error:
            form.add_error(None, str(error))
            return self._split_page(request, form)

    def _done(self, request: HttpRequest, form: SplitForm, done: SplitDone) -> HttpResponse:
        parts = format_html_join(", ", "{}", ((link_to(part),) for part in done.parts))
        text = format_html(
            'Split “{}” into {}: {} and {} changed. <a href="{}">Undo …</a>',
            form.artist.name,
            parts,
            counted(done.tracks, "track"),
            counted(done.albums, "album"),
            undo_url(done.change),
        )
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:musicdb_artist_change", args=[done.parts[0].pk]))

    def _split_page(self, request: HttpRequest, form: SplitForm, preview: SplitPreview | None = None) -> HttpResponse:
        context = {
            **self._context(request, f"Split {form.artist}"),
            "media": self.media + form.media,
            "artist": form.artist,
            "form": form,
            "preview": preview,
            "back": reverse("admin:musicdb_artist_change", args=[form.artist.pk]),
        }
        return TemplateResponse(request, "admin/musicdb/split/page.html", context)
