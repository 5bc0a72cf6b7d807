"""A document is named by its id, the beginning of its id, or the path of its file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ingest.catalogue import Catalogue
from ingest.document import Extraction, Page, Status
from ingest.errors import DossierError, NoLibrary

FIRST = "abcdef01" + "0" * 56
SECOND = "abcdef02" + "0" * 56


@pytest.fixture
def library(tmp_path: Path):
    with Catalogue.open(tmp_path / "index_data", create=True) as catalogue:
        with catalogue.transaction():
            for sha256, name in ((FIRST, "a.txt"), (SECOND, "b.txt")):
                text = Extraction(Status.OK, media_type="text/plain", pages=(Page(1, name),))
                catalogue.attach_path(tmp_path / "corpus" / name, catalogue.put_document(text, sha256))
        yield catalogue


def test_by_full_id_full_hash_and_unambiguous_prefix(library: Catalogue) -> None:
    for name in (FIRST, FIRST[:16], FIRST[:8], "ABCDEF01"):
        document = library.document(name)
        assert document is not None, name
        assert document.id == FIRST[:16]


def test_an_ambiguous_prefix_names_the_candidates(library: Catalogue) -> None:
    with pytest.raises(DossierError, match=r"abcdef fits 2 documents: abcdef01.*abcdef02.*more digits"):
        library.document("abcdef")


def test_too_short_or_unknown_is_nothing(library: Catalogue) -> None:
    assert library.document("abcde") is None
    assert library.document("123456789") is None
    assert library.document("") is None


def test_by_catalogue_path_and_by_path_from_here(library: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    assert library.document("corpus/b.txt") is not None
    (library.root / "corpus").mkdir()
    monkeypatch.chdir(library.root / "corpus")
    for name in ("b.txt", "../corpus/b.txt", str(library.root / "corpus" / "b.txt")):
        document = library.document(name)
        assert document is not None, name
        assert document.id == SECOND[:16]


def test_a_file_outside_the_library_keeps_its_absolute_path(library: Catalogue, tmp_path: Path) -> None:
    outside = Path("/somewhere/else/c.txt")
    with library.transaction():
        library.attach_path(outside, library.put_document(Extraction(Status.OK, pages=(Page(1, "c"),)), "c" * 64))
    document = library.document(str(outside))
    assert document is not None
    assert document.paths == ("/somewhere/else/c.txt",)
    assert library.file_path("/somewhere/else/c.txt") == outside
    assert library.file_path("corpus/a.txt") == tmp_path / "corpus" / "a.txt"


def test_many_documents_at_once_come_in_the_order_asked(library: Catalogue) -> None:
    found = library.documents([SECOND[:16], "0" * 16, FIRST[:16]])
    assert list(found) == [SECOND[:16], FIRST[:16]]
    assert found[FIRST[:16]].paths == ("corpus/a.txt",)
    page = library.page(FIRST[:16], 1)
    assert page is not None
    assert page.text == "a.txt"
    assert library.page(FIRST[:16], 2) is None


def test_no_library_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoLibrary, match="dossier index"):
        Catalogue.open(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_newer_catalogue_is_refused_in_words(library: Catalogue) -> None:
    library._db.execute("PRAGMA user_version = 99")
    with pytest.raises(DossierError, match="newer Dossier"):
        Catalogue.open(library.data_dir)


def test_a_damaged_catalogue_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite").write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(DossierError, match=r"is damaged \(file is not a database\)"):
        Catalogue.open(tmp_path)


def test_a_reader_sees_the_committed_state_while_a_writer_writes(library: Catalogue) -> None:
    with Catalogue.open(library.data_dir) as reader:
        with library.transaction():
            library.detach_path("corpus/a.txt")
            assert len(list(reader.live_ids())) == 2
        assert len(list(reader.live_ids())) == 1


def test_reading_loads_no_heavy_library() -> None:
    code = (
        "import sys, ingest.catalogue; "
        "print([m for m in ('whoosh', 'numpy', 'pdfminer', 'pypdfium2', 'bs4', 'lxml', 'click', 'multiprocessing')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
