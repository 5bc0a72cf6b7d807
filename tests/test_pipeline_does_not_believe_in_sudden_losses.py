"""Many files gone at once mean an unmounted drive, until the user says that they were deleted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingest.catalogue import Catalogue
from ingest.errors import DossierError
from ingest.pipeline import ingest


def fill(root: Path, count: int) -> None:
    (root / "corpus" / "sub").mkdir(parents=True)
    for number in range(count):
        (root / "corpus" / f"{number}.txt").write_text(f"report {number}", encoding="utf-8")
    ingest([root / "corpus"], root / "data", jobs=1)


def live(root: Path) -> int:
    with Catalogue.open(root / "data") as catalogue:
        return len(list(catalogue.live_ids()))


def test_more_than_half_gone_is_refused_and_the_rest_of_the_run_goes_on(tmp_path: Path) -> None:
    fill(tmp_path, 12)
    for number in range(7):
        (tmp_path / "corpus" / f"{number}.txt").unlink()
    (tmp_path / "corpus" / "new.txt").write_text("a new report", encoding="utf-8")
    report = ingest([tmp_path / "corpus"], tmp_path / "data", jobs=1)
    assert report.added == 1
    assert report.removed == 0
    assert len(report.refused) == 7
    assert "7 of 13 documents are gone" in report.warnings[0]
    assert "--yes" in report.warnings[0]
    assert live(tmp_path) == 13

    rehearsal = ingest([tmp_path / "corpus"], tmp_path / "data", yes=True, dry_run=True)
    assert (rehearsal.removed, live(tmp_path)) == (7, 13)
    assert ingest([tmp_path / "corpus"], tmp_path / "data", jobs=1, yes=True).removed == 7
    assert live(tmp_path) == 6


def test_half_of_a_small_library_may_go(tmp_path: Path) -> None:
    fill(tmp_path, 10)
    for number in range(6):
        (tmp_path / "corpus" / f"{number}.txt").unlink()
    report = ingest([tmp_path / "corpus"], tmp_path / "data", jobs=1)
    assert (report.removed, report.refused) == (6, ())


def test_a_large_move_is_no_loss(tmp_path: Path) -> None:
    fill(tmp_path, 12)
    for number in range(12):
        (tmp_path / "corpus" / f"{number}.txt").rename(tmp_path / "corpus" / "sub" / f"{number}.txt")
    report = ingest([tmp_path / "corpus"], tmp_path / "data", jobs=1)
    assert (report.moved, report.removed, report.refused, report.extracted) == (12, 0, (), 0)


def test_a_root_that_is_gone_needs_a_yes_even_in_a_small_library(tmp_path: Path) -> None:
    fill(tmp_path, 3)
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.txt").write_text("another folder", encoding="utf-8")
    shutil.rmtree(tmp_path / "corpus")
    report = ingest([tmp_path / "corpus", other], tmp_path / "data", jobs=1)
    assert (report.added, report.removed, report.unseen) == (1, 0, 3)
    assert "corpus is not there" in report.warnings[0]
    assert live(tmp_path) == 4
    assert ingest([tmp_path / "corpus"], tmp_path / "data", jobs=1, yes=True).removed == 3
    assert live(tmp_path) == 1


def test_a_path_that_never_was_is_an_error(tmp_path: Path) -> None:
    fill(tmp_path, 1)
    with pytest.raises(DossierError, match=r"no file or folder corpsu .*check the path"):
        ingest([tmp_path / "corpsu"], tmp_path / "data")
    mixed = ingest([tmp_path / "corpsu", tmp_path / "corpus"], tmp_path / "data", jobs=1)
    assert "no file or folder corpsu" in mixed.warnings[0]
    assert mixed.unchanged == 1
