"""Added, changed, moved, copied, touched and deleted files are followed, and only new content is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.catalogue import Catalogue
from ingest.pipeline import ingest
from ingest.report import IngestReport


class Library:
    """A folder of text files and its catalogue."""

    def __init__(self, root: Path) -> None:
        self.corpus = root / "corpus"
        self.data = root / "index_data"
        self.corpus.mkdir()

    def write(self, name: str, text: str) -> Path:
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def index(self, *paths: Path, **options: bool) -> IngestReport:
        return ingest(paths or (self.corpus,), self.data, jobs=1, **options)

    def texts(self) -> dict[str, str]:
        """Path -> text of every live document, a document with two paths under both."""
        with Catalogue.open(self.data) as catalogue:
            return {
                path: "\n".join(page.text for page in catalogue.pages(document.id))
                for document in catalogue.documents(list(catalogue.live_ids())).values()
                for path in document.paths
            }


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = Library(tmp_path)
    made.write("a.txt", "brick kilns in Punjab")
    made.write("sub/b.txt", "fishing vessels off Thailand")
    made.write("c.txt", "domestic workers in the Gulf")
    return made


def test_everything_is_read_once(library: Library) -> None:
    first = library.index()
    assert (first.added, first.extracted, first.pages, first.problems) == (3, 3, 3, ())
    second = library.index()
    assert (second.unchanged, second.extracted) == (3, 0)
    assert (second.added, second.changed, second.moved, second.copied, second.touched, second.removed) == (0,) * 6
    with Catalogue.open(library.data) as catalogue:
        assert catalogue.revision == 1
    assert library.texts() == {
        "corpus/a.txt": "brick kilns in Punjab",
        "corpus/c.txt": "domestic workers in the Gulf",
        "corpus/sub/b.txt": "fishing vessels off Thailand",
    }


def test_a_changed_file_replaces_its_document_and_keeps_what_the_user_said(library: Library) -> None:
    library.index()
    with Catalogue.open(library.data, write=True) as catalogue:
        old = catalogue.document("corpus/a.txt")
        assert old is not None
        with catalogue.transaction():
            catalogue.add_user_value(old.id, "tag", "bonded labour")
    library.write("a.txt", "brick kilns in Punjab, second edition")
    report = library.index()
    assert (report.changed, report.added, report.removed, report.extracted, report.unchanged) == (1, 0, 0, 1, 2)
    with Catalogue.open(library.data) as catalogue:
        new = catalogue.document("corpus/a.txt")
        assert new is not None
        assert new.id != old.id
        assert new.tags == ("bonded labour",)
        assert list(catalogue.removed_since(0)) == [old.id]
    assert library.texts()["corpus/a.txt"].endswith("second edition")


def test_what_the_user_said_outlives_a_version_that_cannot_be_read(library: Library) -> None:
    library.index()
    with Catalogue.open(library.data, write=True) as catalogue, catalogue.transaction():
        document = catalogue.document("corpus/a.txt")
        assert document is not None
        catalogue.add_user_value(document.id, "tag", "bonded labour")
    (library.corpus / "a.txt").write_bytes(b"")  # half a download
    assert library.index().unreadable == 1
    assert "corpus/a.txt" not in library.texts()
    library.write("a.txt", "brick kilns in Punjab, second edition")
    library.index()
    with Catalogue.open(library.data) as catalogue:
        document = catalogue.document("corpus/a.txt")
        assert document is not None
        assert document.tags == ("bonded labour",)


def test_a_moved_file_keeps_its_document(library: Library) -> None:
    library.index()
    with Catalogue.open(library.data) as catalogue:
        before = catalogue.document("corpus/a.txt")
        first_seen = next(row.first_seen for row in catalogue.files() if row.path == "corpus/a.txt")
    assert before is not None
    (library.corpus / "archive").mkdir()
    (library.corpus / "a.txt").rename(library.corpus / "archive" / "kilns.txt")
    report = library.index()
    assert (report.moved, report.added, report.removed, report.extracted) == (1, 0, 0, 0)
    with Catalogue.open(library.data) as catalogue:
        after = catalogue.document(before.id)
        assert after is not None
        assert after.paths == ("corpus/archive/kilns.txt",)
        assert list(catalogue.changed_since(1)) == [before.id]  # the index must know the new path
        moved = catalogue.file("corpus/archive/kilns.txt")
        assert moved is not None
        assert moved.first_seen == first_seen


def test_a_copy_is_a_second_path_of_one_document(library: Library) -> None:
    library.index()
    library.write("copy.txt", "brick kilns in Punjab")
    report = library.index()
    assert (report.copied, report.added, report.extracted) == (1, 0, 0)
    with Catalogue.open(library.data) as catalogue:
        assert len(list(catalogue.live_ids())) == 3
        document = catalogue.document("corpus/copy.txt")
        assert document is not None
        assert document.paths == ("corpus/a.txt", "corpus/copy.txt")


def test_two_new_files_of_one_content_are_read_once(library: Library) -> None:
    for number in range(5):
        library.write(f"same{number}.txt", "forced labour in cotton fields")
    report = ingest([library.corpus], library.data, jobs=2)
    assert (report.added, report.copied, report.extracted) == (4, 4, 4)


def test_two_files_that_swap_names_are_not_read_again(library: Library) -> None:
    library.index()
    with Catalogue.open(library.data, write=True) as catalogue, catalogue.transaction():
        document = catalogue.document("corpus/a.txt")
        assert document is not None
        catalogue.add_user_value(document.id, "tag", "kilns")
    (library.corpus / "a.txt").rename(library.corpus / "x")
    (library.corpus / "c.txt").rename(library.corpus / "a.txt")
    (library.corpus / "x").rename(library.corpus / "c.txt")
    for number, name in enumerate(("a.txt", "c.txt")):
        os.utime(library.corpus / name, ns=(1, 10**18 + number))
    report = library.index()
    assert (report.changed, report.extracted, report.removed) == (2, 0, 0)
    assert library.texts()["corpus/c.txt"] == "brick kilns in Punjab"
    with Catalogue.open(library.data) as catalogue:
        kilns, gulf = catalogue.document("corpus/c.txt"), catalogue.document("corpus/a.txt")
        assert kilns is not None
        assert gulf is not None
        assert (kilns.tags, gulf.tags) == (("kilns",), ())


def test_a_touched_file_is_hashed_and_left_alone(library: Library) -> None:
    library.index()
    os.utime(library.corpus / "a.txt", ns=(1, 1))
    report = library.index()
    assert (report.touched, report.changed, report.extracted, report.unchanged) == (1, 0, 0, 2)
    with Catalogue.open(library.data) as catalogue:
        assert catalogue.revision == 1
    assert library.index().unchanged == 3


def test_a_deleted_file_leaves_the_library(library: Library) -> None:
    library.index()
    (library.corpus / "a.txt").unlink()
    report = library.index()
    assert (report.removed, report.unchanged, report.extracted) == (1, 2, 0)
    assert "corpus/a.txt" not in library.texts()
    with Catalogue.open(library.data) as catalogue:
        assert len(list(catalogue.removed_since(1))) == 1


def test_indexing_one_folder_judges_only_that_folder(library: Library) -> None:
    library.index()
    (library.corpus / "a.txt").unlink()
    (library.corpus / "sub" / "b.txt").unlink()
    report = library.index(library.corpus / "sub")
    assert report.removed == 1
    assert set(library.texts()) == {"corpus/a.txt", "corpus/c.txt"}


def test_a_dry_run_says_what_would_happen_and_does_nothing(library: Library) -> None:
    rehearsal = library.index(dry_run=True)
    assert (rehearsal.added, rehearsal.dry_run) == (3, True)
    assert not library.data.exists()

    library.index()
    before = (library.data / "catalogue.sqlite").read_bytes()
    library.write("new.txt", "recruitment fees")
    library.write("c.txt", "domestic workers in the Gulf, revised")
    library.write("copy.txt", "brick kilns in Punjab")
    (library.corpus / "sub" / "b.txt").rename(library.corpus / "b.txt")
    library.write("picture.jpg", "no picture")
    rehearsal = library.index(dry_run=True)
    assert (library.data / "catalogue.sqlite").read_bytes() == before
    real = library.index()
    for name in ("added", "changed", "copied", "moved", "removed", "unchanged", "touched", "unreadable"):
        assert getattr(rehearsal, name) == getattr(real, name), name
    assert (real.added, real.changed, real.copied, real.moved) == (1, 1, 1, 1)
