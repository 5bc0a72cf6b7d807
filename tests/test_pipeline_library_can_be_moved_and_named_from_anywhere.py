"""A library is the same one from every folder, through links, and after its folder has moved."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from ingest import workers
from ingest.catalogue import Catalogue
from ingest.errors import DossierError
from ingest.pipeline import ingest


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "lib" / "corpus").mkdir(parents=True)
    (tmp_path / "lib" / "corpus" / "a.txt").write_text("brick kilns", encoding="utf-8")
    (tmp_path / "lib" / "corpus" / "B.JSONL").write_text('{"_id": "x", "text": "fish"}', encoding="utf-8")
    return tmp_path / "lib"


def test_paths_are_relative_to_the_library_from_wherever_it_is_indexed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "corpus")
    ingest([Path(".")], Path("../index_data"), jobs=1)
    (root.parent / "link").symlink_to(root)
    monkeypatch.chdir(root.parent)
    for corpus, data in (
        ("lib/corpus", "lib/index_data"),
        ("link/corpus", "lib/index_data"),
        ("lib/corpus", "link/index_data"),
        ("link/corpus/../corpus", "link/index_data"),
    ):
        report = ingest([Path(corpus)], Path(data), jobs=1)
        assert (report.unchanged, report.added, report.moved, report.removed) == (3, 0, 0, 0), (corpus, data)
    with Catalogue.open(root.parent / "link" / "index_data") as catalogue:
        assert [row.path for row in catalogue.files()] == ["corpus/B.JSONL", "corpus/B.JSONL#x", "corpus/a.txt"]
        assert catalogue.document("lib/corpus/a.txt") is not None
        assert catalogue.document(str(root / "corpus" / "a.txt")) is not None
        record = catalogue.document("corpus/B.JSONL#x")
        assert record is not None
        assert record.title == "fish"
        assert catalogue.file_path("corpus/B.JSONL#x").samefile(root / "corpus" / "B.JSONL")


def test_a_library_that_moved_as_a_whole_is_unchanged(root: Path) -> None:
    ingest([root / "corpus"], root / "index_data", jobs=1)
    moved = root.rename(root.with_name("elsewhere"))
    report = ingest([moved / "corpus"], moved / "index_data", jobs=1)
    assert (report.unchanged, report.extracted) == (3, 0)


def test_a_data_folder_that_cannot_be_made_is_a_sentence(root: Path) -> None:
    with pytest.raises(DossierError, match="cannot be made"):
        ingest([root / "corpus"], root / "corpus" / "a.txt" / "index_data")


def test_readers_cannot_write(root: Path) -> None:
    ingest([root / "corpus"], root / "index_data", jobs=1)
    with Catalogue.open(root / "index_data") as catalogue, pytest.raises(sqlite3.OperationalError):
        catalogue.set_note("key", "value")


def test_workers_that_cannot_start_are_not_the_files_fault(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_START", "import a_module_that_is_not_there")
    with pytest.raises(DossierError, match=r"does not start .*a_module_that_is_not_there"):
        ingest([root / "corpus"], root / "index_data", jobs=1)
    monkeypatch.undo()
    assert ingest([root / "corpus"], root / "index_data", jobs=1).added == 2
