"""One document a line: ids kept, bad lines told, unchanged lines not read again, collections in seconds."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from ingest.catalogue import Catalogue
from ingest.document import Status
from ingest.pipeline import ingest
from ingest.report import IngestReport
from ingest.settings import Limits, Settings

LINES = [
    {"_id": "d1", "title": "Kilns", "text": "Brick kilns.", "tags": ["debt", "Labour"], "regions": ["asia"]},
    {"_id": "d2", "title": "", "text": "Fish.", "publisher": "A Union", "year": 2003, "language": "es"},
    {
        "id": 3,
        "pages": ["one", {"text": "two", "label": "ii"}],
        "url": "https://example.org/3",
        "authors": ["N. N."],
    },
]


def write(root: Path, lines: list[object], name: str = "many.jsonl") -> Path:
    path = root / "corpus" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return path


def index(root: Path) -> IngestReport:
    return ingest([root / "corpus"], root / "data", jobs=1)


def test_each_line_is_a_document_with_its_id_in_its_path(tmp_path: Path) -> None:
    write(tmp_path, LINES)
    assert index(tmp_path).added == 3
    with Catalogue.open(tmp_path / "data") as catalogue:
        first = catalogue.document("corpus/many.jsonl#d1", pages=True)
        second = catalogue.document("corpus/many.jsonl#d2")
        third = catalogue.document("corpus/many.jsonl#3", pages=True)
        assert catalogue.status_counts() == {Status.OK: 3}
        assert catalogue.file_path("corpus/many.jsonl#d1") == tmp_path / "corpus" / "many.jsonl"
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.title, first.tags, first.regions) == ("Kilns", ("debt", "Labour"), ("Asia",))
    assert [page.text for page in first.pages] == ["Brick kilns."]
    assert (second.title, second.year, second.publisher, second.language) == ("Fish.", 2003, "A Union", "es")
    assert [(page.number, page.text, page.label) for page in third.pages] == [(1, "one", None), (2, "two", "ii")]
    assert (third.source_url, third.authors) == ("https://example.org/3", ("N. N.",))


def test_bad_lines_are_told_with_their_numbers_and_the_rest_is_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        [
            LINES[0],
            "{broken",
            "",
            "[1, 2]",
            LINES[0],
            {"_id": "x", "title": ["no"]},
            {"_id": "y", "text": ""},
            LINES[1],
        ],
    )
    report = index(tmp_path)
    assert report.added == 3
    problems = {problem.path: problem for problem in report.problems}
    whole = problems["corpus/many.jsonl"]
    assert whole.status is Status.PARTIAL
    assert whole.reason.startswith("4 line(s) not read: line 2: not JSON")
    assert "line 4: not a JSON object" in whole.reason
    assert "line 5: the _id 'd1' stands on an earlier line too" in whole.reason
    assert "line 6: title is not a text" in whole.reason
    assert problems["corpus/many.jsonl#y"].status is Status.EMPTY


def test_only_lines_that_changed_are_read_again(tmp_path: Path) -> None:
    write(tmp_path, LINES)
    index(tmp_path)
    again = index(tmp_path)
    assert (again.unchanged, again.extracted) == (4, 0)  # the file and its lines
    write(tmp_path, [LINES[0], {"_id": "d2", "text": "Fishing."}, {"_id": "d4", "text": "New."}])
    report = index(tmp_path)
    assert (report.unchanged, report.changed, report.added, report.removed, report.extracted) == (1, 1, 1, 1, 2)
    with Catalogue.open(tmp_path / "data") as catalogue:
        assert catalogue.document("corpus/many.jsonl#3") is None
        assert len(list(catalogue.live_ids())) == 3


def test_a_moved_file_moves_its_documents_and_a_deleted_one_takes_them_along(tmp_path: Path) -> None:
    path = write(tmp_path, LINES)
    index(tmp_path)
    path.rename(path.with_name("renamed.jsonl"))
    report = index(tmp_path)
    assert (report.moved, report.added, report.extracted, report.removed) == (3, 0, 0, 0)
    path.with_name("renamed.jsonl").unlink()
    assert index(tmp_path).removed == 3
    with Catalogue.open(tmp_path / "data") as catalogue:
        assert list(catalogue.files()) == []


def test_a_file_that_has_become_too_large_keeps_its_documents(tmp_path: Path) -> None:
    write(tmp_path, LINES)
    index(tmp_path)
    write(tmp_path, [*LINES, {"_id": "long", "text": "x" * 1000}])
    small = Settings(limits=Limits(file=900))
    report = ingest([tmp_path / "corpus"], tmp_path / "data", jobs=1, settings=small)
    assert [(problem.path, problem.status) for problem in report.problems] == [
        ("corpus/many.jsonl", Status.TOO_LARGE)
    ]
    with Catalogue.open(tmp_path / "data") as catalogue:
        assert len(list(catalogue.live_ids())) == 3
        assert catalogue.status_counts() == {Status.OK: 3}
    assert index(tmp_path).added == 1


def test_a_rehearsal_counts_lines_like_the_run(tmp_path: Path) -> None:
    write(tmp_path, LINES)
    assert ingest([tmp_path / "corpus"], tmp_path / "data", dry_run=True).added == 3
    index(tmp_path)
    write(tmp_path, [LINES[0], {"_id": "d2", "text": "Fishing."}])
    rehearsal = ingest([tmp_path / "corpus"], tmp_path / "data", dry_run=True)
    report = index(tmp_path)
    for name in ("unchanged", "changed", "added", "removed", "moved"):
        assert getattr(rehearsal, name) == getattr(report, name), name


@pytest.mark.slow
def test_a_judged_collection_is_read_in_seconds(corpora: Path, tmp_path: Path) -> None:
    started = time.process_time()
    report = ingest([corpora / "judged" / "cacm" / "corpus.jsonl"], tmp_path / "data", jobs=1)
    assert report.added == 3204
    assert time.process_time() - started < 10
    assert ingest([corpora / "judged" / "cacm" / "corpus.jsonl"], tmp_path / "data", jobs=1).extracted == 0
