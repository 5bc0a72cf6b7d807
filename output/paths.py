"""Paths alone, for the next program in a pipe.

Rule: each path once, in rank order, as the bytes the file system knows (a name need not be UTF-8), ended by a
line feed or, for `xargs -0`, by NUL. A name that holds a line end would read as two paths, of which a stranger
may have chosen the second: it is written with NUL only, and else counted, so that whoever asked is told. On a
terminal, where nothing reads the bytes, names are cleaned as in all text.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import BinaryIO

from output.plain_text import clean
from output.terminal import is_terminal


def write_paths(paths: Iterable[str], stream: BinaryIO, *, nul: bool = False) -> int:
    """Write paths, each once, to a binary stream such as sys.stdout.buffer; how many were left out because their
    names hold a line end."""
    end = b"\0" if nul else b"\n"
    terminal = is_terminal(stream)
    left_out = 0
    for path in dict.fromkeys(paths):
        if terminal:
            stream.write(clean(path).encode("utf-8", "replace") + end)
        elif not nul and ("\n" in path or "\r" in path):
            left_out += 1
        else:
            stream.write(os.fsencode(path) + end)
    return left_out
