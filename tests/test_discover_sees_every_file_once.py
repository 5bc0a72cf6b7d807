"""Walking the folders: hidden, ignored, linked, unreadable, oddly named and vanishing files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from ingest import discover
from ingest.discover import scan
from ingest.document import Status
from ingest.pipeline import ingest


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}", encoding="utf-8")


def test_hidden_files_and_folders_are_passed_over_and_counted(tmp_path: Path) -> None:
    make(tmp_path, "c/a.txt", "c/.hidden.txt", "c/.git/config.txt", "c/sub/.DS_Store")
    result = scan([tmp_path / "c"], tmp_path / "data")
    assert set(result.files) == {"c/a.txt"}
    assert result.hidden == 3


def test_a_hidden_folder_that_is_asked_for_is_walked(tmp_path: Path) -> None:
    make(tmp_path, ".private/a.txt")
    assert set(scan([tmp_path / ".private"], tmp_path / "data").files) == {".private/a.txt"}


def test_ignore_files_hold_for_their_folder_and_below(tmp_path: Path) -> None:
    make(
        tmp_path, "c/a.txt", "c/draft.txt", "c/sub/draft.txt", "c/sub/keep.txt", "c/old/x.txt", "c/sub/deep/y.bak"
    )
    (tmp_path / "c" / ".dossierignore").write_text("# drafts\ndraft.txt\n/old/\n*.bak\n", encoding="utf-8")
    (tmp_path / "c" / "sub" / ".dossierignore").write_text("!draft.txt\n", encoding="utf-8")
    result = scan([tmp_path / "c"], tmp_path / "data")
    assert set(result.files) == {"c/a.txt", "c/sub/draft.txt", "c/sub/keep.txt"}
    assert result.ignored == 3  # a folder counts once
    part = scan([tmp_path / "c" / "sub"], tmp_path / "data")  # the rules above hold for a part too
    assert set(part.files) == {"c/sub/draft.txt", "c/sub/keep.txt"}


def test_a_file_that_becomes_ignored_leaves_the_library(tmp_path: Path) -> None:
    make(tmp_path, "c/a.txt", "c/draft.txt")
    ingest([tmp_path / "c"], tmp_path / "data", jobs=1)
    (tmp_path / "c" / ".dossierignore").write_text("draft*", encoding="utf-8")
    report = ingest([tmp_path / "c"], tmp_path / "data", jobs=1)
    assert (report.removed, report.ignored) == (1, 1)


def test_the_data_folder_is_never_walked(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "index_data/inside.txt")
    (tmp_path / "again").symlink_to(tmp_path / "index_data")
    result = scan([tmp_path], tmp_path / "index_data")
    assert set(result.files) == {"a.txt"}


def test_links_are_followed_but_no_folder_is_walked_twice(tmp_path: Path) -> None:
    make(tmp_path, "c/z_real/a.txt", "outside/b.txt")
    (tmp_path / "c" / "loop").symlink_to(tmp_path / "c")
    (tmp_path / "c" / "a_link").symlink_to(tmp_path / "c" / "z_real")
    (tmp_path / "c" / "elsewhere").symlink_to(tmp_path / "outside")
    (tmp_path / "c" / "z_real" / "up").symlink_to("..")
    result = scan([tmp_path / "c"], tmp_path / "data")
    assert set(result.files) == {"c/z_real/a.txt", "c/elsewhere/b.txt"}


def test_a_link_to_nothing_is_reported(tmp_path: Path) -> None:
    make(tmp_path, "c/a.txt")
    (tmp_path / "c" / "broken.pdf").symlink_to("nowhere.pdf")
    report = ingest([tmp_path / "c"], tmp_path / "data", jobs=1)
    assert [(problem.path, problem.status) for problem in report.problems] == [("c/broken.pdf", Status.UNREADABLE)]
    assert "leads to nothing" in report.problems[0].reason
    make(tmp_path, "c/nowhere.pdf")  # whatever it was refused for, it is looked at again
    assert ingest([tmp_path / "c"], tmp_path / "data", jobs=1).problems[0].status is not Status.UNREADABLE


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    make(tmp_path, "c/a.txt")
    os.mkfifo(tmp_path / "c" / "pipe.txt")
    report = ingest([tmp_path / "c"], tmp_path / "data", jobs=1)
    assert report.added == 1
    assert [problem.reason for problem in report.problems] == ["not a file but a device, pipe or socket"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems only have names that are Unicode")
def test_names_that_are_not_utf8_work_and_stay_readable(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    name = os.fsdecode(b"rapport-\xe9t\xe9.txt")
    (tmp_path / "c" / name).write_text("travail forcé", encoding="utf-8")
    report = ingest([tmp_path / "c"], tmp_path / "data", jobs=1)
    assert (report.added, report.problems) == (1, ())
    from ingest.catalogue import Catalogue

    with Catalogue.open(tmp_path / "data") as catalogue:
        row = next(catalogue.files())
        assert row.path == r"c/rapport-\xe9t\xe9.txt"
        assert catalogue.file_path(row.path) == tmp_path / "c" / name
        assert catalogue.file_path(row.path).read_text(encoding="utf-8") == "travail forcé"
    assert ingest([tmp_path / "c"], tmp_path / "data", jobs=1).unchanged == 1
    (tmp_path / "c" / name).rename(tmp_path / "c" / "rapport.txt")
    assert ingest([tmp_path / "c"], tmp_path / "data", jobs=1).moved == 1


def test_a_file_that_vanishes_while_the_run_looks_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "c/a.txt", "c/b.txt")

    scandir = os.scandir

    def listing_then_deletion(folder: Path):  # the file goes between the listing and the look at it
        entries = scandir(folder)
        listed = list(entries)
        (tmp_path / "c" / "b.txt").unlink(missing_ok=True)
        entries.close()
        return Closing(listed)

    class Closing(list):
        def __enter__(self):
            return self

        def __exit__(self, *error: object) -> None:
            pass

    monkeypatch.setattr(discover.os, "scandir", listing_then_deletion)
    assert set(scan([tmp_path / "c"], tmp_path / "data").files) == {"c/a.txt"}


def test_a_file_that_vanishes_before_it_is_read_is_reported(tmp_path: Path) -> None:
    make(tmp_path, "c/a.txt", "c/b.txt")
    report = ingest(
        [tmp_path / "c"], tmp_path / "data", jobs=1, progress=lambda _: (tmp_path / "c" / "b.txt").unlink(True)
    )
    assert report.added == 1
    assert [(problem.path, problem.status) for problem in report.problems] == [("c/b.txt", Status.UNREADABLE)]
    gone = ingest([tmp_path / "c"], tmp_path / "data", jobs=1)
    assert (gone.problems, gone.unchanged) == ((), 1)


def test_what_is_not_read_has_a_row_that_says_what_it_is(tmp_path: Path) -> None:
    make(tmp_path, "c/a.txt", "c/table.xlsx", "c/noname", "c/pyproject.toml")
    report = ingest([tmp_path / "c"], tmp_path / "data", jobs=1)
    assert report.statuses == {Status.OK: 1, Status.UNSUPPORTED: 3}
    assert report.problems == ()
    from ingest.catalogue import Catalogue

    with Catalogue.open(tmp_path / "data") as catalogue:
        reasons = {row.path: row.reason for row in catalogue.problems()}
        assert all(row.next_step for row in catalogue.problems())
    assert reasons["c/table.xlsx"].startswith("a spreadsheet: PDF, HTML")
    assert reasons["c/noname"].startswith("a file of unknown kind: ")
