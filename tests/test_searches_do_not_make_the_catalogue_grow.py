"""SQLite's log is begun anew although one search follows the other without a gap; one that stays open makes it grow
by what is written meanwhile, holds no writer up, and nothing of that is left when it has ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from libraries import library, put, record

from ingest import catalogue as written
from ingest.catalogue import Catalogue
from ingest.catalogue_schema import LOG_NAME
from searchidx.library import Library

LIMIT = 400_000
COMMITS = 80
#: What each of them writes, at least.
EACH = 40_000


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(written, "_LONG_LOG", LIMIT)
    library(tmp_path / "index_data", {f"{n}.pdf": record(f"kiln {n}") for n in range(5)})
    return tmp_path / "index_data"


def _write(catalogue: Catalogue, number: int) -> None:
    text = f"{number} ".ljust(EACH, "x")
    with catalogue.transaction():
        id_ = catalogue.put_document(record(text), f"{number:064x}")
        catalogue.attach_path(f"{number}.pdf", id_)


def _log(data_dir: Path) -> int:
    path = data_dir / LOG_NAME
    return path.stat().st_size if path.exists() else 0


@contextmanager
def _searches_without_a_gap(data_dir: Path) -> Iterator[None]:
    """Each search begins before the one before it has ended."""
    done = threading.Event()
    begun = threading.Event()

    def read() -> None:
        current = Library.open(data_dir)
        while not done.is_set():
            begun.set()
            done.wait(0.02)
            following = Library.open(data_dir)
            current.close()
            current = following
        current.close()

    reader = threading.Thread(target=read)
    reader.start()
    begun.wait()
    try:
        yield
    finally:
        done.set()
        reader.join()


def test_searches_that_overlap_let_the_log_begin_anew(data_dir: Path) -> None:
    largest = 0
    with _searches_without_a_gap(data_dir):
        for number in range(COMMITS):
            with Catalogue.open(data_dir, write=True) as catalogue:
                _write(catalogue, number)
            largest = max(largest, _log(data_dir))
    assert largest < 3 * LIMIT < COMMITS * EACH


def test_a_search_that_stays_open_holds_no_writer_up_and_leaves_nothing(data_dir: Path) -> None:
    with Library.open(data_dir) as staying, Catalogue.open(data_dir, write=True) as catalogue:
        before = [(hit.title, hit.snippet) for hit in staying.search("kiln")]
        started = time.monotonic()
        for number in range(COMMITS):
            _write(catalogue, number)
        seconds = time.monotonic() - started
        assert _log(data_dir) >= COMMITS * EACH
        assert [(hit.title, hit.snippet) for hit in staying.search("kiln")] == before
    assert seconds < COMMITS * 0.25 / 2  # each wait is for a log twice as long
    with _searches_without_a_gap(data_dir):
        put(data_dir, {"last.pdf": record("kiln")})
        assert _log(data_dir) < LIMIT
