"""`dossier index --ocr` reads scanned pages once, says which they are, and searches find their words."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from dossier_command import Ran, dossier
from scans import needs_tesseract, write_scan

from ingest.catalogue import Catalogue
from ingest.document import Status

pytestmark = needs_tesseract

ENGLISH = [
    "The labour inspectors visited nineteen brick kilns",
    "near the river and found children carrying clay",
    "from dawn to dusk without any wages at all.",
]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """A folder with a scan and a report that has a text layer, a blank page and a scanned page, indexed with --ocr."""
    folder = tmp_path_factory.mktemp("read")
    write_scan(folder / "scan.pdf", [ENGLISH, ["Annex: wages owed to weavers in the second district"]])
    write_scan(
        folder / "mixed.pdf", ["A typed page about ferries and harbours.", [], ["Stamped by the registrar"]]
    )
    (folder / "dossier.toml").write_text('[ocr]\nlanguages = ["eng"]\n', encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return folder, dossier("index", "--ocr", ".")


@pytest.fixture
def library(read: tuple[Path, Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that library, as the current folder."""
    folder = shutil.copytree(read[0], tmp_path / "library")
    monkeypatch.chdir(folder)
    return folder


def _document(path: str) -> tuple[Status, str, str, list[tuple[str, float]], tuple[str, ...]]:
    with Catalogue.open(Path("index_data")) as catalogue:
        document = catalogue.document(path, pages=True)
        assert document is not None
        pages = [(page.text, page.quality) for page in document.pages]
        return document.status, document.reason, document.extraction, pages, catalogue.warnings(document.id)


def _kept() -> list[tuple[object, ...]]:
    with sqlite3.connect("index_data/catalogue.sqlite") as db:
        return db.execute("SELECT sha256, page, engine, languages, text FROM ocr_pages ORDER BY 1, 2").fetchall()


def test_without_the_option_a_scan_stays_a_scan(library: Path) -> None:
    assert dossier("--data", "other/index_data", "index", "scan.pdf").status == 2
    with Catalogue.open(Path("other/index_data")) as catalogue:
        (problem,) = catalogue.problems()
        assert problem.status is Status.IMAGE_ONLY
        assert "dossier index --ocr" in problem.reason


def test_words_of_scanned_pages_are_found_on_their_page(read: tuple[Path, Ran], library: Path) -> None:
    assert read[1].status == 0
    assert read[1].err.splitlines()[-1].startswith("4 scanned pages of 2 documents read in")
    assert "scan.pdf, page 2" in dossier("search", "weavers").out
    assert "mixed.pdf, page 3" in dossier("search", "registrar").out
    assert "mixed.pdf, page 1" in dossier("search", "ferries").out

    status, reason, engine, pages, warnings = _document("scan.pdf")
    assert (status, reason) == (Status.OK, "")
    assert "; tesseract " in engine
    assert engine.endswith("(page(s) 1-2)")
    assert all(0.5 < quality < 1 for _, quality in pages)
    assert "found children carrying clay" in pages[0][0].replace("\n", " ")
    assert any("Page(s) 1-2 of 2 were read from pictures by tesseract" in warning for warning in warnings)
    with Catalogue.open(Path("index_data")) as catalogue:
        row = catalogue.file("scan.pdf")
        assert row is not None
        assert row.status is Status.OK


def test_a_page_with_text_and_a_blank_one_are_left_alone(library: Path) -> None:
    *_, pages, warnings = _document("mixed.pdf")
    assert pages[0] == ("A typed page about ferries and harbours.", 1.0)
    assert pages[1][0] == ""
    assert not any("without a text layer" in warning for warning in warnings)


def test_a_second_run_reads_nothing_and_a_rebuild_needs_no_tesseract(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _kept()
    again = dossier("index", "--ocr", ".")
    assert "nothing is new" in again.err
    assert _kept() == before
    monkeypatch.setenv("PATH", "")
    assert dossier("rebuild").status == 0
    assert "scan.pdf" in dossier("search", "weavers").out


def test_what_was_read_comes_back_when_the_file_is_read_anew(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with Catalogue.open(Path("index_data"), write=True) as catalogue, catalogue.transaction():
        row = catalogue.file("scan.pdf")
        assert row is not None
        shutil.move("scan.pdf", "renamed.pdf")
        catalogue.detach_path("scan.pdf")
    assert dossier("index", ".").status == 0
    assert "renamed.pdf, page 2" in dossier("search", "weavers").out


def test_pages_that_an_ended_run_did_not_come_to_are_named_and_read_by_the_next(library: Path) -> None:
    with Catalogue.open(Path("index_data"), write=True) as catalogue, catalogue.transaction():
        catalogue.detach_path("scan.pdf")  # the file will be read anew
    with sqlite3.connect("index_data/catalogue.sqlite") as db:
        db.execute("DELETE FROM ocr_pages WHERE text LIKE '%weavers%'")
    dossier("index", ".")
    *_, pages, warnings = _document("scan.pdf")
    assert [bool(text) for text, _ in pages] == [True, False]
    assert any("Page(s) 2 of 2 are pictures" in warning for warning in warnings)
    assert "1 scanned pages of 1 documents read" in dossier("index", "--ocr", ".").err
    *_, pages, warnings = _document("scan.pdf")
    assert "weavers" in pages[1][0]
    assert not any("are pictures" in warning for warning in warnings)


def test_a_page_read_with_another_version_is_read_again_and_what_the_user_said_stays(library: Path) -> None:
    dossier("tag", "add", "kilns", "scan.pdf")
    with sqlite3.connect("index_data/catalogue.sqlite") as db:
        db.execute("UPDATE ocr_pages SET engine = 'tesseract 4.0.0' WHERE text LIKE '%weavers%'")
    assert "1 scanned pages of 1 documents read" in dossier("index", "--ocr", ".").err
    assert "scan.pdf" in dossier("search", "weavers", "--tag", "kilns").out
