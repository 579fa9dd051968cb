"""Send a file that is written for the request."""

import tempfile
from collections.abc import Callable
from typing import IO, Any

from django.http import FileResponse


def whole_file(write: Callable[[IO[bytes]], Any], **options: Any) -> FileResponse:
    """Return a response with what ``write`` writes. ``options`` are those of FileResponse."""
    return FileResponse(written(write), **options)


def written(write: Callable[[IO[bytes]], Any]) -> IO[bytes]:
    """Return a file with what ``write`` writes, to be read from its beginning.

    It goes to a temporary file first: an error never leaves the reader with half a file, no file is in memory, and a
    slow reader holds no connection to the database.
    """
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file
