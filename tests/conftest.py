"""Fixtures that more than one story needs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of real files and judged collections, which lies outside the project; skips without it."""
    place = Path(os.environ.get("DOSSIER_CORPORA") or ROOT.parent / "shared" / "corpora")
    if not place.is_dir():
        pytest.skip("the real files and judged collections are not on this machine (set DOSSIER_CORPORA)")
    return place
