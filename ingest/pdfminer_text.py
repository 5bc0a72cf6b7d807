"""Reading a PDF with pdfminer.six.

Rule: slow and thorough. It lays the page out (columns side by side are read one after the other), reads XMP
metadata, and opens some files that PDFium refuses. On odd files it raises almost anything (TypeError,
ValueError, binascii.Error, RecursionError): whoever calls must expect any `Exception`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pdfminer
from pdfminer.layout import LTFigure, LTTextBox, LTTextLine
from pdfminer.pdfdocument import (
    PDFDocument,
    PDFEncryptionError,
    PDFNoOutlines,
    PDFPasswordIncorrect,
)
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFObjRef, PDFStream, dict_value, resolve1
from pdfminer.utils import decode_text

from ingest.columns import Piece, column_order
from ingest.document import OutlineEntry, Status
from ingest.opening import open_regular
from ingest.pdf_reader import MAX_OUTLINE_DEPTH, MAX_OUTLINE_ENTRIES, CannotOpen, PageContent, PageText, SizedLine
from ingest.pdf_xmp import MAX_BYTES

# pdfminer warns about every oddity of a font on the console; what matters is told by the status.
logging.getLogger("pdfminer").setLevel(logging.CRITICAL)

#: References to references that are followed; there should be none, and a circle of them has no end.
_MOST_REFERENCES = 20
_resolve_once = PDFObjRef.resolve


def _resolve(reference: PDFObjRef, default: object = None) -> Any:
    """What `PDFObjRef.resolve` gives, but never another reference: pdfminer goes on until it has a value."""
    for _ in range(_MOST_REFERENCES):
        value = _resolve_once(reference, default)
        if not isinstance(value, PDFObjRef):
            return value
        reference = value
    return default


PDFObjRef.resolve = _resolve  # type: ignore[method-assign, assignment]  # there is no other place to do it


class PdfminerFile:
    """An open PDF, read by pdfminer.six; see `ingest.pdf_reader.PdfReader`."""

    engine = f"pdfminer.six {pdfminer.__version__}"

    def __init__(self, path: Path, passwords: Sequence[str], max_pages: int) -> None:
        """Open `path` with no password, then with each given one; pages are looked at only when asked for.

        Raises CannotOpen (ENCRYPTED where a password is missing, CORRUPT otherwise), OSError.
        """
        self._file = open_regular(path)
        self._max_pages = max_pages
        self._pages: list[PDFPage] | None = None
        self._interpreter: Any = None
        self._device: Any = None
        try:
            self._document = self._open(passwords)
        except BaseException:
            self._file.close()
            raise

    def _open(self, passwords: Sequence[str]) -> PDFDocument:
        for password in ("", *passwords):
            try:
                self._file.seek(0)
                return PDFDocument(PDFParser(self._file), password)
            except PDFPasswordIncorrect:
                continue
            except PDFEncryptionError as error:
                why = "it is protected by a scheme that cannot be opened here"
                raise CannotOpen(Status.ENCRYPTED, why) from error
            except MemoryError:
                raise
            except Exception as error:
                raise CannotOpen(Status.CORRUPT, "its structure cannot be read as a PDF") from error
        raise CannotOpen(Status.ENCRYPTED, "it needs a password to open")

    def _page(self, number: int) -> PDFPage:
        return self._all_pages()[number - 1]

    def _all_pages(self) -> list[PDFPage]:
        if self._pages is None:
            # One more than the limit shows that there are too many, without walking a hostile page tree.
            self._pages = list(islice(PDFPage.create_pages(self._document), self._max_pages + 1))
        return self._pages

    @property
    def page_count(self) -> int:
        """The number of pages found in the page tree, at most one more than the limit."""
        return len(self._all_pages())

    def _layout(self, number: int) -> Any:
        if self._interpreter is None:
            from pdfminer.converter import PDFPageAggregator
            from pdfminer.layout import LAParams
            from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager

            resources = PDFResourceManager()
            # all_texts: text inside form XObjects (stamps, whole pages placed as a figure) is text too.
            self._device = PDFPageAggregator(resources, laparams=LAParams(all_texts=True))
            self._interpreter = PDFPageInterpreter(resources, self._device)
        self._interpreter.process_page(self._page(number))
        return self._device.get_result()

    def page_text(self, number: int) -> PageText:
        """The text of page `number`, with an empty line between its text boxes; columns one after the other."""
        boxes = list(_boxes(self._layout(number)))
        lines = [line for box in boxes for line in box if isinstance(line, LTTextLine)]
        order = column_order([Piece(line.x0, line.y0, line.x1, line.y1) for line in lines])
        if order is not None:  # lines set far apart are boxes of their own, put in rows by the layout analysis
            return PageText("".join(lines[index].get_text() for index in order))
        return PageText("\n".join(box.get_text() for box in boxes))

    def page_label(self, number: int) -> str | None:
        """The label of page `number`, None where the file gives none."""
        return self._page(number).label or None

    def page_content(self, number: int) -> PageContent:
        """What page `number` shows, guessed from its resources."""
        page = self._page(number)
        resources = dict_value(page.resources)
        fonts, forms = (bool(resolve1(resources.get(kind))) for kind in ("Font", "XObject"))
        return PageContent(text=fonts, picture=forms and not fonts, anything=bool(page.contents or page.annots))

    def outline(self) -> tuple[OutlineEntry, ...]:
        """The bookmarks; one without a target inside the file has no page."""
        numbers = {page.pageid: number for number, page in enumerate(self._all_pages(), start=1)}
        entries: list[OutlineEntry] = []
        try:
            for level, written, target, action, _ in self._document.get_outlines():
                title = " ".join(str(written).split())
                if title and level <= MAX_OUTLINE_DEPTH:
                    entries.append(OutlineEntry(max(level, 1), title, numbers.get(self._target(target, action))))
                if len(entries) >= MAX_OUTLINE_ENTRIES:
                    break
        except PDFNoOutlines:
            pass
        return tuple(entries)

    def _target(self, target: Any, action: Any) -> Any:
        """The object id of the page that a destination or an action leads to, None where there is none."""
        if target is None:
            action = resolve1(action)
            target = action.get("D") if isinstance(action, dict) else None
        target = resolve1(target)
        try:
            if isinstance(target, bytes) or hasattr(target, "name"):
                name = target if isinstance(target, bytes) else target.name
                target = resolve1(self._document.get_dest(name))
        except Exception:  # a name that leads nowhere
            return None
        if isinstance(target, dict):
            target = resolve1(target.get("D"))
        first = target[0] if isinstance(target, list) and target else None
        return first.objid if isinstance(first, PDFObjRef) else None

    def info(self) -> dict[str, str]:
        """The document information dictionary."""
        found: dict[str, str] = {}
        for dictionary in self._document.info:
            for key, written in dictionary.items():
                value = resolve1(written)
                text = decode_text(value) if isinstance(value, bytes) else str(value)
                if text.strip():
                    found.setdefault(key, text)
        return found

    def xmp(self) -> bytes:
        """The XMP packet of the document's catalog (ISO 32000-1, 14.3.2), empty where there is none."""
        stream = resolve1(self._document.catalog.get("Metadata"))
        data = stream.get_data() if isinstance(stream, PDFStream) else b""
        return bytes(data) if len(data) <= MAX_BYTES else b""

    def first_page_lines(self) -> list[SizedLine]:
        """The lines of page 1 with the height of their letters."""
        lines: list[SizedLine] = []
        for box in _boxes(self._layout(1)):
            for line in box:
                if isinstance(line, LTTextLine) and line.get_text().strip():
                    lines.append(SizedLine(line.get_text().strip(), round(line.height, 1)))
        return lines

    def close(self) -> None:
        """Release the file."""
        self._file.close()


def _boxes(container: Any) -> Iterator[Any]:
    """The text boxes of a laid-out page, in reading order, those inside figures too."""
    for item in container:
        if isinstance(item, LTTextBox):
            yield item
        elif isinstance(item, LTFigure):
            yield from _boxes(item)
