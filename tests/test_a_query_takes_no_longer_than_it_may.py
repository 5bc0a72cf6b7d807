"""With --timeout a query that takes longer is stopped with a sentence, and in a batch the others go on."""

from __future__ import annotations

import csv
import io
import random
import re
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from command_line import run
from libraries import library, record

from ingest.errors import SettingsError
from searchidx.batch import LimitedSearch
from searchidx.library import Library
from searchidx.results import SearchRequest
from searchidx.time_limit import QueryTimedOut, time_limit

LETTERS = "abcdefghijklmnop"
#: Six hundred words, each compared with all words of the collection: slow in any engine.
SLOW = " OR ".join(f"{''.join(random.Random(n).choices(LETTERS, k=7))}~2" for n in range(600))


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("library") / "index_data"
    chance = random.Random(1)
    words = ["".join(chance.choices(LETTERS, k=chance.randint(5, 9))) for _ in range(12_000)]
    library(place, {f"{n}.txt": record(" ".join(words[n * 1000 : n * 1000 + 1000]) + " kiln") for n in range(12)})
    return place


def test_a_slow_query_ends_with_a_sentence(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    started = time.monotonic()
    done = run(capsys, data_dir, "search", SLOW, "--timeout", "0.05")
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "dossier: the query took longer than 0.05 s and was stopped: ask for less, or give it more time\n"
    )
    assert time.monotonic() - started < 5
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_a_quick_one_is_answered_as_ever(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = run(capsys, data_dir, "search", "kiln", "--timeout", "60", "--limit", "all", "--files")
    assert (done.status, len(done.out.splitlines())) == (0, 12)
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_in_a_batch_it_costs_only_itself(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], jobs: str
) -> None:
    asked = tmp_path / "queries.txt"
    asked.write_text(f"kiln\n{SLOW}\nkiln\n", encoding="utf-8")
    out = tmp_path / "out.csv"
    done = run(
        capsys, data_dir, "batch", str(asked), "--timeout", "1.5", "--summary", "-o", str(out), "--jobs", jobs
    )
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"), newline="")))
    assert done.status == 2
    assert [row["total"] for row in rows] == ["12", "", "12"]
    assert [re.sub(r"1\.5 s.*", "1.5 s", row["error"]) for row in rows] == [
        "", "line 2: the query took longer than 1.5 s", ""
    ]  # fmt: skip


def test_a_library_that_was_stopped_answers_as_before(data_dir: Path) -> None:
    asked = SearchRequest("kiln OR abc* OR hgfed~2", limit=5, snippets=2)
    with Library.open(data_dir) as opened:
        expected = opened.search(asked)
    stops = 0
    for attempt in range(30):
        with LimitedSearch(data_dir, 0.001 + attempt / 3000) as search:
            for _ in range(3):
                try:
                    found = search(asked)
                except QueryTimedOut:
                    stops += 1
                else:
                    assert (found.total, found.hits) == (expected.total, expected.hits)
    assert stops > 0


def test_a_regular_expression_is_stopped_too() -> None:
    with pytest.raises(QueryTimedOut), time_limit(0.1):
        re.match(r"(a|a)*b", "a" * 60)


def test_an_error_that_is_swallowed_comes_again() -> None:
    rings = 0

    def swallow() -> None:
        nonlocal rings
        with suppress(QueryTimedOut):
            time.sleep(10)
        rings += 1

    with suppress(QueryTimedOut), time_limit(0.05):
        while rings < 3:
            swallow()
    assert rings == 3


def test_what_was_set_before_is_set_again() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(KeyError), time_limit(10):
        raise KeyError
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_elsewhere_than_in_the_main_thread_it_says_so() -> None:
    said: list[str] = []

    def ask() -> None:
        try:
            with time_limit(1):
                pass
        except SettingsError as error:
            said.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert said == ["a time limit can be set in the main thread only"]


def test_none_is_no_limit_and_nothing_is_no_time(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with time_limit(None):
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert run(capsys, data_dir, "search", "kiln", "--timeout", "0").status == 2
