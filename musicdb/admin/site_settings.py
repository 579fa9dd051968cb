"""The page of the site settings."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from musicdb.admin.base import CatalogueAdmin
from musicdb.admin.generic import AnyModelForm
from musicdb.models import Artist, Label, SiteSettings
from musicdb.pages.theme import DARK, LIGHT, parse, write


@admin.register(SiteSettings)
class SiteSettingsAdmin(CatalogueAdmin[SiteSettings]):
    """One page in place of a list: there is one row, and none until somebody saves it."""

    fieldsets = [
        (None, {"fields": ["name", "introduction", "colour", "shades"]}),
        (
            "Pages of artists and labels",
            {
                "description": "An artist or label that is shown or hidden stays so, whatever the rule.",
                "fields": ["page_rule", "min_tracks"],
            },
        ),
    ]
    readonly_fields = ["shades"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SiteSettings | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:musicdb_sitesettings_change", args=[SiteSettings.load().pk]))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> SiteSettings | None:
        found = SiteSettings.load()
        return found if object_id == str(found.pk) else None

    def lock_row(self, request: HttpRequest, key: str) -> bool:
        # There may be no row yet, and nothing else to lock.
        SiteSettings.objects.get_or_create(pk=SiteSettings.load().pk)
        return super().lock_row(request, key)

    def view_on_site(self, obj: SiteSettings) -> str:
        return reverse("home")

    def save_model(self, request: HttpRequest, obj: SiteSettings, form: AnyModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        artists, labels = (model.objects.visible().count() for model in (Artist, Label))
        self.message_user(request, f"Artists with a page: {artists:,}. Labels: {labels:,}.", messages.INFO)

    @admin.display(description="shades")
    def shades(self, settings: SiteSettings) -> SafeString | str:
        """Return what the pages make of the colour."""
        if not settings.colour:
            return ""
        colour = parse(settings.colour)
        shades = ((write(mode.accent(colour)), name) for mode, name in ((LIGHT, "light"), (DARK, "dark")))
        return format_html_join(
            ", ",
            '<svg width="16" height="16" aria-hidden="true"><rect width="16" height="16" fill="{0}"/></svg> '
            "{0} on {1} pages",
            shades,
        )
