"""From documents of the catalogue to segments' files, in this process or in several.

Rule: the documents are cut into chunks by their number of pages, in their order; each chunk becomes one segment or
more (`runs`), which are merged afterwards. Since a merge depends on documents and their order alone, the result is
the same whatever the number of processes. Chunks are large, because each run has a dictionary of its own, and
become smaller towards the end, so that all processes are done at about the same time. A few documents are done in
this process: starting others takes longer. The caller holds the library's lock, so that all processes see the same
catalogue.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ingest.catalogue_read import CatalogueReader
from searchidx.build_chunk import Chunk
from searchidx.document_terms import begins_with_title
from searchidx.segment import SUFFIX
from searchidx.segment_writer import Source, merge_segments

#: Pages in the smallest chunk (a document without pages counts as one).
CHUNK_PAGES = 4_000
#: So many files are merged at once; where there are more, they are first merged in groups.
MOST_AT_ONCE = 256
#: Progress is told after so many documents.
_STEP = 200


def build_runs(
    catalogue: CatalogueReader,
    ids: Sequence[str],
    folder: Path,
    *,
    jobs: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Source]:
    """Write the documents of these ids as runs in a folder, in order. progress: called with documents written.

    jobs: processes (default: one for each processor). Raises OSError, DossierError.
    """
    jobs = jobs or processors()
    chunks = list(_chunks(ids, catalogue.page_counts() if len(ids) > 1 else {}, jobs))
    jobs = min(jobs, len(chunks))
    if jobs > 1:
        from searchidx.build_workers import in_workers

        return in_workers(catalogue.data_dir, chunks, folder, jobs, progress)
    chunk = Chunk()
    return [
        run
        for number, some in enumerate(chunks)
        for run in write_chunk(catalogue, some, folder, number, chunk, progress)
    ]


def write_chunk(
    catalogue: CatalogueReader,
    ids: Sequence[str],
    folder: Path,
    number: int,
    chunk: Chunk,
    progress: Callable[[int], None] | None = None,
) -> list[Source]:
    """Write one chunk as runs, through an empty Chunk."""
    runs: list[Source] = []

    def write() -> None:
        runs.append(Source(folder, f"{number}-{len(runs)}", len(chunk)))
        chunk.write(folder / f"{runs[-1].name}{SUFFIX}")

    told = 0
    for done, document in enumerate(catalogue.documents_with_text(ids, claimed=begins_with_title), 1):
        chunk.add(document)
        if chunk.full:
            write()
        if progress and done - told == _STEP:
            progress(done - told)
            told = done
    if chunk:
        write()
    if progress and len(ids) > told:
        progress(len(ids) - told)
    return runs


def merged_runs(sources: Sequence[Source], folder: Path) -> tuple[Path, int]:
    """Segments and runs as one, in their order: a durable file in the folder, and how many documents it has.

    A single run of the folder is taken as it is. Raises OSError, IndexDamaged.
    """
    level = 0
    while len(sources) > 1 or sources[0].folder != folder:
        level += 1
        groups = [sources[first : first + MOST_AT_ONCE] for first in range(0, len(sources), MOST_AT_ONCE)]
        sources = [merge_segments(folder, f"merged-{level}-{n}", group) for n, group in enumerate(groups)]
    path = folder / f"{sources[0].name}{SUFFIX}"
    with open(path, "r+b") as stream:
        os.fsync(stream.fileno())
    return path, sources[0].documents


def processors() -> int:
    """How many this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


def _chunks(ids: Sequence[str], counts: dict[str, int], jobs: int) -> Iterator[list[str]]:
    """The documents, of these numbers of pages, in chunks: each has half of what a process has left to do."""
    pages = [max(1, counts.get(document_id, 1)) for document_id in ids]
    left = sum(pages)
    chunk: list[str] = []
    size, most = 0, 0.0
    for document_id, count in zip(ids, pages, strict=True):
        if chunk and size + count > most:
            yield chunk
            left -= size
            chunk, size = [], 0
        if not chunk:
            most = max(CHUNK_PAGES, left / (2 * jobs))
        chunk.append(document_id)
        size += count
    if chunk:
        yield chunk
