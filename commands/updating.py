"""Bringing the index up to the catalogue, with progress, for every command that changes documents.

Rule: whoever changes the catalogue calls this while holding the library's lock, so that a search after the
command sees the change.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from commands.progress import ProgressLine
from commands.session import Session

if TYPE_CHECKING:
    from searchidx.index import IndexUpdate


def searchable(done: IndexUpdate) -> str:
    """'32 documents are searchable', and what library pages only list."""
    held = done.documents - done.listed
    text = f"{held:,} {'document is' if held == 1 else 'documents are'} searchable"
    return text + (f", and {done.listed:,} that library pages list" if done.listed else "")


def update_index(
    session: Session, data_dir: Path, *, rebuild: bool = False, jobs: int | None = None
) -> IndexUpdate:
    """Update (or make anew) the index, then let the catalogue forget what no index needs any more.

    jobs: processes (default: the settings', else one for each processor).
    What was removed since the previous index is kept: a search that is under way may still be reading that one.
    """
    from ingest.catalogue import Catalogue
    from ingest.disk_errors import refusals
    from searchidx.index import update

    with ProgressLine(session.notes) as line, refusals(data_dir):
        done = update(
            data_dir,
            rebuild=rebuild,
            jobs=jobs or session.settings().jobs,
            progress=lambda at, all_: line.show(f"indexing {at:,} of {all_:,} documents"),
        )
    if done.previous != done.revision:
        with Catalogue.open(data_dir, write=True) as catalogue, catalogue.transaction():
            catalogue.purge(done.previous)
    return done
