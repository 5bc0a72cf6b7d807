"""Reading a PDF with PDFium (through pypdfium2).

Rule: fast and plain. Text is asked for by `FPDFText_GetText`, which keeps line ends; the "bounded" variant
drops some of them and glues words together. PDFium works in the order in which a page paints its text.
The raw C functions are used where the helper objects would cost a Python object per character.
Reading in what a page paints is most of the work, so the page that was asked for last stays open, and so does the
first one, of which more than the text is asked.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as pdfium
from pypdfium2.version import PYPDFIUM_INFO

from ingest.columns import MAX_PIECES, Box, column_order
from ingest.document import OutlineEntry, Status
from ingest.pdf_reader import MAX_OUTLINE_DEPTH, MAX_OUTLINE_ENTRIES, CannotOpen, PageContent, PageText, SizedLine

if TYPE_CHECKING:
    from PIL.Image import Image

_INFO_KEYS = ("Title", "Author", "Subject", "Keywords", "CreationDate", "ModDate", "Creator", "Producer")
#: Characters of page 1 that are measured when a title is looked for.
_MEASURED_CHARACTERS = 2_500
_OBJECT_DEPTH = 4
_PICTURE_SHARE = 0.3  # of the page is covered by images
_OUTLINED_SHAPES = 100


#: FPDFText_GetRect, but for addresses as numbers.
_GET_RECT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, *[ctypes.c_void_p] * 4)(
    ctypes.cast(pdfium.FPDFText_GetRect, ctypes.c_void_p).value or 0
)


class PdfiumFile:
    """An open PDF, read by PDFium; see `ingest.pdf_reader.PdfReader`."""

    engine = f"pdfium {PYPDFIUM_INFO.version}"

    def __init__(self, path: Path, passwords: Sequence[str]) -> None:
        """Open `path` with no password, then with each given one.

        Raises CannotOpen (ENCRYPTED where a password is missing, CORRUPT otherwise).
        """
        self._document = _open(path, passwords)
        self._first: Any = None
        self._last: Any = None
        self._last_number = 0
        self.page_count: int = len(self._document)

    def _page(self, number: int) -> Any:
        """Page `number`, open until another one is asked for."""
        if number == 1:
            self._first = self._first or self._document[0]
            return self._first
        if number != self._last_number:
            if self._last is not None:
                self._last.close()
            self._last, self._last_number = None, 0
            self._last = self._document[number - 1]
            self._last_number = number
        return self._last

    def page_text(self, number: int) -> PageText:
        """The raw text of page `number`; U+FFFE marks a hyphen at a line's end."""
        text_page = self._page(number).get_textpage()
        try:
            text = text_page.get_text_range(errors="replace")
            boxes = _boxes(text_page)
        finally:
            text_page.close()
        return PageText(text, column_order(boxes) is not None)

    def page_label(self, number: int) -> str | None:
        """The label of page `number`, None where the file gives none."""
        return self._document.get_page_label(number - 1) or None

    def page_content(self, number: int) -> PageContent:
        """What page `number` shows, found by the kinds of objects it paints."""
        page = self._page(number)
        width, height = page.get_size()
        covered, shapes = 0.0, 0
        text = anything = False
        for item in page.get_objects(max_depth=_OBJECT_DEPTH):
            anything = True
            text = text or item.type == pdfium.FPDF_PAGEOBJ_TEXT
            shapes += item.type == pdfium.FPDF_PAGEOBJ_PATH
            if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
                left, bottom, right, top = item.get_bounds()
                covered += (right - left) * (top - bottom)
        anything = anything or pdfium.FPDFPage_GetAnnotCount(page) > 0
        return PageContent(
            text, covered >= _PICTURE_SHARE * width * height or shapes >= _OUTLINED_SHAPES, anything
        )

    def outline(self) -> tuple[OutlineEntry, ...]:
        """The bookmarks; one without a target inside the file has no page."""
        entries: list[OutlineEntry] = []
        for mark in self._document.get_toc(max_depth=MAX_OUTLINE_DEPTH):
            target = mark.get_dest()
            index = target.get_index() if target else None
            title = " ".join(mark.get_title().split())
            if title:
                entries.append(OutlineEntry(mark.level + 1, title, None if index is None else index + 1))
            if len(entries) >= MAX_OUTLINE_ENTRIES:
                break
        return tuple(entries)

    def info(self) -> dict[str, str]:
        """The document information dictionary."""
        found = {key: self._document.get_metadata_value(key) for key in _INFO_KEYS}
        return {key: value for key, value in found.items() if value}

    def first_page_lines(self) -> list[SizedLine]:
        """The lines of page 1 with the height of their letters.

        The height is that of the font's box on the page, because the nominal size (often 1, scaled by the text
        matrix) says nothing.
        """
        text_page = self._page(1).get_textpage()
        try:
            return _sized_lines(text_page)
        finally:
            text_page.close()

    def page_picture(self, number: int, coarsest: int, finest: int, most_dots: int) -> tuple[Image, int]:
        """Page `number` drawn in shades of grey, and at how many dots per inch: as many as the pictures on it
        have, within these bounds, and fewer where the page would have more than `most_dots`."""
        page = self._document[number - 1]
        try:
            width, height = (size / 72 for size in page.get_size())  # inches
            resolution = min(max(_resolution(page), coarsest), finest)
            resolution = max(1, min(resolution, int((most_dots / max(width * height, 0.01)) ** 0.5)))
            bitmap = page.render(scale=resolution / 72, grayscale=True)
            return bitmap.to_pil(), resolution
        finally:
            page.close()

    def close(self) -> None:
        """Release the file."""
        self._document.close()


