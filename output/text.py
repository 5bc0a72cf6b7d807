"""Results for a person to read.

Rule: the layout may change between versions, scripts use another format. Everything that comes from a document
is cleaned (`output.plain_text`) before it is written. Matched words are marked by colour only, so that text that
is copied or piped is the text of the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TextIO

from output.plain_text import clean, clean_lines, clean_marked, display_width, pad, wrap
from output.printer import Cell, Facets, Report, Table
from output.remarks import count_line, write_remarks
from output.terminal import Look

if TYPE_CHECKING:
    from ingest.document import Document
    from searchidx.results import FacetValue, Hit, SearchResult, Snippet

_BOLD = "1"
_DIM = "2"
_MATCH = "1;31"
_PATH = "35"
_INDENT = " " * 4
#: In an explanation, what is not longer or deeper nested than this stands on one line.
_TREE_LINE = 100
_TREE_DEPTH = 3

Marks = Sequence[tuple[int, int]]


class TextPrinter:
    """Writes text to `stream`; colours, links and width as `look` says."""

    def __init__(self, stream: TextIO, notes: TextIO | None, look: Look) -> None:
        self._stream = stream
        self._notes = notes
        self._look = look

    def search(self, result: SearchResult) -> None:
        self._count(count_line(result))
        for place, hit in enumerate(result.hits):
            if place:
                self._line()
            self._hit(hit)
        if result.facets:
            self._line()
            self._facets(result.facets)
        if result.explanation is not None:
            self._line()
            self._line(self._paint("explanation", _BOLD))
            self._tree(result.explanation, "  ")
        if self._notes is self._stream and (result.warnings or result.suggestions):
            self._line()
        write_remarks(result, self._notes)

    def document(self, document: Document) -> None:
        self._wrapped(clean(document.title), "", _BOLD)
        status = document.status if not document.reason else f"{document.status}: {document.reason}"
        self._pairs(
            {
                "id": document.id,
                "path": "\n".join(map(clean, document.paths)),
                "type": document.media_type,
                "status": status,
                "published": document.published,
                "publisher": document.publisher,
                "authors": document.authors,
                "language": document.language,
                "tags": document.tags,
                "regions": document.regions,
                "mentions": document.region_mentions,
                "source": document.source_url,
                "pages": document.page_count,
                "read by": document.extraction,
                "summary": document.summary,
            }
        )
        for page in document.pages:
            label = f" ({clean(page.label)})" if page.label else ""
            self._line()
            self._line(self._paint(f"--- page {page.number}{label} ---", _DIM))
            for line in clean_lines(page.text):
                self._wrapped(line, "")

    def facets(self, facets: Facets, *, query: str = "", total: int | None = None) -> None:
        if total is not None:
            matching = f" {'matches' if total == 1 else 'match'} {clean(query)}" if query else ""
            self._count(f"{total:,} {'document' if total == 1 else 'documents'}{matching}")
        self._facets(facets)

    def report(self, report: Report) -> None:
        self._pairs(report.values)
        if report.table is not None:
            if report.values:
                self._line()
            self._table(report.table)

    def _count(self, line: str) -> None:
        """A remark above the data. Painted only where it goes to the stream whose look we know."""
        if self._notes is self._stream:
            self._line(self._paint(line, _DIM) + "\n")
        elif self._notes is not None:
            self._notes.write(line + "\n")

    # A hit

    def _hit(self, hit: Hit) -> None:
        number = f"{hit.rank}. "
        title, marks = clean_marked(hit.title, hit.title_highlights)
        after = ", ".join(clean(part) for part in (str(hit.year or ""), hit.publisher or "") if part)
        tail = (f"  ({after})" if after else "") + f"  [{hit.id}]"
        indent = " " * len(number)
        self._marked(title + clean(tail), marks, number, indent, base=(0, len(title), _BOLD))
        page = f", page {hit.page}" if hit.page is not None else ""
        path = self._link(self._paint(clean(hit.path), _PATH), hit)
        copies = len(hit.paths) - 1
        more = f" (and {copies} more {'copy' if copies == 1 else 'copies'})" if copies > 0 else ""
        if hit.status == "listed":
            self._line(f"{_INDENT}{path} [listed, not held]")
            if hit.source_url:
                self._line(f"{_INDENT}{clean(hit.source_url)}")
        else:
            status = f" [{clean(hit.status)}]" if hit.status != "ok" else ""
            self._line(f"{_INDENT}{path}{page}{more}{status}")
        for duplicate in hit.duplicates:
            self._line(f"{_INDENT}nearly the same: {clean(duplicate.path)}")
        for snippet in hit.snippets:
            self._snippet(snippet, hit.page)
        labels = [
            f"{name}: {', '.join(clean(value) for value in values)}"
            for name, values in (("tags", hit.tags), ("regions", hit.regions))
            if values
        ]
        if labels:
            self._wrapped("; ".join(labels), _INDENT, _DIM)

    def _snippet(self, snippet: Snippet, page: int | None) -> None:
        text, marks = clean_marked(snippet.text, snippet.highlights)
        # The page of the best passage stands beside the path already.
        place = f"p. {snippet.page}: " if snippet.page not in (None, page) else ""
        self._marked(text, marks, _INDENT + place, _INDENT)

    def _link(self, shown: str, hit: Hit) -> str:
        if not self._look.links:
            return shown
        import os
        from urllib.parse import quote

        address = "file://" + quote(os.fsencode(os.path.abspath(hit.path)))
        if hit.type == "pdf" and hit.page is not None:
            address += f"#page={hit.page}"
        return f"\x1b]8;;{address}\x1b\\{shown}\x1b]8;;\x1b\\"

    # Counts, values, tables

    def _facets(self, facets: Mapping[str, Sequence[FacetValue]]) -> None:
        for place, (name, values) in enumerate(facets.items()):
            if place:
                self._line()
            self._line(self._paint(clean(name), _BOLD))
            rows = list(_flattened(values, 1))
            width = max((display_width(text) for text, _ in rows), default=0)
            digits = max((len(f"{count:,}") for _, count in rows), default=0)
            for text, count in rows:
                self._line(f"{pad(text, width)}  {count:>{digits},}")
            if not rows:
                self._line("  (none)")

    def _pairs(self, values: Mapping[str, Cell]) -> None:
        shown = {clean(key): _cell(value) for key, value in values.items()}
        shown = {key: value for key, value in shown.items() if value}
        width = max((display_width(key) for key in shown), default=0)
        for key, value in shown.items():
            name = f"  {pad(key, width)}  "
            for line in value.split("\n"):
                if " " in line:
                    self._marked(clean(line), (), name, " " * (width + 4))
                else:  # paths and addresses stay whole, to be copied
                    self._line(name + clean(line))
                name = " " * (width + 4)

    def _table(self, table: Table) -> None:
        values = [tuple(row) for row in table.rows]
        rows = [[clean(_cell(value)) for value in row] for row in values]
        if table.title:
            self._line(self._paint(clean(table.title), _BOLD))
        if not rows:
            self._line("  (none)")
            return
        columns = [clean(name) for name in table.columns]
        widths = [max(map(display_width, cells)) for cells in zip(columns, *rows, strict=True)]
        if self._look.width is not None and sum(widths[:-1]) + 2 * len(widths[:-1]) > self._look.width * 0.6:
            self._stacked(columns, rows)
            return
        numeric = [all(_is_number(cell) for cell in column) for column in zip(*values, strict=True)]
        self._row(columns, widths, numeric, _DIM)
        for row in rows:
            self._row(row, widths, numeric)

    def _stacked(self, columns: list[str], rows: list[list[str]]) -> None:
        """Rows whose first cells leave the last one no room: it goes below them."""
        for style, cells in ((_DIM, columns), *(("", row) for row in rows)):
            self._line(self._paint("  ".join(cells[:-1]), style))
            self._marked(cells[-1], (), _INDENT, _INDENT, base=(0, len(cells[-1]), style))

    def _row(self, cells: list[str], widths: list[int], numeric: list[bool], style: str = "") -> None:
        """A line of a table; the last cell, which holds the longest text, is wrapped below itself."""
        start = ""
        for text, width, right in list(zip(cells, widths, numeric, strict=True))[:-1]:
            start += (" " * (width - display_width(text)) + text if right else pad(text, width)) + "  "
        last = cells[-1]
        if numeric[-1]:
            last = " " * (widths[-1] - display_width(last)) + last
            self._line(self._paint(start + last, style))
        else:
            self._marked(last, (), start, " " * display_width(start), base=(0, len(last), style))

    def _tree(self, value: Any, indent: str) -> None:
        """Nested mappings and lists, indented; what fits on one line stands on one line."""
        items: Iterable[tuple[str, Any]]
        if isinstance(value, Mapping):
            items = ((f"{clean(str(key))}:", inner) for key, inner in value.items())
        else:
            items = (("-", inner) for inner in value)
        below = indent.replace("-", " ")
        for name, inner in items:
            shown = _in_a_line(inner)
            if _depth(inner) and (display_width(shown) > _TREE_LINE or _depth(inner) > _TREE_DEPTH):
                if name == "-" and isinstance(inner, Mapping):
                    self._tree(inner, f"{indent}- ")
                else:
                    self._line(f"{indent}{name}")
                    self._tree(inner, f"{below}  ")
            else:
                self._line(f"{indent}{name} {shown}".rstrip())
            indent = below

    # Lines

    def _line(self, text: str = "") -> None:
        self._stream.write(text + "\n")

    def _paint(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self._look.color and style and text else text

    def _wrapped(self, text: str, indent: str, style: str = "") -> None:
        self._marked(text, (), indent, indent, base=(0, len(text), style))

    def _marked(
        self, text: str, marks: Marks, first: str, indent: str, base: tuple[int, int, str] = (0, 0, "")
    ) -> None:
        """Wrap a cleaned text below `first`, further lines below `indent`, and paint what is marked.

        base: a range of the text and its style where no mark lies.
        """
        width = self._look.width
        room = None if width is None else max(width - max(display_width(first), display_width(indent)), 10)
        lines = wrap(text, room)
        if not lines:
            self._line(first.rstrip())
        for place, (start, end) in enumerate(lines):
            painted = self._painted(text, start, end, marks, base)
            self._line((indent if place else first) + painted)

    def _painted(self, text: str, start: int, end: int, marks: Marks, base: tuple[int, int, str]) -> str:
        if not self._look.color:
            return text[start:end]
        cuts = {start, end, base[0], base[1], *(place for mark in marks for place in mark)}
        edges = sorted(place for place in cuts if start <= place <= end)
        painted = ""
        for left, right in pairwise(edges):
            if any(low <= left < high for low, high in marks):
                style = _MATCH
            else:
                style = base[2] if base[0] <= left < base[1] else ""
            painted += self._paint(text[left:right], style)
        return painted


def _flattened(values: Iterable[FacetValue], level: int) -> Iterable[tuple[str, int]]:
    for value in values:
        yield "  " * level + clean(value.value), value.count
        yield from _flattened(value.children, level + 1)


def _cell(value: Cell) -> str:
    """A value as people write it; "" where there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, int):
        return str(value)  # no thousands separators: it may be a year
    return value if isinstance(value, str) else ", ".join(value)


def _in_a_line(value: Any) -> str:
    """A value of an explanation without line breaks: `name value, name value`, lists within others in brackets."""
    if isinstance(value, Mapping):
        return ", ".join(f"{clean(str(key))} {_inside(inner)}" for key, inner in value.items()) or "(none)"
    if isinstance(value, list | tuple):
        return ", ".join(map(_inside, value)) or "(none)"
    return clean(_cell(value))


def _inside(value: Any) -> str:
    text = _in_a_line(value)
    return f"({text})" if _depth(value) and value and not text.startswith("(") else text


def _depth(value: Any) -> int:
    if isinstance(value, Mapping):
        value = list(value.values())
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list | tuple) else 0


def _is_number(value: Cell) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
