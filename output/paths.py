"""Paths alone, for the next program in a pipe.

Rule: each path once, in rank order, as the bytes the file system knows (a name need not be UTF-8), ended by a
line feed or, for `xargs -0` and for names that hold line feeds, by NUL.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import BinaryIO


def write_paths(paths: Iterable[str], stream: BinaryIO, *, nul: bool = False) -> None:
    """Write paths, each once, to a binary stream such as sys.stdout.buffer."""
    end = b"\0" if nul else b"\n"
    for path in dict.fromkeys(paths):
        stream.write(os.fsencode(path) + end)
