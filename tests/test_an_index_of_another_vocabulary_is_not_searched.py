"""When the analysis, the fields or the vocabulary of regions change, an index made before would silently miss
documents: it is refused with the way out, and the next update makes it anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from libraries import library, record

from ingest import regions
from ingest.errors import IndexDamaged
from searchidx import fingerprint
from searchidx.index import update, verify
from searchidx.library import Library


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """A process computes its fingerprint once; each test is a new one."""
    fingerprint.fingerprint.cache_clear()
    yield
    fingerprint.fingerprint.cache_clear()


def _other_fields(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    monkeypatch.setattr(fingerprint, "FILTER_FIELDS", (*fingerprint.FILTER_FIELDS, "isbn"))


def _other_analysis(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    monkeypatch.setattr("searchidx.analysis.fingerprint", lambda: "other")


def _other_regions(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    changed = folder / "regions.json"
    assert Path(regions._DATA) == fingerprint.VOCABULARY
    changed.write_bytes(fingerprint.VOCABULARY.read_bytes() + b" ")
    monkeypatch.setattr(fingerprint, "VOCABULARY", changed)


@pytest.mark.parametrize("change", [_other_fields, _other_analysis, _other_regions])
def test_it_is_refused_and_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: object) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record("kiln")})
    fingerprint.fingerprint.cache_clear()
    assert callable(change)
    change(monkeypatch, tmp_path)
    with pytest.raises(IndexDamaged, match="dossier rebuild"):
        Library.open(data_dir)
    assert any("dossier rebuild" in finding for finding in verify(data_dir))
    assert update(data_dir).rebuilt
    with Library.open(data_dir) as opened:
        assert opened.search("kiln").total == 1
