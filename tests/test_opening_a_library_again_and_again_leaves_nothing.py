"""A library that is opened and closed a thousand times leaves no file open and no memory behind, with the compiled
search as without it, and also where opening or searching fails."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from libraries import library, put, record
from soak_reader import handles, resident

from ingest.catalogue_schema import FILE_NAME
from ingest.errors import DossierError
from searchidx.index import update, verify
from searchidx.kernel import SETTING
from searchidx.library import Library
from searchidx.results import SearchRequest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory and file handles are read from /proc")

#: KiB. One segment of this library that stayed mapped, or one catalogue that stayed open, would come to far more in
#: so many turns; the allocator alone moves by a few hundred.
SLACK = 1500


@pytest.fixture(params=["", "python"], ids=["compiled", "plain"])
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """A library of three segments, one with a deletion."""
    monkeypatch.setenv(SETTING, request.param)
    place = tmp_path / "index_data"
    library(place, {f"{n}.pdf": record(f"kiln number {n} " * 20, tags=["wages"]) for n in range(40)})
    for number in range(2):
        put(place, {f"new {number}.pdf": record("a new kiln")}, removed=[f"{number}.pdf"])
        update(place)
    with Library.open(place) as opened:
        assert len(opened.snapshot.segments) == 3
    return place


def _leaves_nothing(turn: Callable[[], None], turns: int) -> None:
    for _ in range(max(50, turns // 5)):  # until caches are warm and memory is in use
        turn()
    open_, held = handles(), resident()
    for _ in range(turns):
        turn()
    assert handles() == open_
    assert resident() - held < SLACK


@pytest.mark.parametrize("turns", [60, pytest.param(1000, marks=pytest.mark.slow)])
def test_of_searches(data_dir: Path, turns: int) -> None:
    def turn() -> None:
        with Library.open(data_dir) as opened:
            found = opened.search(SearchRequest(query='kiln tag:wages "number 7"', facets=True))
            assert found.hits[0].snippet

    _leaves_nothing(turn, turns)


@pytest.mark.parametrize("turns", [60, pytest.param(1000, marks=pytest.mark.slow)])
def test_of_what_fails(data_dir: Path, turns: int) -> None:
    """The last of three segments does not open; and before that, queries that cannot be read."""

    def ask() -> None:
        with Library.open(data_dir) as opened, pytest.raises(DossierError):
            opened.search('"kiln')

    _leaves_nothing(ask, turns)
    newest = max((data_dir / "index").glob("*.seg"), key=lambda path: path.stat().st_mtime_ns)
    content = bytearray(newest.read_bytes())
    content[-30] ^= 1  # in the footer
    newest.write_bytes(content)

    def turn() -> None:
        with pytest.raises(DossierError):
            Library.open(data_dir)

    _leaves_nothing(turn, turns)


def test_of_a_catalogue_that_does_not_read(data_dir: Path) -> None:
    """The index opens; what the catalogue says of itself does not."""
    with sqlite3.connect(data_dir / FILE_NAME) as db:
        db.execute("UPDATE meta SET value = 'x' WHERE key = 'purged_revision'")
    db.close()
    kept = []

    def turn() -> None:
        try:
            Library.open(data_dir)
        except DossierError as error:
            kept.append(error)  # and with it all that it refers to

    for _ in range(3):
        turn()
    assert len(kept) == 3
    maps = Path("/proc/self/maps").read_text(encoding="utf-8")
    assert str(data_dir / "index") not in maps


@pytest.mark.slow
def test_of_updates(data_dir: Path) -> None:
    """A process that follows a folder for weeks updates the index as often."""
    number = 0

    def turn() -> None:
        nonlocal number
        number += 1
        put(data_dir, {f"turn {number % 20}.pdf": record(f"kiln in turn {number}")})
        update(data_dir, jobs=1)

    _leaves_nothing(turn, 300)
    assert verify(data_dir) == []
    assert len(list((data_dir / "index").glob("*.seg"))) < 24
