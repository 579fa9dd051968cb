"""The download of the whole library."""

import tempfile
from typing import IO, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.timezone import localdate

from musicdb.exports import LIBRARY_FORMATS, ExportRefusedError
from musicdb.models import Album, Artist, Genre, Label, Track

_MODELS = (Genre, Artist, Label, Album, Track)


def can_export_library(request: HttpRequest) -> bool:
    """Return whether the user can view the whole catalogue."""
    return all(request.user.has_perm(f"musicdb.view_{model._meta.model_name}") for model in _MODELS)


def library_view(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Send the library as a file of ``kind``, zip or xlsx.

    The export goes to a temporary file first, so that an error never leaves the user with half a file.
    """
    export = LIBRARY_FORMATS.get(f".{kind}")
    if export is None:
        raise Http404
    if not can_export_library(request):
        raise PermissionDenied
    file: IO[Any] = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    try:
        export(file)
    except ExportRefusedError as error:
        file.close()
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("admin:musicdb_import_changelist"))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"library-{localdate()}.{kind}")
