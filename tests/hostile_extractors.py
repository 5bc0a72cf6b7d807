"""Text extractors that misbehave on command, to stand in for native readers that a hostile file upsets.

Not tests: the stories of hanging, crashing and greedy files hand these to the pipeline by name.
"""

from __future__ import annotations

import mmap
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ingest.document import Extraction
from ingest.plain import extract_plain


def obey(path: Path) -> Extraction:
    """Read a text file, unless its first word tells the extractor to misbehave."""
    words = path.read_text(encoding="utf-8").split()
    order = words[0] if words else ""
    if order == "HANG":
        while True:
            pass
    if order == "CRASH":
        os.kill(os.getpid(), signal.SIGSEGV)
    if order == "EAT":
        shared = mmap.mmap(-1, 192 << 20)  # not private memory, which the kernel's limit would catch first
        for _ in range(192):
            shared.write(b"x" * (1 << 20))
        time.sleep(60)
    if order == "EXHAUST":
        bytearray(1 << 44)
    if order == "RAISE":
        raise KeyError("an extractor must not raise, but this one does")
    if order == "PRINT":
        print("noise on standard output " * 1000)
        os.write(1, b"more noise")
    return extract_plain(path)


def tell(path: Path) -> Extraction:
    """A "document" whose text is what the process that reads it can do and has open."""
    import json
    import resource
    import socket
    import subprocess
    import sys

    from ingest.document import Page, Status

    def outcome(attempt: Callable[[], object]) -> str:
        try:
            return str(attempt() and "done")
        except OSError as error:
            return type(error).__name__

    open_files = {}
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # the one that lists them is closed by now
            open_files[name] = os.readlink(f"/proc/self/fd/{name}")
    limits = ("RLIMIT_DATA", "RLIMIT_CPU", "RLIMIT_CORE", "RLIMIT_FSIZE")
    told = {
        "open": open_files,
        "limits": {name: resource.getrlimit(getattr(resource, name))[0] for name in limits},
        "socket": outcome(socket.socket),
        "local socket": outcome(lambda: socket.socket(socket.AF_UNIX)),
        "program": outcome(lambda: subprocess.run([sys.executable, "-c", ""], check=True)),
        "large file": outcome(lambda: os.truncate(path, 2**40)),
    }
    return Extraction(Status.OK, pages=(Page(1, json.dumps(told)),))


class _Program:
    """Something that, unpickled, would run a program in the process that reads it."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (os.environ["DOSSIER_TEST_PROOF"],)


def answer_with_a_program(path: Path) -> Extraction:
    """A reader that was taken over, and answers its parent with a pickle that does something."""
    import pickle

    for number in (3, 4, 5, 6):
        with suppress(OSError):
            os.write(number, pickle.dumps(_Program()))
    return extract_plain(path)
