"""A batch that was interrupted goes on where it stopped, and its file is what it would have been."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from output_samples import find

from ingest.errors import DossierError, SettingsError
from output.batch_file import batch_to_file, partial_path
from output.batch_rows import batch_encoder
from searchidx.batch import BatchAnswer, run_batch
from searchidx.batch_queries import BatchQuery, read_queries
from searchidx.results import SearchRequest

BASE = SearchRequest(limit=3)
QUERIES = read_queries(io.StringIO("2\nbad\n0\n9\n1\n3\n"))
ENCODER = batch_encoder("csv", QUERIES)


class Interrupted(Exception):
    """What stands for the power cut."""


def run(queries: Sequence[BatchQuery]) -> Iterator[BatchAnswer]:
    return run_batch(find, queries, base=BASE)


def interrupted_after(count: int, asked: list[str] | None = None) -> object:
    def answers(queries: Sequence[BatchQuery]) -> Iterator[BatchAnswer]:
        for done, answer in enumerate(run(queries)):
            if done == count:
                raise Interrupted
            if asked is not None:
                asked.append(answer.query.id)
            yield answer

    return answers


def interrupted(path: Path, count: int) -> tuple[Path, Path]:
    with pytest.raises(Interrupted):
        batch_to_file(path, QUERIES, interrupted_after(count), ENCODER)  # type: ignore[arg-type]
    partial = partial_path(path)
    return partial, partial.with_name(partial.name + ".journal")


def whole(folder: Path) -> bytes:
    path = folder / "whole.csv"
    batch_to_file(path, QUERIES, run, ENCODER)
    return path.read_bytes()


def test_the_file_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("the old one")
    partial, journal = interrupted(path, 2)
    assert path.read_text() == "the old one"
    assert partial.exists()
    totals = batch_to_file(path, QUERIES, run, ENCODER)
    assert path.read_bytes() == whole(tmp_path)
    assert not partial.exists()
    assert not journal.exists()
    assert (totals.queries, totals.found, totals.without_results) == (6, 4, [("3", "0")])


def test_no_query_runs_twice(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    interrupted(path, 4)
    asked: list[str] = []
    totals = batch_to_file(path, QUERIES, interrupted_after(99, asked), ENCODER, resume=True)  # type: ignore[arg-type]
    assert asked == ["5", "6"]
    assert path.read_bytes() == whole(tmp_path)
    assert (totals.queries, totals.found, len(totals.errors), totals.without_results) == (6, 4, 1, [("3", "0")])


@settings(deadline=None, max_examples=60)
@given(
    count=st.integers(0, 5),
    rows_cut=st.floats(0, 1),
    journal_cut=st.floats(0, 1),
    format=st.sampled_from(["csv", "jsonl"]),
)
def test_wherever_the_files_are_torn_the_result_is_the_same(
    count: int, rows_cut: float, journal_cut: float, format: str
) -> None:
    encoder = batch_encoder(format, QUERIES)
    with tempfile.TemporaryDirectory() as name:
        path, reference = Path(name, "out"), Path(name, "reference")
        batch_to_file(reference, QUERIES, run, encoder)
        with pytest.raises(Interrupted):
            batch_to_file(path, QUERIES, interrupted_after(count), encoder)  # type: ignore[arg-type]
        partial = partial_path(path)
        for file, cut in ((partial, rows_cut), (partial.with_name(partial.name + ".journal"), journal_cut)):
            content = file.read_bytes()
            file.write_bytes(content[: round(len(content) * cut)])
        batch_to_file(path, QUERIES, run, encoder, resume=True)
        assert path.read_bytes() == reference.read_bytes()


def test_every_cut_of_the_rows_is_healed(tmp_path: Path) -> None:
    expected = whole(tmp_path)
    path = tmp_path / "out.csv"
    partial, journal = interrupted(path, 5)
    rows, lines = partial.read_bytes(), journal.read_bytes()
    for cut in range(len(rows) + 1):
        partial.write_bytes(rows[:cut])
        journal.write_bytes(lines)
        batch_to_file(path, QUERIES, run, ENCODER, resume=True)
        assert path.read_bytes() == expected


def test_rows_that_were_lost_under_the_right_length_are_written_again(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    partial, _ = interrupted(path, 5)
    rows = partial.read_bytes()
    partial.write_bytes(rows[:-30] + b"\0" * 30)
    batch_to_file(path, QUERIES, run, ENCODER, resume=True)
    assert path.read_bytes() == whole(tmp_path)


def test_another_batch_is_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    partial, _ = interrupted(path, 3)
    before = partial.read_bytes()
    for queries, encoder, stamp in (
        (QUERIES[:-1], ENCODER, ""),
        (QUERIES, batch_encoder("jsonl", QUERIES), ""),
        (QUERIES, batch_encoder("csv", QUERIES, raw=True), ""),
        (QUERIES, ENCODER, "limit 20"),
    ):
        with pytest.raises(SettingsError, match="without --resume the batch starts anew"):
            batch_to_file(path, queries, run, encoder, resume=True, stamp=stamp)
    assert partial.read_bytes() == before


def test_two_runs_do_not_write_into_one_file(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"

    def with_a_second_run(queries: Sequence[BatchQuery]) -> Iterator[BatchAnswer]:
        for answer in run(queries):
            with pytest.raises(DossierError, match=r"another batch is being written to .*out\.csv"):
                batch_to_file(path, QUERIES, run, ENCODER)
            yield answer

    batch_to_file(path, QUERIES, with_a_second_run, ENCODER)
    assert path.read_bytes() == whole(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["out.csv", "whole.csv"]


def test_an_error_of_the_search_is_not_called_one_of_writing(tmp_path: Path) -> None:
    def broken(queries: Sequence[BatchQuery]) -> Iterator[BatchAnswer]:
        raise OSError(5, "Input/output error", "index")
        yield

    with pytest.raises(OSError, match="index"):
        batch_to_file(tmp_path / "out.csv", QUERIES, broken, ENCODER)


def test_resuming_what_was_never_begun_begins(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    batch_to_file(path, QUERIES, run, ENCODER, resume=True)
    assert path.read_bytes() == whole(tmp_path)


def test_a_full_disk_keeps_what_is_done(tmp_path: Path) -> None:
    # A limit on the size of files stands for the full disk.
    script = (
        "import resource, signal, sys; from pathlib import Path; import test_batch_resume as here\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700))\n"
        "try: here.batch_to_file(Path(sys.argv[1]), here.QUERIES, here.run, here.ENCODER)\n"
        "except here.DossierError as error: print(error)"
    )
    path = tmp_path / "out.csv"
    here = Path(__file__).resolve().parent
    env = {**os.environ, "PYTHONPATH": f"{here}{os.pathsep}{here.parent}"}
    said = subprocess.run(
        [sys.executable, "-c", script, str(path)], env=env, capture_output=True, text=True, check=True
    ).stdout
    assert said == f"cannot write {path}: File too large. What is done is kept; go on with --resume.\n"
    batch_to_file(path, QUERIES, run, ENCODER, resume=True)
    assert path.read_bytes() == whole(tmp_path)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DossierError, match=r"cannot write .*out\.csv: No such file or directory\."):
        batch_to_file(tmp_path / "gone" / "out.csv", QUERIES, run, ENCODER)


def test_a_link_keeps_pointing_to_the_file_that_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    batch_to_file(tmp_path / "link.csv", QUERIES, run, ENCODER)
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == whole(tmp_path)


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    totals = batch_to_file(Path("/dev/null"), QUERIES, run, ENCODER)
    assert totals.queries == 6
    assert not Path("/dev/null").is_file()
    with pytest.raises(SettingsError, match="needs a file"):
        batch_to_file(Path("/dev/null"), QUERIES, run, ENCODER, resume=True)
