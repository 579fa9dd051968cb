"""The admin site: its title, its pages beside those of the models, and the order of its apps."""

from functools import partial
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path

from musicdb import __version__


class MusicdbAdminConfig(AdminConfig):
    default_site = "musicdb.admin_site.MusicdbAdminSite"


class MusicdbAdminSite(AdminSite):
    site_header = "musicdb"
    site_title = "musicdb"
    index_title = "The library"
    empty_value_display = "–"

    def get_urls(self) -> list[Any]:
        # These modules import models, and Django reads this module before it has loaded them.
        from musicdb.admin.data_quality import data_quality_page
        from musicdb.admin.duplicates import duplicate_tracks_page, same_genres_page
        from musicdb.admin.transfers import transfer_urls

        return [
            path("data-quality/", self.admin_view(partial(data_quality_page, self)), name="data_quality"),
            path(
                "data-quality/duplicate-tracks/",
                self.admin_view(partial(duplicate_tracks_page, self)),
                name="duplicate_tracks",
            ),
            path("data-quality/same-genres/", self.admin_view(partial(same_genres_page, self)), name="same_genres"),
            *transfer_urls(self),
            *super().get_urls(),
        ]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        from musicdb.admin.changelist.options import OptionsView

        return OptionsView.as_view(admin_site=self)(request)  # type: ignore[return-value]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "version": __version__}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from musicdb.admin.dashboard import dashboard_context

        return super().index(request, {**dashboard_context(request), **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        # The library comes first; users and their logins are seldom looked at.
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: app["app_label"] in ("auth", "axes"))
