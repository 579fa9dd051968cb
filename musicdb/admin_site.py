"""The admin site itself: what it is called, and in which order it lists its parts."""

from functools import partial
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import path


class MusicdbAdminConfig(AdminConfig):
    default_site = "musicdb.admin_site.MusicdbAdminSite"


class MusicdbAdminSite(AdminSite):
    site_header = "musicdb"
    site_title = "musicdb"
    index_title = "The library"
    empty_value_display = "–"

    def get_urls(self) -> list[Any]:
        # Which know the models, and those are not there yet when this module is read.
        from musicdb.admin.data_quality import duplicates_page, housekeeping_page

        return [
            path("housekeeping/", self.admin_view(partial(housekeeping_page, self)), name="housekeeping"),
            path("housekeeping/duplicates/", self.admin_view(partial(duplicates_page, self)), name="likely_duplicates"),
            *super().get_urls(),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from musicdb.admin.data_quality import dashboard_context

        return super().index(request, {**dashboard_context(request), **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        # The library first; who may edit it is looked at once a year.
        return sorted(super().get_app_list(request, app_label), key=lambda app: app["app_label"] == "auth")
