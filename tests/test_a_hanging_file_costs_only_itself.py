"""A file that hangs, crashes its reader or eats memory is given up; all others are read, and it is remembered."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.catalogue import Catalogue
from ingest.document import Status
from ingest.pipeline import ingest
from ingest.report import IngestReport
from ingest.settings import Limits, Settings

HOSTILE = {"text/plain": "hostile_extractors:obey"}
LIMITS = Limits(seconds=2, memory=160 << 20)


def index(root: Path, limits: Limits = LIMITS, *, jobs: int = 2, retry: bool = False) -> IngestReport:
    return ingest(
        [root / "corpus"],
        root / "index_data",
        settings=Settings(limits=limits),
        jobs=jobs,
        retry=retry,
        extractors=HOSTILE,
    )


def fill(root: Path, *orders: str) -> None:
    (root / "corpus").mkdir()
    for number in range(4):
        (root / "corpus" / f"good{number}.txt").write_text(f"report number {number}", encoding="utf-8")
    for order in orders:
        (root / "corpus" / f"{order.lower()}.txt").write_text(f"{order} {order}", encoding="utf-8")


def outcome(root: Path, name: str) -> tuple[Status, str]:
    with Catalogue.open(root / "index_data") as catalogue:
        row = catalogue.file(f"corpus/{name}.txt")
        assert row is not None
        assert row.sha256, "the hash of a file that failed is known too"
        return row.status, row.reason


def test_every_kind_of_bad_end_has_its_status_and_the_good_files_are_read(tmp_path: Path) -> None:
    fill(tmp_path, "HANG", "CRASH", "EAT", "EXHAUST", "RAISE", "PRINT")
    started = time.monotonic()
    report = index(tmp_path)
    assert time.monotonic() - started < 30
    assert report.added == 5  # four good ones and the noisy one
    assert report.unreadable == 5
    assert outcome(tmp_path, "hang") == (Status.TIMEOUT, "not read within 2 seconds")
    assert outcome(tmp_path, "crash") == (Status.CORRUPT, "its reader crashed (SIGSEGV)")
    assert outcome(tmp_path, "eat")[0] is Status.OUT_OF_MEMORY
    assert outcome(tmp_path, "exhaust")[0] is Status.OUT_OF_MEMORY
    assert outcome(tmp_path, "raise")[0] is Status.CORRUPT
    assert "KeyError" in outcome(tmp_path, "raise")[1]
    assert outcome(tmp_path, "print") == (Status.OK, "")
    assert all(problem.reason and problem.next_step for problem in report.problems)
    with Catalogue.open(tmp_path / "index_data") as catalogue:
        assert {row.path for row in catalogue.problems()} == {problem.path for problem in report.problems}
        assert catalogue.status_counts()[Status.OK] == 5


def test_a_file_that_failed_is_not_tried_again_until_something_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, "CRASH")
    assert index(tmp_path).unreadable == 1
    again = index(tmp_path)
    assert (again.extracted, again.unchanged) == (0, 5)

    assert index(tmp_path, retry=True).extracted == 1

    bad = tmp_path / "corpus" / "crash.txt"
    os.utime(bad, ns=(1, 1))  # touched: the content is still the one that failed
    assert index(tmp_path).extracted == 0
    bad.rename(bad.with_name("moved.txt"))
    assert index(tmp_path).extracted == 0
    assert outcome(tmp_path, "moved")[0] is Status.CORRUPT

    monkeypatch.setattr("ingest.pipeline.reader_versions", lambda: "a newer reader")
    assert index(tmp_path).extracted == 1
    assert index(tmp_path).extracted == 0

    assert index(tmp_path, replace(LIMITS, pages=7)).extracted == 1  # it might have been the limit
    assert index(tmp_path, replace(LIMITS, pages=7)).extracted == 0
    assert index(tmp_path).extracted == 1

    bad.with_name("moved.txt").write_text("repaired", encoding="utf-8")
    repaired = index(tmp_path)
    assert (repaired.extracted, repaired.problems) == (1, ())
    assert outcome(tmp_path, "moved") == (Status.OK, "")


def test_too_large_a_file_is_not_even_opened(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "corpus" / "big.txt").write_text("HANG " * 1000, encoding="utf-8")
    report = index(tmp_path, replace(LIMITS, file=1000))
    assert [problem.status for problem in report.problems] == [Status.TOO_LARGE]
    assert report.added == 4


def test_no_worker_is_left_over(tmp_path: Path) -> None:
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    if not children.exists():
        pytest.skip("this system does not list child processes")
    fill(tmp_path, "HANG", "CRASH")
    before = children.read_text(encoding="ascii").split()
    index(tmp_path, replace(LIMITS, seconds=0.5))
    assert children.read_text(encoding="ascii").split() == before
