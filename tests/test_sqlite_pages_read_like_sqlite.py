"""Reading a SQLite file by its pages gives the rows that SQLite gives, whatever they hold, also from a log; and of
a damaged file only rows that were in it."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.sqlite_pages import SqlitePages

_numbers = st.one_of(
    st.integers(-300, 300),
    st.integers(-(1 << 63), (1 << 63) - 1),
    st.sampled_from([0, 1, 1 << 15, 1 << 23, 1 << 47]),
)
_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_long = st.builds(lambda text, times: text * times, st.text("aé字", min_size=1, max_size=3), st.integers(0, 7000))
_values = st.one_of(st.none(), _numbers, st.floats(allow_nan=False), _text, _long, st.binary(max_size=300))
_rows = st.lists(
    st.tuples(st.integers(-(1 << 63), (1 << 63) - 1), _values, _values), max_size=40, unique_by=lambda r: r[0]
)


def _read(file: Path) -> Counter[tuple[object, ...]]:
    with SqlitePages(file) as pages:
        rows = [(row.rowid, *row.values) for row in pages.rows() if len(row.values) == 2]
        assert pages.unreadable == 0
    return Counter(map(_exact, rows))


def _exact(row: tuple[object, ...]) -> tuple[object, ...]:
    """With the types; SQLite stores a float without a fraction as an integer where it can."""
    return tuple((int(value), "n") if isinstance(value, float) and value.is_integer() and abs(value) < 2**47
                 else (value, "n" if isinstance(value, int) else type(value).__name__) for value in row)  # fmt: skip


@given(
    rows=_rows,
    removed=st.integers(0, 40),
    page_size=st.sampled_from([512, 4096, 65536]),
    log=st.booleans(),
    later=_rows,
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_every_row_and_no_deleted_one(
    tmp_path: Path, rows: list[tuple[int, object, object]], removed: int, page_size: int, log: bool,
    later: list[tuple[int, object, object]],
) -> None:  # fmt: skip
    file = tmp_path / "test.sqlite"
    for path in tmp_path.glob("test.sqlite*"):
        path.unlink()
    db = sqlite3.connect(file, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    db.execute(f"PRAGMA page_size = {page_size}")
    db.execute(f"PRAGMA journal_mode = {'WAL' if log else 'DELETE'}")
    db.execute("CREATE TABLE t (a, b)")
    db.execute("CREATE INDEX t_a ON t (a)")
    db.executemany("INSERT INTO t (rowid, a, b) VALUES (?, ?, ?)", rows)
    if log:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.execute("BEGIN")
    db.executemany("DELETE FROM t WHERE rowid = ?", [(row[0],) for row in rows[:removed]])
    db.executemany("INSERT OR REPLACE INTO t (rowid, a, b) VALUES (?, ?, ?)", later)
    db.execute("COMMIT")
    held = db.execute("SELECT rowid, a, b FROM t").fetchall()
    assert _read(file) == Counter(map(_exact, held))
    db.close()
    assert _read(file) == Counter(map(_exact, held))


@pytest.mark.parametrize("uncommitted", [True, False])
def test_of_a_log_only_what_was_committed_and_is_whole(tmp_path: Path, uncommitted: bool) -> None:
    file, copy = tmp_path / "test.sqlite", tmp_path / "copy.sqlite"
    db = sqlite3.connect(file, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA cache_size = 1")
    db.execute("CREATE TABLE t (a, b)")
    db.execute("INSERT INTO t VALUES ('first', 1)")
    db.execute("BEGIN")
    db.executemany("INSERT INTO t VALUES (?, 2)", [("later" * 300,)] * 100)
    if not uncommitted:
        db.execute("COMMIT")
    shutil.copyfile(file, copy)
    log = bytearray((tmp_path / "test.sqlite-wal").read_bytes())
    assert len(log) > 50_000
    if not uncommitted:
        log[len(log) // 2] ^= 1
    (tmp_path / "copy.sqlite-wal").write_bytes(log)
    assert list(_read(copy)) == [((1, "n"), ("first", "str"), (1, "n"))]
    assert sqlite3.connect(copy).execute("SELECT * FROM t").fetchall() == [("first", 1)]
    db.close()


@given(
    places=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=600)), min_size=1, max_size=4
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_damage_never_raises_and_a_page_that_was_not_hit_is_read(
    tmp_path: Path, places: list[tuple[float, bytes]]
) -> None:
    file = tmp_path / "test.sqlite"
    if not file.exists():
        db = sqlite3.connect(file)
        db.execute("PRAGMA page_size = 512")
        db.execute("CREATE TABLE t (a, b)")
        db.executemany("INSERT INTO t VALUES (?, ?)", [(f"row {number}", number) for number in range(1000)])
        db.commit()
        db.close()
        shutil.copyfile(file, tmp_path / "sound")
    data = bytearray((tmp_path / "sound").read_bytes())
    hit = set()
    for where, bytes_ in places:
        at = 512 + int(where * (len(data) - 512 - len(bytes_)))  # the header names the size of pages
        data[at : at + len(bytes_)] = bytes_
        hit |= set(range(at // 512, (at + len(bytes_)) // 512 + 1))
    file.write_bytes(data)
    with SqlitePages(file) as pages:
        found = {row.values[1] for row in pages.rows() if len(row.values) == 2}
    most = 40  # rows on a page
    assert len(found & set(range(1000))) >= 1000 - most * len(hit)
