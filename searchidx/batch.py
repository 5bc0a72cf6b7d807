"""Many queries in one go.

Rule: every query gets an answer, in the order of the list; one that cannot be run is answered with its own
error and the others run. What concerns the library as a whole (no library, a damaged index, a busy one) ends
the batch. With several processes the answers are the same, in the same order, and of one state of the library:
they begin when all of them have opened the same one.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import BrokenBarrierError
from typing import TYPE_CHECKING

from ingest.closing import Closing
from ingest.errors import DossierError, IndexDamaged, LibraryBusy, NoLibrary
from searchidx.batch_queries import BatchQuery
from searchidx.library import Library
from searchidx.results import SearchRequest, SearchResult
from searchidx.time_limit import QueryTimedOut, time_limit

if TYPE_CHECKING:
    from concurrent.futures import Future
    from multiprocessing.sharedctypes import SynchronizedArray
    from multiprocessing.synchronize import Barrier

Search = Callable[[SearchRequest], SearchResult]
_LARGEST_CHUNK = 32


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """A query with its result, or with the reason why it has none."""

    query: BatchQuery
    result: SearchResult | None = None
    error: str | None = None

    @property
    def total(self) -> int | None:
        """How many documents match; None where the query could not be run."""
        return None if self.result is None else self.result.total


class LimitedSearch(Closing):
    """The search of a library that stays open, with a time limit for each query (in seconds, None for none).

    After a query that was stopped the library is opened anew, because what was begun may be half done in it.
    Opening raises what `Library.open` raises, a call what `Library.search` and `time_limit` raise.
    """

    def __init__(self, data_dir: Path, seconds: float | None = None) -> None:
        self._data_dir, self._seconds = data_dir, seconds
        self._library = Library.open(data_dir)

    def __call__(self, request: SearchRequest) -> SearchResult:
        try:
            with time_limit(self._seconds):
                return self._library.search(request)
        except QueryTimedOut:
            self._library.close()
            self._library = Library.open(self._data_dir)
            raise

    @property
    def state(self) -> str:
        """Names the state of the library that is searched."""
        library = self._library
        index = library.snapshot.manifest
        return f"{index.catalogue} {index.generation} {library.catalogue.revision}"

    def close(self) -> None:
        """Close the library."""
        self._library.close()


def without_repeats(queries: Iterable[BatchQuery]) -> Iterator[BatchQuery]:
    """The queries, each text with the same filters only the first time it comes."""
    seen = set()
    for query in queries:
        key = (query.query, tuple(sorted(query.overrides.items())))
        if query.error is not None or key not in seen:
            seen.add(key)
            yield query


def run_batch(search: Search, queries: Iterable[BatchQuery], *, base: SearchRequest) -> Iterator[BatchAnswer]:
    """Answer the queries one after the other. base: the filters and the limit where a row has none."""
    for query in queries:
        yield _answer(search, query, base)


def _answer(search: Search, query: BatchQuery, base: SearchRequest) -> BatchAnswer:
    if query.error is not None:
        return BatchAnswer(query, error=query.error)
    try:
        return BatchAnswer(query, search(query.request(base)))
    except (NoLibrary, IndexDamaged, LibraryBusy):
        raise
    except DossierError as error:
        return BatchAnswer(query, error=f"line {query.line}: {error}")


def run_batch_parallel(
    open_search: Callable[[], Search], queries: Sequence[BatchQuery], *, base: SearchRequest, jobs: int
) -> Iterator[BatchAnswer]:
    """Answer the queries in `jobs` processes, in order.

    open_search: opens the library and returns its search; it runs in each process, and again where the others have
    opened another state, so it must be picklable (a functools.partial of a module's function). Raises DossierError
    if a process dies.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    size = max(1, min(_LARGEST_CHUNK, len(queries) // (jobs * 4)))
    chunks = [queries[start : start + size] for start in range(0, len(queries), size)]
    # The pool starts a process with each of the first chunks; none has done one before all have come together.
    jobs = max(1, min(jobs, len(chunks)))
    # Fresh processes: a forked one would share the parent's open database and its locks.
    fresh = multiprocessing.get_context("spawn")
    together = fresh.Barrier(jobs), fresh.Array("Q", jobs)
    pool = ProcessPoolExecutor(
        jobs, mp_context=fresh, initializer=_prepare, initargs=(open_search, base, *together)
    )
    waiting: deque[Future[list[BatchAnswer]]] = deque()
    try:
        for chunk in chunks:
            waiting.append(pool.submit(_answer_chunk, chunk))
            if len(waiting) > 2 * jobs:  # no more answers in memory than keep the processes busy
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    except BrokenProcessPool as error:
        raise DossierError(
            "a search process ended unexpectedly, perhaps for want of memory; try again with fewer --jobs "
            "(with --resume, what was written is kept)."
        ) from error
    finally:
        together[0].abort()
        pool.shutdown(cancel_futures=True)


class _Worker:
    """What one search process holds on to between its chunks. failed: why the library could not be opened, to be
    raised with the first chunk, because the pool hides what its initializer raises."""

    base: SearchRequest
    search: Search | None = None
    failed: DossierError | None = None


_worker = _Worker()


def _prepare(
    open_search: Callable[[], Search], base: SearchRequest, barrier: Barrier, states: SynchronizedArray[int]
) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends the processes
    _worker.base = base
    with suppress(BrokenBarrierError):  # the batch has ended before it began
        place = barrier.wait()
        alike = False
        while not alike:
            states[place] = _open(open_search)
            barrier.wait()
            alike = len(set(states[:])) == 1 or 0 in states[:]
            barrier.wait()  # nobody opens anew, and writes, before all have looked


def _open(open_search: Callable[[], Search]) -> int:
    """Open the library (anew); a number for the state that it is in, 0 where it cannot be opened."""
    if isinstance(_worker.search, Closing):
        _worker.search.close()
    try:
        _worker.search = open_search()
    except DossierError as error:
        _worker.failed = error
        return 0
    state = getattr(_worker.search, "state", "")
    return int.from_bytes(hashlib.sha256(state.encode()).digest()[:8]) or 1


def _answer_chunk(chunk: Sequence[BatchQuery]) -> list[BatchAnswer]:
    if _worker.failed is not None:
        raise _worker.failed
    assert _worker.search is not None
    return list(run_batch(_worker.search, chunk, base=_worker.base))
