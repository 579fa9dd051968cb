"""Uploaded files between the preview and the confirmation, and the bad rows that an import left: private, and not
for long.

They lie in ``settings.UPLOAD_ROOT``, which no web server serves, under names that nobody can guess.
"""

import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core import signing

from musicdb.imports.parse import Source

SALT = "musicdb.imports.uploads"
KEPT_SECONDS = 24 * 60 * 60
BAD_ROWS_KEPT_SECONDS = 30 * KEPT_SECONDS


class UploadGoneError(Exception):
    """The upload was confirmed, or has waited too long, or belongs to somebody else."""


def _folder() -> Path:
    folder = Path(settings.UPLOAD_ROOT)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def save_upload(name: str, chunks: Iterable[bytes], owner: int) -> str:
    """Store an upload and return the token under which its owner gets it back. Old ones are purged."""
    purge()
    path = _folder() / f"upload-{secrets.token_urlsafe(24)}"
    path.touch(mode=0o600, exist_ok=False)
    with path.open("wb") as stored:
        for chunk in chunks:
            stored.write(chunk)
    return signing.dumps({"file": path.name, "name": name[:200], "owner": owner}, salt=SALT)


def load_upload(token: str, owner: int) -> Source:
    """Return the upload of ``token``. Raises UploadGoneError."""
    kept = _kept(token, owner)
    try:
        return Source(kept["name"], (_folder() / kept["file"]).read_bytes())
    except FileNotFoundError:
        raise UploadGoneError("This file has been imported or thrown away since. Upload it again.") from None


def delete_upload(token: str, owner: int) -> None:
    with suppress(UploadGoneError):
        (_folder() / _kept(token, owner)["file"]).unlink(missing_ok=True)


def _kept(token: str, owner: int) -> dict[str, str]:
    try:
        kept = signing.loads(token, salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        raise UploadGoneError("This upload is too old. Upload the file again.") from None
    if kept["owner"] != owner:
        raise UploadGoneError("Somebody else uploaded this file. Upload it yourself.")
    return kept


def purge() -> None:
    """Delete what nobody came back for."""
    for pattern, kept_seconds in (("upload-*", KEPT_SECONDS), ("bad-rows-*", BAD_ROWS_KEPT_SECONDS)):
        oldest = time.time() - kept_seconds
        for path in _folder().glob(pattern):
            with suppress(OSError):  # Another process may be quicker.
                if path.stat().st_mtime < oldest:
                    path.unlink()


def bad_rows_path(record: int) -> Path:
    """Return where the rows that an import skipped are, if there were any and they have not been purged."""
    return _folder() / f"bad-rows-{record}.csv"
