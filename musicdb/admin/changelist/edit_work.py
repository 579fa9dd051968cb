"""Edits and replacements in many rows: small ones in the request, large ones as a transfer."""

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.admin import site
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from musicdb.admin.base import current_user
from musicdb.admin.changelist.bulk_forms import BulkEditForm
from musicdb.admin.changelist.find_replace_forms import FindReplaceForm
from musicdb.admin.changelist.reports import edit_report, replace_report
from musicdb.admin.edits import Said, say, store
from musicdb.admin.transfers import start_or_say_why
from musicdb.db import one_of
from musicdb.editing import (
    BulkEditError,
    ReplacePlan,
    SearchError,
    bulk_edit_rows,
    count_replacements,
    find_replace,
    is_alias,
    plan_replacements,
    row_of,
)
from musicdb.models import Transfer
from musicdb.progress import Progress, no_progress
from musicdb.transfers import Done, TransferFailedError, TransferFiles, done_with_commit, register, start


def edit_rows(
    model: Any, form: BulkEditForm, keys: Sequence[int], user: User, progress: Progress = no_progress
) -> list[Said]:
    """Edit the rows of ``model`` that have ``keys``, and return what to say. Raises BulkEditError."""
    return edit_report(model, len(keys), bulk_edit_rows(model, keys, form.edit(), user, progress))


def replace_in_rows(
    plan: ReplacePlan,
    form: FindReplaceForm,
    confirmed: Mapping[str, str],
    user: User,
    progress: Progress = no_progress,
) -> list[Said]:
    """Change what was ``confirmed`` of a plan, digests by key, and return what to say. Raises BulkEditError."""
    keeps = form.cleaned_data["keep_former_names"]
    done = find_replace(plan, confirmed, user, keeps_former_names=keeps, progress=progress)
    return replace_report(plan.model, done)


def edit_or_start(request: HttpRequest, model: Any, form: BulkEditForm, keys: Sequence[int], back: str) -> HttpResponse:
    """Edit the rows, or start a transfer that does, and lead ``back``. Raises BulkEditError."""
    if len(keys) <= settings.TRANSFER_ROWS:
        say(request, edit_rows(model, form, keys, current_user(request)))
        return HttpResponseRedirect(back)
    what = f"{len(keys):,} {model._meta.verbose_name_plural}"
    return _start(request, model, what, "bulk_edit", form, list(keys), back)


def replace_or_start(
    request: HttpRequest, plan: ReplacePlan, form: FindReplaceForm, confirmed: Mapping[str, str], back: str
) -> HttpResponse:
    """Change what was confirmed, or start a transfer that does, and lead ``back``. Raises BulkEditError."""
    if len(confirmed) <= settings.TRANSFER_ROWS:
        say(request, replace_in_rows(plan, form, confirmed, current_user(request)))
        return HttpResponseRedirect(back)
    model = plan.model
    aliases = sum(map(is_alias, confirmed))
    what = count_replacements(model, len(confirmed) - aliases, aliases)
    return _start(request, model, what, "find_replace", form, dict(confirmed), back)


# --- As a transfer -------------------------------------------------------------------------------------------------


def _start(request: HttpRequest, model: Any, name: str, way: str, form: Any, rows: Any, back: str) -> HttpResponse:
    # The rest of what the page has sent is in ``rows``.
    sent = QueryDict(mutable=True)
    for field in form.fields:
        sent.setlist(field, form.data.getlist(field))
    given = json.dumps({"data": sent.urlencode(), "rows": rows}).encode()
    asked = {"way": way, "model": model.__name__, "given": sha256(given).hexdigest(), "back": back}
    permission = f"{model._meta.app_label}.{get_permission_codename('change', model._meta)}"
    return start_or_say_why(
        request,
        lambda: start(Transfer.Kind.EDIT, current_user(request), name, asked, [permission], given=given),
        back,
    )


# What writes an edit, and returns what to say.
Write = Callable[[], list[Said]]


def _bulk_edit(model: Any, data: QueryDict, rows: Any, user: User, progress: Progress) -> Write:
    model_admin: Any = site.get_model_admin(model)
    form: BulkEditForm = _valid(model_admin.bulk_edit_form(data))
    return lambda: edit_rows(model, form, rows, user, progress)


def _find_replace(model: Any, data: QueryDict, rows: Any, user: User, progress: Progress) -> Write:
    form = _valid(FindReplaceForm(model, data))
    progress("Finding the texts", 0, None)
    confirmed = model._default_manager.filter(pk__in=one_of({row_of(key) for key in rows}))
    plan = plan_replacements(confirmed, form.cleaned_data["fields_searched"], form.search)
    return lambda: replace_in_rows(plan, form, rows, user, progress)


_WAYS: dict[str, Callable[[Any, QueryDict, Any, User, Progress], Write]] = {
    "bulk_edit": _bulk_edit,
    "find_replace": _find_replace,
}


def _valid(form: Any) -> Any:
    if not form.is_valid():
        raise TransferFailedError(
            "What you chose is no longer there: somebody may have merged or deleted it. Nothing was changed."
        )
    return form


def _edit(transfer: Transfer, progress: Progress, files: TransferFiles) -> Done:
    if (stored := files.read_given()) is None:
        raise TransferFailedError("The rows are not known any more. Select them again. Nothing was changed.")
    given = json.loads(stored)
    model = apps.get_model("musicdb", transfer.asked["model"])
    way = _WAYS[transfer.asked["way"]]
    try:
        write = way(model, QueryDict(given["data"]), given["rows"], transfer.user, progress)
        with transaction.atomic():
            # The page leads to what it says as soon as the transfer is done.
            store(files, write())
            done_with_commit(transfer)
    except (BulkEditError, SearchError) as error:
        raise TransferFailedError(str(error)) from error
    files.given.unlink(missing_ok=True)
    return Done()


register(Transfer.Kind.EDIT, _edit)
