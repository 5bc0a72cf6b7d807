"""A catalogue that an earlier version wrote is brought up to date by the next run, and loses nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from dossier_command import dossier
from libraries import library, record

from ingest.catalogue import Catalogue
from ingest.catalogue_check import check
from ingest.catalogue_schema import VERSION

#: What each version added, taken away again.
FIRST = """
ALTER TABLE claims DROP COLUMN pages;
DROP INDEX entries_document;
DROP TABLE sketches;
ALTER TABLE pages DROP COLUMN crc;
PRAGMA application_id = 0;
PRAGMA user_version = 1;
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").mkdir()
    library(tmp_path / "index_data", {"a.pdf": record("Brick kilns.", title="Kilns", tags=["Labour"])})
    connection = sqlite3.connect(tmp_path / "index_data" / "catalogue.sqlite")
    connection.executescript(FIRST)
    connection.close()
    return tmp_path / "index_data"


def test_reading_it_says_what_to_do(data: Path) -> None:
    ran = dossier("search", "kilns")
    assert ran.status == 2
    assert "run `dossier index` once" in ran.err


def test_the_next_run_brings_it_up_to_date(data: Path) -> None:
    (data.parent / "corpus" / "b.txt").write_text("Fishing at sea.", encoding="utf-8")
    assert dossier("-q", "index", "corpus").status == 0
    assert dossier("search", "kilns", "--files").out == "a.pdf\n"
    assert dossier("search", "fishing", "--files").out == "corpus/b.txt\n"
    with Catalogue.open(data) as catalogue:
        assert [claim.value for claim in catalogue.claims(catalogue.document("a.pdf").id)] == ["Kilns", "Labour"]  # type: ignore[union-attr]
    connection = sqlite3.connect(data / "catalogue.sqlite")
    assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert connection.execute("SELECT count(*) FROM pages WHERE crc IS NULL").fetchone() == (0,)
    connection.close()
    assert check(data) == []


def test_so_does_rebuild(data: Path) -> None:
    assert dossier("-q", "rebuild").status == 0
    assert dossier("search", "kilns", "--files").out == "a.pdf\n"
    assert check(data) == []
