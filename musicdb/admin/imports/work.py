"""Imports an upload: small ones in the request, large ones as a transfer. Previews of large ones are transfers too."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.http import QueryDict

from musicdb.admin.imports.forms import ConfirmForm, OptionsForm
from musicdb.admin.imports.previews import preview_content
from musicdb.imports import BadRowsError, ImportOptions, ImportRefusedError, run_import
from musicdb.imports.lock import WEB_PATIENCE, Patience
from musicdb.imports.uploads import UploadGoneError, bad_rows_path, delete_upload, load_upload, upload_key
from musicdb.models import Import, Transfer
from musicdb.progress import Progress, no_progress
from musicdb.transfers import WAIT_SECONDS, Done, TransferFailedError, TransferFiles, done_with_commit, register, start

PERMISSION = "musicdb.add_import"
# The forms that ask for a preview or an import, by the name that a transfer stores.
_FORMS: dict[str, type[OptionsForm]] = {"upload": OptionsForm, "preview": ConfirmForm}


def import_upload(
    token: str,
    user: User,
    options: ImportOptions,
    progress: Progress = no_progress,
    patience: Patience = WEB_PATIENCE,
    recorded: Callable[[Import], None] | None = None,
) -> Import:
    """Import the upload of ``token``, log it and delete the upload. Raises UploadGoneError and ImportRefusedError.

    ``recorded`` is called with the import before it is committed.
    """
    source = load_upload(token, owner=user.pk)
    record = run_import([source], options, user, progress, patience, bad_rows_path, recorded).record
    delete_upload(token, owner=user.pk)
    LogEntry.objects.log_actions(user.pk, [record], ADDITION, [{"added": {}}], single_object=True)
    return record


def success(record: Import) -> str:
    """Return what the user is told after an import."""
    return f"Imported {record.file_name}: {record.summary}."


# --- As a transfer -------------------------------------------------------------------------------------------------


def start_transfer(kind: str, user: User, token: str, name: str, form: OptionsForm) -> Transfer:
    """Start a preview or an import of the upload ``name`` with what ``form`` says, which is valid.

    Raises UploadGoneError, TooManyTransfersError and OSError.
    """
    sent: Any = form.data
    data = sent.copy()
    data.pop("csrfmiddlewaretoken", None)
    asked = {
        "token": token,
        "form": "preview" if isinstance(form, ConfirmForm) else "upload",
        "data": data.urlencode(),
    }
    return start(kind, user, name, asked, [PERMISSION], upload=upload_key(token, user.pk))


def _options(transfer: Transfer) -> ImportOptions:
    form = _FORMS[transfer.asked["form"]](QueryDict(transfer.asked["data"]))
    if not form.is_valid():
        raise TransferFailedError("The form was not complete. Upload the file again.")
    return form.options()


def _preview(transfer: Transfer, progress: Progress, files: TransferFiles) -> Done:
    try:
        content = preview_content(transfer.asked["token"], transfer.user.pk, _options(transfer), progress)
    except (UploadGoneError, ImportRefusedError) as error:
        raise TransferFailedError(f"{error} Nothing was imported.") from error
    with files.writing() as file:
        file.write(content.encode())
    return Done()


def _import(transfer: Transfer, progress: Progress, files: TransferFiles) -> Done:
    patience = Patience(WAIT_SECONDS, lambda words: progress(words, 0, None), seconds_between_notices=1)

    def recorded(record: Import) -> None:
        done_with_commit(transfer, record, success(record))

    try:
        record = import_upload(transfer.asked["token"], transfer.user, _options(transfer), progress, patience, recorded)
    except BadRowsError as error:
        # The preview lists them, and has the choice to skip them.
        return replace(_preview(transfer, progress, files), message=f"{error} Nothing was imported.")
    except (UploadGoneError, ImportRefusedError) as error:
        raise TransferFailedError(f"{error} Nothing was imported.") from error
    return Done(record, success(record))


register(Transfer.Kind.PREVIEW, _preview)
register(Transfer.Kind.IMPORT, _import)
