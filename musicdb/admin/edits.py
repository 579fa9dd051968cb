"""What edits of many rows, and their undos, say when they are done: at once, or after a transfer."""

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.safestring import SafeString, mark_safe

from musicdb.models import Transfer
from musicdb.transfers import TransferFiles

# A message to the user, with its level.
Said = tuple[int, SafeString | str]


def say(request: HttpRequest, said: Sequence[Said]) -> None:
    for level, text in said:
        messages.add_message(request, level, text)


def store(files: TransferFiles, said: Sequence[Said]) -> None:
    """Store what a transfer has to say, for the page that it leads to."""
    found = [(level, str(text), isinstance(text, SafeString)) for level, text in said]
    with files.writing() as file:
        file.write(json.dumps(found).encode())


def after_edit(request: HttpRequest, transfer: Transfer) -> HttpResponseRedirect:
    """Say once what came of a transfer, and lead to where it began."""
    files = TransferFiles(transfer.pk)
    if files.result.exists():
        found: list[Any] = json.loads(files.result.read_bytes())
        # Only ``store`` writes the file, and what was safe then is safe now.
        say(request, [(level, mark_safe(text) if is_safe else text) for level, text, is_safe in found])  # noqa: S308
        files.result.unlink(missing_ok=True)
    return HttpResponseRedirect(transfer.asked["back"])
