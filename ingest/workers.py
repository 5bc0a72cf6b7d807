"""A small pool of worker processes that can be killed: a file that hangs, crashes its reader or eats memory costs
that file and nothing else.

Rules: a worker has one file at a time; if it says nothing for the limit's seconds, or grows beyond the limit's
memory, it is killed and replaced, and the file's end is told as a Status with a reason. Workers are programs of
their own (`python -c`, tasks and answers over pipes), not forks of a process with threads, and do not run the
caller's main module again. They are started when there is work for them, and replaced after many files or when
one leaves them large. Memory is watched where /proc tells it (Linux); elsewhere only the time limit holds. What a
worker says is read as messages and can be nothing else.
"""

from __future__ import annotations

import json
import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import is_dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

from ingest.document import Extraction, Status
from ingest.errors import DossierError
from ingest.worker_process import Done, Hashed, Message, Options, Task

_TICK = 0.1  # seconds between two looks at clocks and memory
_FILES_PER_WORKER = 2_000  # a new one loads for a second what most files need
_MESSAGES_WAITING = 64
_MESSAGE_MODULES = frozenset(
    f"ingest.{name}" for name in ("document", "worker_process", "jsonl", "archives", "ocr_pages")
)
_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from ingest.worker_process import main; main()"
# One thread each: the pool is the parallelism, and numeric libraries reserve memory per thread.
_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class _Worker:
    """One process, its reading thread, and what it is busy with."""

    def __init__(
        self,
        options: Options,
        events: queue.Queue[tuple[_Worker, Message | None]],
        errors: int,
        scratch: str,
    ) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _START, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **_ENVIRONMENT, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), scratch)},
        )
        self.task: Task | None = None
        self.heard = 0.0  # monotonic time of the last sign of life
        self.unread = 0  # messages that are here but have not been looked at
        self.sha256: str | None = None
        self.media_type = ""
        self.served = 0
        self.peak = 0
        self.memory_limit = options.limits.memory
        self._events = events
        self._counting = threading.Lock()
        self._send(options)
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def start(self, task: Task) -> None:
        self.task, self.sha256, self.media_type, self.heard = task, None, "", time.monotonic()
        self._send(task)

    def resident(self) -> int:
        """Bytes of resident memory; 0 where it cannot be told."""
        try:
            with open(f"/proc/{self.process.pid}/statm", "rb") as statm:
                size = int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, IndexError, ValueError, AttributeError):
            return 0
        self.peak = max(self.peak, size)
        return size

    def take(self) -> None:
        """A message of this worker is being looked at."""
        with self._counting:
            self.unread -= 1

    def kill(self) -> int:
        """End the process, if it has not ended, and return its exit status (negative: the signal)."""
        self.process.kill()
        with suppress(OSError):
            if self.process.stdin is not None:
                self.process.stdin.close()
        return self.process.wait()

    def dismiss(self) -> None:
        """Let an idle process end by itself."""
        with suppress(OSError):
            if self.process.stdin is not None:
                self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.kill()

    def _send(self, message: Options | Task) -> None:
        if self.process.stdin is None:
            raise ValueError("a worker without an input")
        with suppress(OSError):  # a process that is gone already is heard of by its reading thread
            pickle.dump(message, self.process.stdin)
            self.process.stdin.flush()

    def _listen(self) -> None:
        stream = self.process.stdout
        if stream is not None:
            with (
                stream,
                suppress(Exception),
            ):  # whatever it is that cannot be read, the worker is not to be trusted
                while True:
                    message = _Answers(stream).load()
                    self.heard = time.monotonic()
                    with self._counting:
                        self.unread += 1
                    self._events.put((self, message))
        self._events.put((self, None))


class _Answers(pickle.Unpickler):
    """Reads the messages of a worker, and nothing else: a document that took a worker over could send a pickle
    that runs a program here, so only the classes that messages are made of are looked up."""

    def find_class(self, module: str, name: str) -> Any:
        """The class of a message or of a part of one."""
        found = super().find_class(module, name) if module in _MESSAGE_MODULES and "." not in name else None
        if isinstance(found, type) and (is_dataclass(found) or issubclass(found, StrEnum)):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of an answer")


