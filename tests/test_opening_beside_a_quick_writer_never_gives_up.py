"""Whoever opens a library gets it, however often it is replaced in the meantime."""

from __future__ import annotations

from pathlib import Path

import pytest
from libraries import library, put, record

from searchidx import manifest as pointer
from searchidx.index import update
from searchidx.library import Library
from searchidx.manifest import Manifest

TIMES = 12


def test_twelve_commits_come_in_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library(tmp_path, {"a.pdf": record("kiln")})
    read = pointer.read
    turns = 0

    def slow(directory: Path) -> Manifest | None:
        """Reads the manifest, and before the segments are opened somebody replaces them all."""
        nonlocal turns
        found = read(directory)
        if turns < TIMES:
            turns += 1
            with monkeypatch.context() as undisturbed:
                undisturbed.setattr(pointer, "read", read)
                put(tmp_path, {f"{turns}.pdf": record("a new kiln")})
                update(tmp_path, rebuild=True)
        return found

    monkeypatch.setattr(pointer, "read", slow)
    with Library.open(tmp_path) as opened:
        assert opened.search("kiln").total == 1 + TIMES
