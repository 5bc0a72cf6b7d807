"""One printer for every command: a command hands over an object, the printer of the format writes it.

Rule: a command never formats. It calls one of the four methods of `Printer` with a result type of the library
(`SearchResult`, `Document`, facets) or with a `Report`; which format is written is decided once, by
`make_printer`. Data go to `stream`; what is said about them (how many there are, warnings, suggestions) goes
to `notes`, so that a pipe holds data only. `docs/output.md` is the contract of each format.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TextIO

from ingest.frozen import Frozen
from output.terminal import Look

if TYPE_CHECKING:
    from ingest.document import Document
    from searchidx.results import FacetValue, SearchResult

SCHEMA_VERSION = 1

#: Counts by facet name: {"region": (FacetValue, ...), "tag": ...}.
Facets = Mapping[str, "Sequence[FacetValue]"]

#: What a table cell or a value of a report may be.
Cell = str | int | float | bool | None | Sequence[str]


class Format(StrEnum):
    """The names `--format` takes."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    TREC = "trec"


class Table(Frozen):
    """Rows under named columns. name: the key of the rows in JSON; title: the line above them in text."""

    name: str
    columns: tuple[str, ...]
    rows: Iterable[Sequence[Cell]]
    title: str = ""


class Report(Frozen):
    """Named values and at most one table: a summary of an index run, tags with counts, measures, problems.

    JSON prints both in one object; JSON Lines and CSV, which hold rows, print the table if there is one and
    else the values as the one row; text prints the values and, below, the table.
    """

    values: Mapping[str, Cell]
    table: Table | None = None


class Printer(Protocol):
    """Writes what a command found. Each method raises SettingsError where its format cannot hold the thing."""

    def search(self, result: SearchResult) -> None:
        """The hits of a search with what belongs to them."""

    def document(self, document: Document) -> None:
        """A document's record and the text of the pages it carries."""

    def facets(self, facets: Facets, *, query: str = "", total: int | None = None) -> None:
        """Counts by value; children are indented or name their parent. total: documents counted."""

    def report(self, report: Report) -> None:
        """Values and a table."""


def make_printer(
    format: Format | str,
    stream: TextIO,
    *,
    notes: TextIO | None = None,
    look: Look | None = None,
    raw: bool = False,
    bom: bool = False,
    query_id: str = "1",
    run_tag: str = "dossier",
) -> Printer:
    """The printer of a format.

    stream: where data go. notes: where remarks go, None for nowhere (`--quiet`). look: colours, links and width
    of text. raw, bom: CSV without the guard against formulas, and with a byte order mark for spreadsheets.
    query_id, run_tag: first and last column of a TREC run.
    """
    match Format(format):
        case Format.TEXT:
            from output.text import TextPrinter

            return TextPrinter(stream, notes, look or Look())
        case Format.JSON:
            from output.json_format import JsonPrinter

            return JsonPrinter(stream)
        case Format.JSONL:
            from output.json_format import JsonLinesPrinter

            return JsonLinesPrinter(stream, notes)
        case Format.CSV:
            from output.csv_format import CsvPrinter

            return CsvPrinter(stream, notes, raw=raw, bom=bom)
        case Format.TREC:
            from output.trec import TrecPrinter

            return TrecPrinter(stream, notes, query_id=query_id, run_tag=run_tag)
