"""Where a search may not write to the data folder, SQLite's locks are not at hand: a catalogue that its owner changes
meanwhile is noticed, and no mixture of the two states is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from libraries import library, put, record

from ingest.catalogue import Catalogue
from ingest.catalogue_connection import Connection
from ingest.catalogue_schema import FILE_NAME
from ingest.errors import LibraryBusy
from searchidx.index import update
from searchidx.library import Library
from searchidx.snapshot import Snapshot

#: Enough that SQLite has to read the file again.
LONG = "brick kiln " * 8_000


def _opened(data_dir: Path) -> Library:
    """As it is opened where nobody may write (which holds for no folder of the superuser, who runs some tests)."""
    return Library(
        Catalogue(Connection.to(data_dir / FILE_NAME, "immutable=1"), data_dir), Snapshot.open(data_dir)
    )


def test_a_change_is_noticed(tmp_path: Path) -> None:
    library(tmp_path, {f"{n}.pdf": record(LONG, title=f"Old {n}") for n in range(9)})
    with _opened(tmp_path) as opened:
        before = [hit.title for hit in opened.search("kiln")]
        put(tmp_path, {f"{n}.pdf": record(LONG, title=f"New {n}") for n in range(9)})
        update(tmp_path)
        with Catalogue.open(tmp_path, write=True) as catalogue, catalogue.transaction():
            catalogue.purge(catalogue.revision)
        with pytest.raises(LibraryBusy, match="was changed while it was read: try again") as caught:
            opened.search("kiln")
        assert caught.value.exit_status == 75
    with _opened(tmp_path) as opened:
        after = [hit.title for hit in opened.search("kiln")]
    assert sorted(before) == [f"Old {n}" for n in range(9)]
    assert sorted(after) == [f"New {n}" for n in range(9)]
