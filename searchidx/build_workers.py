"""Processes that write runs, each one chunk at a time.

Rule: a worker is a program of its own (`searchidx.build_worker`), told of chunks and answering in lines of JSON;
it reads the catalogue itself. Whatever ends the work (an error of a worker, an interrupt) ends all workers.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ingest.errors import DossierError
from searchidx.segment_writer import Source

_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from searchidx.build_worker import main; main()"


def in_workers(
    data_dir: Path,
    chunks: Sequence[Sequence[str]],
    folder: Path,
    jobs: int,
    progress: Callable[[int], None] | None,
) -> list[Source]:
    """Write the runs of all chunks in so many processes, in the order of the chunks.

    Raises OSError where one cannot write, DossierError where one fails.
    """
    told: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    tasks = _Tasks(chunks)
    workers: list[_Worker] = []
    runs: dict[int, list[Source]] = {}
    try:
        workers += (_Worker(data_dir, folder, tasks, told) for _ in range(jobs))
        while len(runs) < len(chunks):
            message = told.get()
            if "error" in message:
                raise _error(message)
            if "runs" in message:
                runs[message["chunk"]] = [Source(folder, name, count) for name, count in message["runs"]]
            elif progress:
                progress(message["written"])
    finally:
        for worker in workers:
            worker.end()
    return [run for number in range(len(chunks)) for run in runs[number]]


class _Tasks:
    """The chunks that no worker has yet."""

    def __init__(self, chunks: Sequence[Sequence[str]]) -> None:
        self._left: Iterator[tuple[int, Sequence[str]]] = iter(enumerate(chunks))
        self._lock = threading.Lock()

    def next(self) -> dict[str, object] | None:
        with self._lock:
            number, ids = next(self._left, (-1, ()))
        return {"chunk": number, "ids": list(ids)} if ids else None


class _Worker:
    """A process and the thread that talks to it."""

    def __init__(
        self, data_dir: Path, folder: Path, tasks: _Tasks, told: queue.SimpleQueue[dict[str, Any]]
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, json.dumps(sys.path), str(data_dir), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self._tasks = tasks
        self._told = told
        self._thread = threading.Thread(target=self._talk, daemon=True)
        self._thread.start()

    def _talk(self) -> None:
        sink, source = self._process.stdin, self._process.stdout
        assert sink is not None
        assert source is not None
        try:
            while (task := self._tasks.next()) is not None:
                sink.write(json.dumps(task) + "\n")
                sink.flush()
                for line in source:
                    message = json.loads(line)
                    self._told.put(message)
                    if "runs" in message:
                        break
                else:
                    raise EOFError
        except (OSError, EOFError, ValueError):
            self._told.put({"error": "ended", "text": f"exit status {self._process.wait()}"})

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):  # what was not sent is not wanted
                    stream.close()


def _error(message: dict[str, Any]) -> Exception:
    if message["error"] == "OSError":
        return OSError(message["errno"], message["text"], message["file"])
    if message["error"] == "DossierError":
        return DossierError(message["text"])
    return DossierError(
        f"A process that writes the index failed ({message['text']}): try again, or with --jobs 1. "
        "The index before stays searchable."
    )
