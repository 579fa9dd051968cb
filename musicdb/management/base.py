"""The base of every management command: the work is finished even where nobody can be told about it."""

import io
import os
import sys
from collections.abc import Sequence
from typing import Any, TextIO, cast

from django.core.management import base

# The status with which a shell reports a program that Ctrl-C has ended.
INTERRUPTED = 130


class ReportStream:
    """A standard stream that never raises OSError: what cannot be written is dropped, and ``error`` says why.

    The reader of a pipe may go away (``| head``) and a disk may be full. Neither is a reason to stop half way. Each
    write is flushed, so that a program that reads the pipe sees each line when it is printed.
    """

    def __init__(self, stream: TextIO | None) -> None:
        # Python has no stream at all where the shell has closed it (``>&-``).
        self._stream: TextIO = stream or io.StringIO()
        self.error: OSError | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        if self.error is None:
            try:
                self._stream.write(text)
            except OSError as error:
                self._drop(error)
            self.flush()
        return len(text)

    def flush(self) -> None:
        if self.error is None:
            try:
                self._stream.flush()
            except OSError as error:
                self._drop(error)

    def _drop(self, error: OSError) -> None:
        self.error = error
        # Python writes what is left in the buffer when it exits, and would fail again.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)


class BaseCommand(base.BaseCommand):
    """A command that does all of its work, whether or not somebody reads what it prints.

    It ends with 0 where the reader of its output has gone away; with 1 and a message where the output could not be
    written for another reason; with INTERRUPTED and ``interrupted_message`` after Ctrl-C.
    """

    interrupted_message = "Interrupted."

    def __init__(
        self, stdout: Any = None, stderr: Any = None, no_color: bool = False, force_color: bool = False
    ) -> None:
        self._output = ReportStream(stdout or sys.stdout)
        errors = ReportStream(stderr or sys.stderr)
        super().__init__(cast(TextIO, self._output), cast(TextIO, errors), no_color, force_color)

    @property
    def output_is_lost(self) -> bool:
        """Whether something that was printed reached nobody, as far as that can be known."""
        return self._output.error is not None

    def run_from_argv(self, argv: Sequence[str]) -> None:
        try:
            super().run_from_argv(list(argv))
        except KeyboardInterrupt:
            self.stderr.write(self.interrupted_message)
            sys.exit(INTERRUPTED)
        finally:
            # The parser prints its help by itself.
            self._output.flush()
        error = self._output.error
        if error is not None and not isinstance(error, BrokenPipeError):
            self.stderr.write(f"The work is done, but its report could not be written: {error.strerror}.")
            sys.exit(1)
