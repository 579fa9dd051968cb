"""Files that a view writes and sends."""

import tempfile
from collections.abc import Callable
from typing import IO, Any

from django.http import FileResponse


def download(write: Callable[[IO[bytes]], Any], name: str, content_type: str = "") -> FileResponse:
    """Send what ``write`` writes, as a file called ``name``.

    It goes to a temporary file first: an error never leaves the user with half a file, and no file is in memory.
    """
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type or None)
