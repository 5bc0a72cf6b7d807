"""Fixtures that more than one story needs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# No property is about time, and a busy machine must not fail one. Where the result decides about a change the
# examples are the same each time; at a desk they are new ones.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of real files and judged collections, which lies outside the project; skips without it."""
    place = Path(os.environ.get("DOSSIER_CORPORA") or ROOT.parent / "shared" / "corpora")
    if not place.is_dir():
        pytest.skip("the real files and judged collections are not on this machine (set DOSSIER_CORPORA)")
    return place
