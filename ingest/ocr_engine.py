"""Tesseract, which reads text in pictures: is it there, what does it know, and what does it read.

Rules: it is used through pytesseract, and both are optional: where one is missing, `find_engine` says what to
install. A page is read with automatic layout analysis; what Tesseract is hardly sure of and what does not look
like a word either (ruled lines, leaders of tables of contents and ornaments mostly) is left out. Lines stay lines,
paragraphs are parted by an empty line, as `ingest.pagetext` expects it of any engine.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.errors import DossierError
from ingest.ocr_languages import of_script

if TYPE_CHECKING:
    from PIL.Image import Image

#: Dots per inch at which pages are drawn for it, at least and at most (docs/ocr.md has measurements).
COARSEST, FINEST = 200, 300
_SURE = 25.0  # per cent
_LIKE_A_WORD = re.compile(r"[^\W\d_]{4}")
_SCRIPTS_DATA = "osd"
#: Right answers about pages of running text in other scripts than Latin had 14 to 113, wrong ones (covers, lists
#: of contents) below 5.
_SURE_OF_SCRIPT = 10.0
#: What is ink and what is paper is decided place by place: pale print and print on tinted boxes come out. Older
#: versions than 5 do not know the option and go on without it.
_ADAPTIVE = "-c thresholding_method=1"
_TOO_LATE = "Tesseract did not come to an end within the time limit"


@dataclass(frozen=True, slots=True)
class Engine:
    """An installed Tesseract: its version ("5.3.0") and the names of its language data."""

    version: str
    languages: frozenset[str]

    @property
    def name(self) -> str:
        """As it stands in the catalogue: "tesseract 5.3.0"."""
        return f"tesseract {self.version}"

    def missing(self, languages: str) -> list[str]:
        """Those of "eng+fra" for which it has no data."""
        return [language for language in languages.split("+") if language and language not in self.languages]


@dataclass(frozen=True, slots=True)
class Read:
    """What was read on a picture: raw text, and how sure Tesseract is of it, from 0 to 1, by letters."""

    text: str
    confidence: float


class TooSlow(Exception):
    """Tesseract was ended because its time was over."""


def find_engine() -> Engine:
    """The Tesseract of this machine. Raises DossierError where a part of it is not installed."""
    try:
        import pytesseract
    except ImportError as error:
        raise DossierError(
            "To read scanned pages, Dossier needs the package pytesseract (`pip install 'dossier-search[ocr]'`) "
            f"and Tesseract itself (`apt install tesseract-ocr`, `brew install tesseract`): {error}."
        ) from error
    try:
        version = str(pytesseract.get_tesseract_version())
        languages = frozenset(pytesseract.get_languages())
    except (OSError, SystemExit, pytesseract.TesseractError) as error:
        raise DossierError(
            "To read scanned pages, Dossier needs Tesseract, and it does not run here: install it (`apt install "
            "tesseract-ocr`, `brew install tesseract`; on Windows see "
            f"https://tesseract-ocr.github.io/tessdoc/Installation.html) and see that it is in the PATH ({error})."
        ) from error
    return Engine(version, languages)


def read_picture(picture: Image, resolution: int, languages: str, seconds: float) -> Read:
    """The text on a picture of so many dots per inch, in languages like "eng+fra", within so many seconds.

    Raises TooSlow, and pytesseract.TesseractError where Tesseract ends with an error.
    """
    import pytesseract

    words = _run(
        pytesseract.image_to_data,
        picture,
        seconds,
        lang=languages,
        config=f"--psm 3 --dpi {resolution} {_ADAPTIVE}",
        output_type=pytesseract.Output.DICT,
    )
    lines: list[str] = []
    line: list[str] = []
    letters = sure = 0.0
    place = paragraph = (-1, -1)
    for text, confidence, *at in zip(
        *(words[key] for key in ("text", "conf", "block_num", "par_num", "line_num")), strict=True
    ):
        if not text.strip() or (float(confidence) < _SURE and not _LIKE_A_WORD.search(text)):
            continue
        if (at[0], at[1]) != paragraph or at[2] != place[1]:
            if line:
                lines.append(" ".join(line))
                line = []
            if lines and (at[0], at[1]) != paragraph:
                lines.append("")
            paragraph, place = (at[0], at[1]), (at[0], at[2])
        line.append(text)
        letters += len(text)
        sure += len(text) * float(confidence) / 100
    if line:
        lines.append(" ".join(line))
    return Read("\n".join(lines), sure / letters if letters else 0.0)


def script_language(picture: Image, resolution: int, engine_languages: frozenset[str], seconds: float) -> str:
    """The language to begin with, by the script that Tesseract sees; English where it sees none."""
    if _SCRIPTS_DATA not in engine_languages:
        return of_script("")
    import pytesseract

    try:
        found = _run(
            pytesseract.image_to_osd,
            picture,
            seconds,
            config=f"--psm 0 --dpi {resolution}",
            output_type=pytesseract.Output.DICT,
        )
    except pytesseract.TesseractError:  # "too few characters": a page of pictures
        return of_script("")
    return of_script(found["script"] if float(found["script_conf"]) >= _SURE_OF_SCRIPT else "")


def _run(function: Any, picture: Image, seconds: float, **options: Any) -> dict[str, Any]:
    if seconds <= 0:
        raise TooSlow(_TOO_LATE)
    # One thread: the pool of workers is the parallelism (its threads cost more than they bring).
    os.environ["OMP_THREAD_LIMIT"] = "1"
    started = time.monotonic()
    try:
        result: dict[str, Any] = function(picture, timeout=seconds, **options)
    except RuntimeError as error:
        import pytesseract

        if isinstance(error, pytesseract.TesseractError) or time.monotonic() - started < seconds:
            raise
        raise TooSlow(_TOO_LATE) from error
    return result
