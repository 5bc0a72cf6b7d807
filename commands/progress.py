"""A line of progress on a terminal.

Rule: it is drawn on stderr, only where that is a terminal, at most ten times a second, and it leaves nothing
behind. It names files, so it is cleaned, and cut to the cells that the line has.
"""

from __future__ import annotations

import shutil
import time
from types import TracebackType
from typing import Self, TextIO

from output.plain_text import clean, wrap
from output.terminal import is_terminal

_INTERVAL = 0.1  # seconds


class ProgressLine:
    """One line that is written over; use it as a context manager."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream if stream is not None and is_terminal(stream) else None
        self._drawn = 0.0

    def show(self, text: str) -> None:
        """Write the line anew, unless the last one is too fresh."""
        now = time.monotonic()
        if self._stream is None or now - self._drawn < _INTERVAL:
            return
        self._drawn = now
        shown = clean(text).strip()
        _, end = next(iter(wrap(shown.replace(" ", "\xa0"), shutil.get_terminal_size().columns - 1)), (0, 0))
        self._stream.write(f"\r\x1b[K{shown[:end]}")
        self._stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream is not None and self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
