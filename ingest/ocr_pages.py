"""Inside a worker: pages of one PDF drawn, and read by Tesseract, one after the other.

Rules: each page is told as soon as it is read, so that the limits on time hold for a page and not for a scan of
two hundred. A page on which nothing is drawn is not given to Tesseract. Where nobody knows the language, a page's
script gives one to begin with, and the text read then says which it is; if there is data for that one, the page is
read again with it, and the pages after it at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.ocr_engine import COARSEST, FINEST, Engine, TooSlow, read_picture, script_language
from ingest.ocr_languages import data_name

if TYPE_CHECKING:
    from ingest.pdfium_text import PdfiumFile

_DRAWN = 40  # of 255: with less difference between the darkest and the lightest dot, a page is blank
_SHARE = 0.8  # of a page's time is Tesseract's; the rest is for drawing it and telling
#: Pages larger than this many dots (A2 at 300 dpi has 35 million) are drawn more coarsely.
MOST_DOTS = 40_000_000


@dataclass(frozen=True, slots=True)
class Recognised:
    """What became of a page (number from 1).

    languages: as given to Tesseract ("eng+fra"), "" where it was not asked. text: raw. confidence: 0 to 1. failed:
    why there is no text, "" where nothing failed. missing: whether that is for want of data for `languages`.
    """

    page: int
    languages: str
    text: str = ""
    confidence: float = 0.0
    failed: str = ""
    missing: bool = False


def recognise_pages(
    path: Path, pages: Sequence[int], languages: str, *, engine: Engine, passwords: Sequence[str], seconds: float
) -> Iterator[Recognised]:
    """Read these pages of the PDF at `path`. languages: "eng+fra", or "" to find out. seconds: for one page."""
    from ingest.pdf_reader import CannotOpen
    from ingest.pdfium_text import PdfiumFile

    try:
        file = PdfiumFile(path, passwords)
    except CannotOpen as refusal:
        for page in pages:
            yield Recognised(page, languages, failed=f"the page cannot be drawn: {refusal.why}")
        return
    try:
        for page in pages:
            deadline = time.monotonic() + _SHARE * seconds
            result = _recognise(file, page, languages, engine, deadline)
            if not languages and not result.missing:
                languages = _language_of(result.text, engine)
            yield result
    finally:
        file.close()


def _recognise(file: PdfiumFile, page: int, languages: str, engine: Engine, deadline: float) -> Recognised:
    used = languages
    try:
        picture, resolution = file.page_picture(page, COARSEST, FINEST, MOST_DOTS)
        shades = [shade for shade, dots in enumerate(picture.histogram()) if dots]
        if shades[-1] - shades[0] < _DRAWN:
            return Recognised(page, languages)
        used = languages or script_language(picture, resolution, engine.languages, deadline - time.monotonic())
        if missing := engine.missing(used):
            return Recognised(page, used, failed=no_data(missing), missing=True)
        read = read_picture(picture, resolution, used, deadline - time.monotonic())
        if not languages:
            language = _language_of(read.text, engine)
            if language not in ("", used):
                used = language
                read = read_picture(picture, resolution, used, deadline - time.monotonic())
        return Recognised(page, used, read.text, read.confidence)
    except TooSlow as error:
        return Recognised(page, used, failed=str(error))
    except MemoryError:
        return Recognised(page, used, failed="it needs more memory than the limit")
    except Exception as error:  # drawing and Tesseract fail in many ways: that page alone pays for it
        return Recognised(page, used, failed=f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")


def _language_of(text: str, engine: Engine) -> str:
    """The language that a text turns out to be in; "" where it is too short to tell (a cover), or there is no data
    for it."""
    from ingest.language import detect

    detected = detect(text)
    language = data_name(detected[0]) if detected is not None else ""
    return language if language in engine.languages else ""


def no_data(missing: Sequence[str]) -> str:
    """What to say where Tesseract has no data for languages."""
    packages = " ".join(f"tesseract-ocr-{name.replace('_', '-')}" for name in missing)
    return f"Tesseract has no data for {', '.join(missing)} (`apt install {packages}`)"
