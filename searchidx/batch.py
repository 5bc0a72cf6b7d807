"""Many queries in one go.

Rule: every query gets an answer, in the order of the list; one that cannot be run is answered with its own
error and the others run. What concerns the library as a whole (no library, a damaged index, a busy one) ends
the batch. With several processes the answers are the same, in the same order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.closing import Closing
from ingest.errors import DossierError, IndexDamaged, LibraryBusy, NoLibrary
from searchidx.batch_queries import BatchQuery
from searchidx.library import Library
from searchidx.results import SearchRequest, SearchResult
from searchidx.time_limit import QueryTimedOut, time_limit

if TYPE_CHECKING:
    from concurrent.futures import Future

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

    open_search: opens the library and returns its search; it runs once in each process, so it must be picklable
    (a functools.partial of a module's function). Raises DossierError if a process dies.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    size = max(1, min(_LARGEST_CHUNK, len(queries) // (jobs * 4)))
    chunks = iter([queries[start : start + size] for start in range(0, len(queries), size)])
    # Fresh processes: a forked one would share the parent's open database and its locks.
    pool = ProcessPoolExecutor(
        jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare, initargs=(open_search, base)
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
        pool.shutdown(cancel_futures=True)


class _Worker:
    """What one search process holds on to between its chunks."""

    base: SearchRequest
    open_search: Callable[[], Search]
    search: Search | None = None


_worker = _Worker()


def _prepare(open_search: Callable[[], Search], base: SearchRequest) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends the processes
    _worker.open_search, _worker.base = open_search, base


def _answer_chunk(chunk: Sequence[BatchQuery]) -> list[BatchAnswer]:
    # The library is opened here and not in `_prepare`, whose errors the pool would hide.
    if _worker.search is None:
        _worker.search = _worker.open_search()
    return list(run_batch(_worker.search, chunk, base=_worker.base))