def _open(path: Path, passwords: Sequence[str]) -> Any:
    code = None
    for password in (None, "", *passwords):
        try:
            return pypdfium2.PdfDocument(path, password=password)
        except pypdfium2.PdfiumError as error:
            code = error.err_code
            if code != pdfium.FPDF_ERR_PASSWORD:
                break
    if code == pdfium.FPDF_ERR_PASSWORD:
        raise CannotOpen(Status.ENCRYPTED, "it needs a password to open")
    if code == pdfium.FPDF_ERR_SECURITY:
        raise CannotOpen(Status.ENCRYPTED, "it is protected by a scheme that cannot be opened here")
    raise CannotOpen(Status.CORRUPT, "its structure cannot be read as a PDF")


def _resolution(page: Any) -> int:
    """Dots per inch of the finest picture on a page; 0 where there is none."""
    finest = 0.0
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=_OBJECT_DEPTH):
        left, _, right, _ = item.get_bounds()
        if right - left > 72:  # an inch: a smaller one is an ornament
            finest = max(finest, item.get_px_size()[0] / (right - left) * 72)
    return round(finest)


def _boxes(text_page: Any) -> list[Box]:
    """The boxes of the page's text as of `Piece`, in paint order; none where they are too many to be a page to
    read."""
    total = pdfium.FPDFText_CountRects(text_page, 0, -1)
    if not 0 < total <= MAX_PIECES:
        return []
    numbers = (ctypes.c_double * (4 * total))()  # written in place: an object for each of them would take longer
    start = ctypes.addressof(numbers)
    left, bottom, right, top = (range(start + place, start + place + 32 * total, 32) for place in (0, 8, 16, 24))
    page = ctypes.cast(text_page.raw, ctypes.c_void_p).value
    read = all(list(map(_GET_RECT, [page] * total, range(total), left, top, right, bottom)))
    return list(zip(*[iter(numbers)] * 4, strict=True)) if read else []


def _sized_lines(text_page: Any) -> list[SizedLine]:
    lines: list[SizedLine] = []
    letters: list[str] = []
    sizes: list[float] = []
    box = pdfium.FS_RECTF()
    place, page, measure = ctypes.byref(box), text_page.raw, pdfium.FPDFText_GetLooseCharBox
    total = min(text_page.count_chars(), _MEASURED_CHARACTERS)
    codes = [*map(pdfium.FPDFText_GetUnicode, [page] * total, range(total)), 10]
    for index, code in enumerate(codes):
        if code not in (10, 13):
            letters.append(chr(code) if code < 0x110000 else "\ufffd")
            if code > 32 and measure(page, index, place):
                sizes.append(abs(box.top - box.bottom))
        elif letters:
            if sizes:
                lines.append(SizedLine("".join(letters).strip(), round(median(sizes), 1)))
            letters, sizes = [], []
    return lines
