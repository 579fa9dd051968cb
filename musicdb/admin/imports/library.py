"""The download of the whole library."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.timezone import localdate

from musicdb.admin.downloads import download
from musicdb.exports import LIBRARY_FORMATS, ExportRefusedError
from musicdb.models import Album, Artist, Genre, Label, Track

_MODELS = (Genre, Artist, Label, Album, Track)


def can_export_library(request: HttpRequest) -> bool:
    """Return whether the user can view the whole catalogue."""
    return all(request.user.has_perm(f"musicdb.view_{model._meta.model_name}") for model in _MODELS)


def library_view(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Send the library as a file of ``kind``, zip or xlsx."""
    export = LIBRARY_FORMATS.get(f".{kind}")
    if export is None:
        raise Http404
    if not can_export_library(request):
        raise PermissionDenied
    try:
        return download(export, f"library-{localdate()}.{kind}")
    except ExportRefusedError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("admin:musicdb_import_changelist"))
