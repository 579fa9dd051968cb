"""The download of the whole library."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.timezone import localdate

from musicdb.admin.exports.downloads import send
from musicdb.admin.exports.work import Export
from musicdb.exports import LIBRARY_FORMATS, TABLES, count_library

_PERMISSIONS = [f"musicdb.view_{table.model._meta.model_name}" for table in TABLES]


def can_export_library(request: HttpRequest) -> bool:
    """Return whether the user can view all that the library file has."""
    return request.user.has_perms(_PERMISSIONS)


def library_view(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Send the library as a file of ``kind``, zip or xlsx."""
    if f".{kind}" not in LIBRARY_FORMATS:
        raise Http404
    if not can_export_library(request):
        raise PermissionDenied
    name = f"library-{localdate()}.{kind}"
    export = Export(name, count_library(), _PERMISSIONS, "library", {"format": f".{kind}"})
    return send(request, export, reverse("admin:musicdb_import_changelist"))
