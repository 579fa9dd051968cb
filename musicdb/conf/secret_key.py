"""Find the secret key: in the environment, or in a file that a local run generates."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key


def find_secret_key(from_environment: str, file: Path, *, can_generate: bool) -> str:
    """Return the secret key. Write a new one to ``file`` only where ``can_generate`` allows it.

    Raises ImproperlyConfigured where there is neither a variable nor a file, and no file may be written. A server
    that generated a key at each start would log everybody out, and one with a fixed key could be attacked.
    """
    if from_environment:
        return from_environment
    if not file.exists():
        if not can_generate:
            raise ImproperlyConfigured(
                "SECRET_KEY is not set. Set it to a long random text (and keep it), or set DEBUG=1 for a local "
                f"run, which writes one to {file.name} and reads it from there."
            )
        _write_once(file)
    key = file.read_text(encoding="utf-8").strip()
    if not key:
        raise ImproperlyConfigured(f"{file} is empty. Remove it; a local run with DEBUG=1 then writes a new one.")
    return key


def _write_once(file: Path) -> None:
    """Write a new key completely or not at all. Keep the key that another process has written meanwhile."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(get_random_secret_key() + "\n")
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
