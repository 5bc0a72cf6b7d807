"""`dossier index --ocr`: what scanned pages say, after everything else has been read.

Rule: Tesseract is looked for before anything is read, so that its absence is told at once; the rest is indexed all
the same, and the exit status says that something is left to do.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from commands.progress import ProgressLine
from commands.session import Session
from commands.talk import say
from ingest.errors import DossierError

if TYPE_CHECKING:
    from ingest.ocr import OcrProgress, OcrReport
    from ingest.ocr_engine import Engine


def look_for_engine() -> Engine | None:
    """Tesseract; None, with a sentence on stderr, where it is not installed."""
    from ingest.ocr_engine import find_engine

    try:
        return find_engine()
    except DossierError as error:
        say(f"dossier: {error}")
        return None


def read_scans(session: Session, data_dir: Path, engine: Engine, *, jobs: int | None, retry: bool) -> OcrReport:
    """Read the library's scanned pages, with progress."""
    from ingest.ocr import recognise

    settings = session.settings()
    with ProgressLine(session.notes) as line:
        return recognise(
            data_dir,
            engine,
            settings=settings,
            jobs=jobs or settings.jobs or os.cpu_count() or 1,
            retry=retry,
            progress=_Meter(line),
        )


class _Meter:
    """Turns progress into a line: pages, pages a second, time left, and the document."""

    def __init__(self, line: ProgressLine) -> None:
        self._line = line
        self._started = time.monotonic()

    def __call__(self, progress: OcrProgress) -> None:
        seconds = time.monotonic() - self._started
        rate = progress.done / seconds if seconds else 0.0
        left = (progress.total - progress.done) / rate if rate else 0.0
        self._line.show(
            f"{progress.done:,} of {progress.total:,} scanned pages, {rate:.1f} pages/s, "
            f"{int(left) // 60}:{int(left) % 60:02d} left  {progress.path}"
        )
