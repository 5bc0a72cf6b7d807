"""A batch in several processes is answered of one state of the library, although that changes while they open it."""

from __future__ import annotations

import json
import subprocess
import time
from functools import partial
from pathlib import Path

import pytest
from command_line import start
from libraries import library, put, record

from searchidx.batch import LimitedSearch, run_batch_parallel
from searchidx.batch_queries import BatchQuery
from searchidx.index import update
from searchidx.results import SearchRequest

QUERIES = [BatchQuery(str(number), "kiln", number) for number in range(200)]


def opening(data_dir: Path, mark: Path) -> LimitedSearch:
    """Opens the library; the first process to do so then changes it, before any other may open it."""
    try:
        mark.mkdir()
    except FileExistsError:
        while not (mark / "changed").exists():
            time.sleep(0.01)
        return LimitedSearch(data_dir)
    search = LimitedSearch(data_dir)
    put(data_dir, {"new.pdf": record("another kiln")})
    update(data_dir)
    (mark / "changed").touch()
    return search


def test_processes_that_opened_different_states_open_anew(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, {f"{n}.pdf": record(f"kiln {n}") for n in range(3)})
    open_search = partial(opening, data_dir, tmp_path / "mark")
    answers = list(run_batch_parallel(open_search, QUERIES, base=SearchRequest(), jobs=2))
    assert [answer.query.id for answer in answers] == [query.id for query in QUERIES]
    assert {answer.total for answer in answers} == {4}


def test_a_few_queries_start_no_more_processes_than_they_need(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record("kiln")})
    answers = list(run_batch_parallel(partial(LimitedSearch, data_dir), QUERIES[:1], base=SearchRequest(), jobs=8))
    assert [answer.total for answer in answers] == [1]


@pytest.mark.slow
def test_the_index_is_replaced_again_and_again_meanwhile(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, {f"{n}.pdf": record(f"kiln {n}") for n in range(50)})
    (tmp_path / "queries.txt").write_text("kiln\n" * 1200, encoding="utf-8")
    totals = []
    for turn in range(2):
        batch = start(
            tmp_path, "-q", "batch", "queries.txt", "--jobs", "2", "--summary", "--format", "jsonl",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        commits = 0
        with (tmp_path / "out").open("wb") as out:
            while batch.poll() is None:
                put(data_dir, {f"new {turn} {commits}.pdf": record("a new kiln")})
                update(data_dir, rebuild=commits % 5 == 4)
                commits += 1
                assert batch.stdout is not None
                out.write(batch.stdout.read1())
            rest, err = batch.communicate()
            out.write(rest)
        rows = [json.loads(line) for line in (tmp_path / "out").read_text("utf-8").splitlines()]
        assert (batch.returncode, err, len(rows)) == (0, b"", 1200)
        assert len({row["total"] for row in rows}) == 1
        assert commits > 1
        totals.append(rows[0]["total"])
    assert totals == sorted(set(totals))
