"""Text extractors that misbehave on command, to stand in for native readers that a hostile file upsets.

Not tests: the stories of hanging, crashing and greedy files hand these to the pipeline by name.
"""

from __future__ import annotations

import mmap
import os
import signal
import time
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
