"""JSON and JSON Lines.

Rule: the bytes are UTF-8 and can be shown anywhere. Characters that could steer a terminal or that some readers
take for a line end are escaped, and so are the lone surrogates that stand for the odd bytes of a file name:
`json.loads` gives back the exact string, and Python's `os.fsencode` the exact path. JSON is an object that
carries "schema_version"; JSON Lines is one object a line without an envelope.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TextIO

from output.printer import SCHEMA_VERSION, Facets, Report
from output.records import document_record, facet_rows, facets_record, hit_record, number, search_record
from output.remarks import count_line, write_remarks

if TYPE_CHECKING:
    from ingest.document import Document
    from searchidx.results import SearchResult

_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def encode(value: Any) -> str:
    """A value as JSON on one line."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=str)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def write_object(record: Mapping[str, Any], stream: TextIO) -> None:
    """An object with a key a line, and lists of objects with an object a line: short to read, quick to compare."""
    fields = []
    for key, value in record.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            items = ",\n  ".join(encode(item) for item in value)
            fields.append(f" {encode(key)}: [\n  {items}\n ]")
        else:
            fields.append(f" {encode(key)}: {encode(value)}")
    stream.write("{\n" + ",\n".join(fields) + "\n}\n")


def _value(value: Any) -> Any:
    return number(value) if isinstance(value, float) else value


def _rows(report: Report) -> Iterable[dict[str, Any]]:
    if report.table is None:
        return [{key: _value(value) for key, value in report.values.items()}]
    columns = report.table.columns
    return (dict(zip(columns, map(_value, row), strict=True)) for row in report.table.rows)


class JsonPrinter:
    """One object for everything."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def search(self, result: SearchResult) -> None:
        self._write(search_record(result))

    def document(self, document: Document) -> None:
        self._write(document_record(document))

    def facets(self, facets: Facets, *, query: str = "", total: int | None = None) -> None:
        self._write({"query": query, "total": total, "facets": facets_record(facets)})

    def report(self, report: Report) -> None:
        record = {key: _value(value) for key, value in report.values.items()}
        if report.table is not None:
            record[report.table.name] = list(_rows(report))
        self._write(record)

    def _write(self, record: Mapping[str, Any]) -> None:
        write_object({"schema_version": SCHEMA_VERSION, **record}, self._stream)


class JsonLinesPrinter:
    """A hit, a document, a facet value or a row per line."""

    def __init__(self, stream: TextIO, notes: TextIO | None) -> None:
        self._stream = stream
        self._notes = notes

    def search(self, result: SearchResult) -> None:
        if self._notes is not None:
            self._notes.write(count_line(result) + "\n")
        self._write(hit_record(hit) for hit in result.hits)
        write_remarks(result, self._notes)

    def document(self, document: Document) -> None:
        self._write([document_record(document)])

    def facets(self, facets: Facets, *, query: str = "", total: int | None = None) -> None:
        self._write(facet_rows(facets))

    def report(self, report: Report) -> None:
        self._write(_rows(report))

    def _write(self, records: Iterable[Mapping[str, Any]]) -> None:
        for record in records:
            self._stream.write(encode(record) + "\n")
