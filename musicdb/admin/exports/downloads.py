"""Sends a file that the admin exports: a small one at once, a large one by a transfer that has a page of its own."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import site
from django.contrib.auth import get_permission_codename
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

from musicdb.admin.base import current_user
from musicdb.admin.exports.work import Export
from musicdb.admin.transfers import start_or_say_why
from musicdb.exports import ExportRefusedError
from musicdb.models import Transfer
from musicdb.pages.downloads import whole_file
from musicdb.transfers import start


def send(request: HttpRequest, export: Export, back: str) -> HttpResponseBase:
    """Send the file of ``export``. For a large one, start a transfer, or ask first where the request is a GET.

    Where there is no file, lead ``back`` with the reason.
    """
    if export.rows <= settings.TRANSFER_ROWS:
        try:
            return whole_file(export.write, filename=export.name, as_attachment=True)
        except ExportRefusedError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(back)
    if request.method != "POST":
        context = {**site.each_context(request), "title": f"Export {export.name}", "export": export, "back": back}
        return TemplateResponse(request, "admin/musicdb/large_export.html", context)
    return start_or_say_why(
        request,
        lambda: start(
            Transfer.Kind.EXPORT,
            current_user(request),
            export.name,
            export.stored,
            export.permissions,
            given=None if export.keys is None else export.keys.tobytes(),
        ),
        back,
    )


def permissions_to_view(request: HttpRequest, opts: Any) -> list[str]:
    """Return the permission by which the user may see rows of a model: that to view them, else that to change them."""
    names = (f"{opts.app_label}.{get_permission_codename(action, opts)}" for action in ("view", "change"))
    return [name for name in names if request.user.has_perm(name)][:1]
