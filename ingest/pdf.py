"""PDF -> pages and claims.

Rule: `extract_pdf` never raises for a bad file; it says what is wrong in one sentence. With the engine `auto`,
PDFium reads the text (it is some forty times faster) and pdfminer.six what it alone reads: files that PDFium
refuses, XMP metadata that `pdf_xmp` does not find, and pages whose text from PDFium is suspicious (see
`page_choice`). A file is opened without a password first, so one that only restricts printing or copying is read
like any other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, TypeVar

from ingest.document import Claim, Extraction, Page, Source, Status
from ingest.opening import open_regular
from ingest.page_choice import is_better, is_suspicious
from ingest.pagetext import clean_pages
from ingest.pdf_metadata import metadata_claims
from ingest.pdf_reader import CannotOpen, PageContent, PageText, PdfReader
from ingest.pdf_title import largest_text
from ingest.pdf_xmp import catalog_xmp
from ingest.textquality import text_quality

MEDIA_TYPE = "application/pdf"
Engine = Literal["auto", "pdfminer", "pdfium"]
#: The header must start within this many bytes (ISO 32000-1, annex H, 3.4.1).
_HEADER_WITHIN = 1024
#: pdfminer is slow: it is asked about this many pages of a file at most, about no more once it was of no use for
#: the first few (of 800 files it was of use for some page of 12, and for the first or second asked of each), and
#: never about a page of more characters than people read on one.
_MAX_ASKED = 100
_GIVE_UP_AFTER = 4
_MAX_CHARACTERS = 12_000
#: Stands in the warning that names the pages that are pictures.
PICTURES = "are pictures without a text layer"

T = TypeVar("T")
D = TypeVar("D")


def extract_pdf(
    path: Path, *, engine: Engine = "auto", max_pages: int = 10_000, passwords: Sequence[str] = ()
) -> Extraction:
    """Read the PDF at `path`: its pages' text, labels, outline, and what it says about itself.

    engine: "auto" as the module says, or one engine for everything. max_pages: a file with more is not read.
    passwords: tried in order where the file asks for one. Returns an `Extraction` whose status tells how it
    went; raises nothing for a bad file. A crash inside an engine's native code is for the calling process to
    survive (run this in a worker).
    """
    try:
        return _extract(path, engine, max_pages, passwords)
    except OSError as error:
        return _refused(Status.UNREADABLE, f"The file cannot be read ({error.strerror or error}).")
    except MemoryError:
        return _refused(Status.OUT_OF_MEMORY, "Reading the file needs more memory than is allowed.")


def _extract(path: Path, engine: Engine, max_pages: int, passwords: Sequence[str]) -> Extraction:
    complete = _check_bytes(path)
    if isinstance(complete, Extraction):
        return complete
    try:
        reader = _open(path, engine, passwords, max_pages)
    except CannotOpen as refusal:
        return _refused(refusal.status, f"The file cannot be opened: {refusal.why}{_advice(refusal.status)}.")
    try:
        reading = _Reading(path, reader, engine, complete=complete, passwords=passwords, max_pages=max_pages)
        return reading.extraction()
    finally:
        reader.close()


def _check_bytes(path: Path) -> Extraction | bool:
    """Whether the file has its end marker, or the extraction that says why it is no PDF at all."""
    with open_regular(path) as file:
        head = file.read(_HEADER_WITHIN)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 2 * _HEADER_WITHIN))
        tail = file.read()
    if not size:
        return _refused(Status.CORRUPT, "The file has no content (0 bytes); fetch it again.")
    if b"%PDF-" not in head and b"%%EOF" not in tail:
        return _refused(Status.CORRUPT, "The file is not a PDF: neither its start nor its end is that of one.")
    return b"%%EOF" in tail


def _open(path: Path, engine: Engine, passwords: Sequence[str], max_pages: int) -> PdfReader:
    if engine == "pdfminer":
        return _open_pdfminer(path, passwords, max_pages)
    from ingest.pdfium_text import PdfiumFile

    try:
        return PdfiumFile(path, passwords)
    except CannotOpen as refusal:
        if engine == "pdfium":
            raise
        try:
            return _open_pdfminer(path, passwords, max_pages)
        except CannotOpen as second:
            # pdfminer knows more encryption schemes: what it says about a missing password counts.
            raise (second if second.status is Status.ENCRYPTED else refusal) from None


def _open_pdfminer(path: Path, passwords: Sequence[str], max_pages: int) -> PdfReader:
    from ingest.pdfminer_text import PdfminerFile

    reader = PdfminerFile(path, passwords, max_pages)
    try:
        found = reader.page_count
    except MemoryError:
        raise
    except Exception as error:
        reader.close()
        raise CannotOpen(Status.CORRUPT, "its page tree cannot be read") from error
    if not found:
        reader.close()
        raise CannotOpen(Status.CORRUPT, "it has no pages")
    return reader


class _Reading:
    """One file being read: the open reader, what was found, and what went wrong."""

    def __init__(
        self,
        path: Path,
        reader: PdfReader,
        engine: Engine,
        *,
        complete: bool,
        passwords: Sequence[str],
        max_pages: int,
    ) -> None:
        self._path, self._reader, self._engine = path, reader, engine
        self._passwords, self._max_pages, self._complete = passwords, max_pages, complete
        self._second: PdfReader | None = None
        self._second_failed = False
        self._asked = 0
        self._read_again: list[int] = []
        self._failed: list[int] = []
        self._contents: dict[int, PageContent] = {}

    def extraction(self) -> Extraction:
        """Read everything; see `extract_pdf`."""
        count = self._reader.page_count
        if count > self._max_pages:
            reason = f"The file has more than {self._max_pages} pages; split it, or raise the limit on pages."
            return _refused(Status.TOO_MANY_PAGES, reason)
        try:
            raw = [self._text(number) for number in range(1, count + 1)]
            pages = self._pages(raw)
            status, reason, warnings = self._status(pages)
            return Extraction(
                status=status,
                reason=reason,
                media_type=MEDIA_TYPE,
                pages=pages,
                claims=tuple(self._claims(pages[0].text)),
                outline=attempt(self._reader.outline, ()),
                engine=self._engine_name(),
                warnings=warnings,
            )
        finally:
            if self._second is not None:
                self._second.close()

    def _text(self, number: int) -> str:
        """The raw text of a page by the engine that reads it better; a page that fails is noted."""
        page = attempt(lambda: self._reader.page_text(number), None)
        if self._engine == "auto" and self._may_ask() and self._is_doubtful(page, number):
            self._asked += 1
            second = self._pdfminer()
            other = attempt(lambda: second.page_text(number), None) if second is not None else None
            if other is not None and is_better(other, page or PageText("")):
                self._read_again.append(number)
                page = other
        if page is None:
            self._failed.append(number)
            return ""
        if not page.text.strip():
            self._content(number)  # will be asked for, and is quick while the page is open
        return page.text

    def _may_ask(self) -> bool:
        """Whether reading pages again by pdfminer still promises anything."""
        return self._asked < (_MAX_ASKED if self._read_again else _GIVE_UP_AFTER)

    def _is_doubtful(self, page: PageText | None, number: int) -> bool:
        if page is None:
            return True
        if len(page.text) > _MAX_CHARACTERS:
            return False
        if is_suspicious(page):
            return True
        return not page.text.strip() and self._content(number).text

    def _pdfminer(self) -> PdfReader | None:
        """The same file opened by pdfminer, None where it cannot or is what reads already."""
        if self._second is None and not self._second_failed:
            from ingest.pdfminer_text import PdfminerFile

            same = isinstance(self._reader, PdfminerFile)
            opened = None if same else attempt(self._open_second, None)
            self._second, self._second_failed = opened, opened is None
        return self._second

    def _open_second(self) -> PdfReader:
        from ingest.pdfminer_text import PdfminerFile

        return PdfminerFile(self._path, self._passwords, self._max_pages)

    def _pages(self, raw: list[str]) -> tuple[Page, ...]:
        numbered = enumerate(zip(raw, clean_pages(raw), strict=True), start=1)
        return tuple(
            Page(number, text, label=self._label(number), quality=text_quality(before))
            for number, (before, text) in numbered
        )

    def _label(self, number: int) -> str | None:
        return attempt(lambda: self._reader.page_label(number), None)

    def _content(self, number: int) -> PageContent:
        if number not in self._contents:
            unknown = PageContent(True, True, True)
            self._contents[number] = attempt(lambda: self._reader.page_content(number), unknown)
        return self._contents[number]

    def _status(self, pages: tuple[Page, ...]) -> tuple[Status, str, tuple[str, ...]]:
        """Status, reason and warnings from what the pages hold."""
        total = len(pages)
        without = [page.number for page in pages if not page.text and page.number not in self._failed]
        content = {number: self._content(number) for number in without}
        pictures = [number for number in without if content[number].picture]
        if len(self._failed) == total:
            return Status.CORRUPT, f"None of the {total} page(s) can be read; fetch the file again.", ()
        warnings: tuple[str, ...] = ()
        if pictures and len(pictures) < total:
            warnings = (
                f"Page(s) {ranges(pictures)} of {total} {PICTURES} and cannot be searched; `dossier index --ocr` "
                "reads them, `ocrmypdf --skip-text IN.pdf OUT.pdf` adds a text layer.",
            )
        if self._failed:
            return Status.PARTIAL, f"Page(s) {ranges(self._failed)} of {total} cannot be read.", warnings
        if not self._complete:
            readable = f"of {total} page(s) found {total - len(without)} have text"
            return Status.PARTIAL, f"The end of the file is missing ({readable}); fetch it again.", warnings
        if len(without) < total:
            return Status.OK, "", warnings
        if any(found.picture or found.text for found in content.values()):
            reason = (
                f"None of the {total} page(s) has readable text; `dossier index --ocr` reads them, "
                "`ocrmypdf IN.pdf OUT.pdf` adds a text layer."
            )
            return Status.IMAGE_ONLY, reason, ()
        if any(found.anything for found in content.values()):
            reason = f"The {total} page(s) hold drawings, form fields or notes, but no text."
            return Status.EMPTY, reason, ()
        return Status.EMPTY, f"The {total} page(s) are blank.", ()

    def _claims(self, first_page: str) -> list[Claim]:
        info: dict[str, str] = attempt(self._reader.info, {})
        xmp = b"" if self._engine == "pdfium" else self._xmp()
        claims = metadata_claims(info, xmp, self._path.stem, first_page)
        if not any(claim.field == "title" for claim in claims) and first_page:
            title = largest_text(attempt(self._reader.first_page_lines, []))
            if title:
                claims.append(Claim("title", title, Source.DETECTED))
        return claims

    def _xmp(self) -> bytes:
        """The XMP packet; pdfminer, slow to open a file, is asked only where the quick way does not tell."""
        packet = attempt(lambda: catalog_xmp(self._path), None)
        if packet is not None:
            return packet
        from ingest.pdfminer_text import PdfminerFile

        reader = self._reader if isinstance(self._reader, PdfminerFile) else self._pdfminer()
        return attempt(reader.xmp, b"") if isinstance(reader, PdfminerFile) else b""

    def _engine_name(self) -> str:
        if self._read_again and self._second is not None:
            return f"{self._reader.engine}, {self._second.engine} (page(s) {ranges(self._read_again)})"
        return self._reader.engine


def attempt(read: Callable[[], T], otherwise: D) -> T | D:
    """What `read` returns, or `otherwise` where the engine fails on a damaged part of the file.

    Both engines raise almost any exception on odd files; running out of memory is not swallowed.
    """
    try:
        return read()
    except MemoryError:
        raise
    except Exception:
        return otherwise


def ranges(numbers: Sequence[int], most: int = 8) -> str:
    """'1-3, 7' from [1, 2, 3, 7]; after `most` ranges '...' stands for the rest."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    written = [str(first) if first == last else f"{first}-{last}" for first, last in spans[:most]]
    return ", ".join([*written, "..."] if len(spans) > most else written)


def _advice(status: Status) -> str:
    return "; save a copy without a password" if status is Status.ENCRYPTED else "; fetch it again"


def _refused(status: Status, reason: str) -> Extraction:
    return Extraction(status=status, reason=reason, media_type=MEDIA_TYPE)