class Pool:
    """Up to `jobs` workers. Use it as a context manager: leaving it ends them all."""

    def __init__(self, jobs: int, options: Options) -> None:
        self._jobs = jobs
        self._options = options
        # Bounded: a long JSON Lines file must wait for the catalogue, not pile up in memory.
        self._events: queue.Queue[tuple[_Worker, Message | None]] = queue.Queue(_MESSAGES_WAITING)
        self._workers: list[_Worker] = []
        self._started: list[_Worker] = []
        self._looked = 0.0
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the pool
        # What a worker that is killed leaves behind goes with the pool.
        self._scratch = tempfile.TemporaryDirectory(prefix="dossier-", ignore_cleanup_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            if worker.task is not None:
                worker.kill()
        for worker in self._workers:
            worker.dismiss()
        for worker in self._started:
            while worker.listener.is_alive():  # it may be waiting for room to tell what nobody wants to know
                with suppress(queue.Empty):
                    self._events.get(timeout=_TICK / 10)
        self._errors.close()
        self._scratch.cleanup()

    def run(self, next_task: Callable[[], Task | None]) -> Iterator[tuple[Task, Message] | None]:
        """Work through tasks; yields each task's messages, the last of them a Done, and None now and then while
        there is nothing to tell.

        next_task: called whenever a worker is free; None says that there is no task now (it is asked again after
        the next message). Ends when there is none and no worker is busy. Raises DossierError where workers cannot
        be started at all.
        """
        while True:
            self._hand_out(next_task)
            if not any(worker.task for worker in self._workers):
                return
            try:
                worker, message = self._events.get(timeout=_TICK)
            except queue.Empty:
                yield None
                yield from self._overdue()
                continue
            if worker not in self._workers:
                continue  # the last words of one that was killed
            task = worker.task
            if message is None:
                self._workers.remove(worker)
                worker.process.wait()
                if worker.served == 0 and worker.sha256 is None:
                    self._explain_start(worker)
                if task is not None:
                    yield task, _ended(worker)
            elif task is not None:
                worker.take()
                if isinstance(message, Hashed):
                    worker.sha256, worker.media_type = message.sha256, message.media_type
                if isinstance(message, Done):
                    self._free(worker)
                    self._hand_out(next_task)  # a reader should not wait until the caller has written this down
                yield task, message
            yield from self._overdue()

    def _hand_out(self, next_task: Callable[[], Task | None]) -> None:
        idle = [worker for worker in self._workers if worker.task is None]
        while idle or len(self._workers) < self._jobs:
            task = next_task()
            if task is None:
                return
            if not idle:
                idle.append(_Worker(self._options, self._events, self._errors.fileno(), self._scratch.name))
                self._workers.append(idle[-1])
                self._started = [worker for worker in self._started if worker.listener.is_alive()]
                self._started.append(idle[-1])
            idle.pop().start(task)

    def _free(self, worker: _Worker) -> None:
        worker.task = None
        worker.served += 1
        if worker.served >= _FILES_PER_WORKER or worker.resident() > self._options.limits.memory // 2:
            self._workers.remove(worker)
            worker.dismiss()

    def _overdue(self) -> Iterator[tuple[Task, Done]]:
        """The ends of tasks whose workers had to be killed now."""
        limits = self._options.limits
        if time.monotonic() - self._looked < _TICK:
            return
        self._looked = time.monotonic()
        for worker in [worker for worker in self._workers if worker.task is not None and not worker.unread]:
            if time.monotonic() - worker.heard > limits.seconds:
                status, reason = Status.TIMEOUT, f"not read within {limits.seconds:g} seconds"
            elif worker.resident() > limits.memory:
                status = Status.OUT_OF_MEMORY
                reason = f"reading it takes more than {limits.memory / 2**20:.0f} MiB of memory"
            else:
                continue
            worker.kill()
            self._workers.remove(worker)
            if worker.task is not None:
                yield worker.task, _done(worker, status, reason)

    def _explain_start(self, worker: _Worker) -> None:
        """Raise if the process ended before it could do anything at all, which is not a file's fault."""
        code = worker.process.returncode
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        if said and code > 0:
            raise DossierError(f"The process that reads files does not start ({said[-1]}): reinstall Dossier.")


def _ended(worker: _Worker) -> Done:
    """What to say of a file whose worker ended by itself in the midst of it."""
    code = worker.kill()
    if -code in (getattr(signal, "SIGALRM", None), getattr(signal, "SIGXCPU", None)):
        return _done(worker, Status.TIMEOUT, "not read within the time limit")
    if code == -getattr(signal, "SIGKILL", 0) or (code < 0 and worker.peak > worker.memory_limit // 2):
        return _done(worker, Status.OUT_OF_MEMORY, "its reader was ended, most likely for want of memory")
    how = signal.Signals(-code).name if code < 0 else f"exit status {code}"
    return _done(worker, Status.CORRUPT, f"its reader crashed ({how})")


def _done(worker: _Worker, status: Status, reason: str) -> Done:
    return Done(worker.sha256, Extraction(status, reason, worker.media_type))
