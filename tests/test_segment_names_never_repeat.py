"""A program that seeds Python's random numbers (tests and simulations do) does not make a commit overwrite an
earlier segment."""

from __future__ import annotations

import random
from pathlib import Path

from libraries import put, record

from searchidx.index import update, verify
from searchidx.library import Library


def test_seeding_random_numbers_does_no_harm(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    for number in range(4):
        put(data_dir, {f"{number}.pdf": record(f"kiln {number}")})
        random.seed(0)
        update(data_dir)
    assert verify(data_dir) == []
    with Library.open(data_dir) as opened:
        assert opened.search("kiln").total == 4
