"""Forgetting documents for good: out of the catalogue, its free pages and its log, and out of the index.

Rule: the order makes every point at which it can be ended a good one. First the documents are no longer found,
then their rows are deleted, then the index is made anew (the dictionary of a segment holds the words of deleted
documents until the segment is written again), then the catalogue is written anew. Until the last step is done the
catalogue says that there is something to finish, and `forget` without names finishes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.catalogue import Catalogue
from ingest.forgetting import blank_standard_input, erase, leaving, overwrite, take_out, unknown_files
from ingest.lock import write_lock
from searchidx.index import update


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done. ids: the documents that were named; erased: how many were deleted, with those that had left
    the library before; files: paths at which a file of theirs still lies; unknown: names in the data folder that
    were not looked into."""

    ids: tuple[str, ...]
    erased: int
    files: tuple[str, ...]
    unknown: tuple[str, ...]


def forget(
    data_dir: Path, names: Sequence[str] = (), *, progress: Callable[[int, int], None] | None = None
) -> Forgotten:
    """Forget the documents of these ids, id prefixes or paths; without any, erase what is left of documents that
    are no longer in the library.

    progress is called with (documents indexed, documents to index). Raises NoLibrary where there is no library,
    DossierError for a name that is no document, LibraryBusy where another process writes the library or a search
    that is running holds on to the text.
    """
    Catalogue.open(data_dir).close()  # where there is no library, the lock must not make its folder
    with write_lock(data_dir), Catalogue.open(data_dir, write=True) as catalogue:
        gone = leaving(catalogue, names)
        blank_standard_input(catalogue, gone)
        with catalogue.transaction():
            take_out(catalogue, gone)
        done = update(data_dir)
        with catalogue.transaction():
            erased = erase(catalogue, done.revision)
        update(data_dir, rebuild=True, progress=progress)
        overwrite(catalogue)
    files = tuple(path for document in gone for path, there in document.files if there)
    return Forgotten(
        tuple(document.document.id for document in gone), erased, files, tuple(unknown_files(data_dir))
    )
