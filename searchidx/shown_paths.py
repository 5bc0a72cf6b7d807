"""Paths of the catalogue as a person can open them: relative below the current folder, absolute elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


class ShownPaths:
    """The paths of a library with its files below `root`. file_path: where the file of a stored path lies."""

    def __init__(self, root: Path, file_path: Callable[[str], Path]) -> None:
        self._root = os.fspath(root)
        self._file_path = file_path
        self._here = ""
        self._before: str | None = None

    def __call__(self, stored: str) -> str:
        """A stored path as it opens from the current folder."""
        here = os.getcwd()
        if here != self._here:
            self._here, self._before = here, self._before_from(here)
        # A name that is not UTF-8 is stored with its odd bytes written out as \\xNN: the real one opens.
        odd = "\\x" in stored
        if self._before is not None and not odd and ".." not in stored:
            if not os.path.isabs(stored):
                return self._before + stored
            if not stored.startswith(here):
                return stored
        path = os.fspath(self._file_path(stored)) if odd else os.path.join(self._root, stored)
        relative = os.path.relpath(path)
        return path if relative.startswith("..") else relative

    def _before_from(self, here: str) -> str | None:
        """What comes before a relative path, None where that depends on the path."""
        root = os.path.join(os.path.abspath(self._root), "")
        base = os.path.join(here, "")
        if root.startswith(base):
            return root.removeprefix(base)
        return None if base.startswith(root) else root
