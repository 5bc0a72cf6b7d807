"""CSV as RFC 4180 has it, safe to open in a spreadsheet.

Rule: a header line, then rows that end in CRLF; a cell with a comma, a quote or a line end is quoted, quotes
are doubled. Text that a spreadsheet would run as a formula gets an apostrophe before it (`raw` leaves it as it
is); numbers stay numbers. That holds within a text too, behind what a spreadsheet may take for the end of a cell
or row: where the comma is the decimal sign, it splits at semicolons, whatever is quoted. Lists are joined by "; ".
Control characters, which no spreadsheet reads, go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TextIO

from output.printer import Facets, Report
from output.records import FACET_COLUMNS, HIT_COLUMNS, document_record, facet_rows, hit_row, number
from output.remarks import count_line, write_remarks

if TYPE_CHECKING:
    from ingest.document import Document
    from searchidx.results import SearchResult

_DOCUMENT_COLUMNS = (
    "id",
    "title",
    "paths",
    "type",
    "status",
    "reason",
    "summary",
    "publisher",
    "authors",
    "published",
    "language",
    "tags",
    "regions",
    "source_url",
    "page_count",
    "page",
    "label",
    "text",
)

# The signs are those OWASP names in "CSV Injection", the full-width forms included, and the bar of DDE. Blanks,
# quotes and what cannot be seen may stand before them.
_BLANK = "[\\s'\"\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]*"
_SIGN = "[=+\\-@|＝＋－＠｜﹢﹣﹦﹫]"
_FORMULA = re.compile(f"{_BLANK}{_SIGN}|[\t\r\n]")
_CELL_END = re.compile(f"([;\t\r\n]{_BLANK})({_SIGN})?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_QUOTED = re.compile('[,"\r\n]')
_SURROGATE = re.compile("[\ud800-\udfff]")


def cell(value: Any, *, raw: bool = False) -> str:
    """A value as the text between two commas.

    None is empty, True and False are yes and no, a list is its members joined by "; ". With raw=True text is
    only quoted, not changed; a lone surrogate becomes U+FFFD either way, as UTF-8 has no place for it.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        rounded = number(value) if isinstance(value, float) else value
        return "" if rounded is None else str(rounded)
    members = [value] if isinstance(value, str) else [str(member) for member in value]
    if not raw:
        members = [_guarded(member) for member in members]
    text = _SURROGATE.sub("\ufffd", "; ".join(members))
    if _QUOTED.search(text) or text != text.strip(" "):
        return '"' + text.replace('"', '""') + '"'
    return text


def _guarded(text: str) -> str:
    text = _CELL_END.sub(lambda end: end[0] if end[2] is None else f"{end[1]}'{end[2]}", _CONTROL.sub("", text))
    return f"'{text}" if _FORMULA.match(text) else text


def csv_line(values: Iterable[Any], *, raw: bool = False) -> str:
    """A row with its CRLF. A row of one empty cell is written as "" so that it does not look like no row."""
    line = ",".join(cell(value, raw=raw) for value in values)
    return (line or '""') + "\r\n"


class CsvPrinter:
    """A table for everything: hits, pages of a document, facet values, rows of a report."""

    def __init__(self, stream: TextIO, notes: TextIO | None, *, raw: bool = False, bom: bool = False) -> None:
        self._stream = stream
        self._notes = notes
        self._raw = raw
        self._bom = bom

    def search(self, result: SearchResult) -> None:
        if self._notes is not None:
            self._notes.write(count_line(result) + "\n")
        self._write(HIT_COLUMNS, (hit_row(hit) for hit in result.hits))
        write_remarks(result, self._notes)

    def document(self, document: Document) -> None:
        record = document_record(document)
        pages = [{"page": page.number, "label": page.label, "text": page.text} for page in document.pages]
        self._write(_DOCUMENT_COLUMNS, ({**record, **page} for page in pages or [{}]))

    def facets(self, facets: Facets, *, query: str = "", total: int | None = None) -> None:
        self._write(FACET_COLUMNS, facet_rows(facets))

    def report(self, report: Report) -> None:
        if report.table is None:
            self._write(tuple(report.values), [report.values])
        else:
            columns = report.table.columns
            self._write(columns, (dict(zip(columns, row, strict=True)) for row in report.table.rows))

    def _write(self, columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> None:
        if self._bom:
            self._stream.write("\ufeff")
        self._stream.write(csv_line(columns, raw=self._raw))
        for row in rows:
            self._stream.write(csv_line((row.get(column) for column in columns), raw=self._raw))
