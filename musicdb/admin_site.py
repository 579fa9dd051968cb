"""The admin site itself: what it is called, and in which order it lists its parts."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest


class MusicdbAdminConfig(AdminConfig):
    default_site = "musicdb.admin_site.MusicdbAdminSite"


class MusicdbAdminSite(AdminSite):
    site_header = "musicdb"
    site_title = "musicdb"
    index_title = "The library"
    empty_value_display = "–"

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        # The library first; who may edit it is looked at once a year.
        return sorted(super().get_app_list(request, app_label), key=lambda app: app["app_label"] == "auth")
