"""Keeps uploaded files between the preview and the confirmation, and the bad rows that imports have skipped.

They are in ``settings.UPLOAD_ROOT``, which no web server serves, under names that nobody can guess, and for a limited
time.
"""

import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing

from musicdb.imports.messages import ImportRefusedError
from musicdb.imports.options import Source
from musicdb.models import Import
from musicdb.transfers import private_folder

SALT = "musicdb.imports.uploads"
MAX_AGE = 24 * 60 * 60
BAD_ROWS_MAX_AGE = 30 * MAX_AGE


class UploadGoneError(Exception):
    """The upload was imported, is too old, or belongs to somebody else."""


def save_upload(name: str, chunks: Iterable[bytes], owner: int) -> str:
    """Store an upload and return the token with which its owner gets it back. Old uploads are deleted.

    Raises ImportRefusedError where the folder cannot be written.
    """
    try:
        purge()
        path = private_folder() / f"upload-{secrets.token_urlsafe(24)}"
        path.touch(mode=0o600, exist_ok=False)
        with path.open("wb") as stored:
            for chunk in chunks:
                stored.write(chunk)
    except OSError as error:
        raise ImportRefusedError(f"The file could not be stored on the server ({error.strerror}).") from error
    return signing.dumps({"file": path.name, "name": name[:200], "owner": owner}, salt=SALT)


def load_upload(token: str, owner: int) -> Source:
    """Return the upload of ``token``. Raises UploadGoneError."""
    upload = _stored(token, owner)
    path = private_folder() / upload["file"]
    if not path.is_file():
        raise UploadGoneError("This file has been imported or deleted. Upload it again.")
    return Source(upload["name"], path)


def upload_key(token: str, owner: int) -> str:
    """Return the name under which the upload of ``token`` is stored. Raises UploadGoneError."""
    return str(_stored(token, owner)["file"])


def is_stored(key: str) -> bool:
    """Return whether the upload that is stored under this name is still there."""
    return (private_folder() / key).is_file()


def delete_upload(token: str, owner: int) -> None:
    """Delete the upload of ``token`` and what its preview listed, if they are there."""
    with suppress(UploadGoneError):
        (private_folder() / _stored(token, owner)["file"]).unlink(missing_ok=True)
        changes_path(token, owner).unlink(missing_ok=True)


def changes_path(token: str, owner: int) -> Path:
    """Return the path of the file that lists what the upload of ``token`` would change. Raises UploadGoneError."""
    return private_folder() / f"changes-{_stored(token, owner)['file']}.csv"


def _stored(token: str, owner: int) -> dict[str, Any]:
    try:
        upload: dict[str, Any] = signing.loads(token, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        raise UploadGoneError("This upload is too old. Upload the file again.") from None
    if upload["owner"] != owner:
        raise UploadGoneError("Somebody else uploaded this file. Upload it yourself.")
    return upload


def purge() -> None:
    """Delete the files that are too old."""
    for pattern, max_age in (("upload-*", MAX_AGE), ("changes-*", MAX_AGE), ("bad-rows-*", BAD_ROWS_MAX_AGE)):
        oldest = time.time() - max_age
        for path in private_folder().glob(pattern):
            with suppress(OSError):  # Another process may delete it first.
                if path.stat().st_mtime < oldest:
                    path.unlink()


def bad_rows_path(record: Import) -> Path:
    """Return the path of the rows that an import skipped. It has a file if there were any, until it is too old."""
    return Path(settings.UPLOAD_ROOT) / f"bad-rows-{record.pk}.csv"
