"""The answers of a batch as rows: a row per document found, or a row per query.

Rule: every query of the list is in the output. One without results has one row with total 0 and no document, one
with an error a row with the error. The columns are the same for all rows of a file: ours, then the list's own,
which get `input_` before their name where it is one of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from ingest.errors import SettingsError
from output.csv_format import csv_line
from output.json_format import encode
from output.printer import Format
from output.records import HIT_COLUMNS, hit_row, number
from output.trec import trec_lines
from searchidx.batch import BatchAnswer
from searchidx.batch_queries import BatchQuery

HIT_ROW_COLUMNS = ("query_id", "query", *HIT_COLUMNS, "total", "warnings", "error")
SUMMARY_COLUMNS = ("query_id", "query", "total", "took_ms", "zero", "warnings", "error")


@dataclass(slots=True)
class BatchTotals:
    """How a batch went. without_results and errors: (query id, query) and (query id, what is wrong)."""

    queries: int = 0
    found: int = 0
    without_results: list[tuple[str, str]] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)

    def add(self, query: BatchQuery, total: int | None, error: str | None) -> None:
        """Count one query: total is None where there is an error."""
        self.queries += 1
        if error is not None:
            self.errors.append((query.id, error))
        elif total:
            self.found += 1
        else:
            self.without_results.append((query.id, query.query))


class BatchEncoder(Protocol):
    """A batch format: the bytes before the first answer, and those of each answer."""

    def header(self) -> bytes: ...

    def encode(self, answer: BatchAnswer) -> bytes: ...


def batch_encoder(
    format: Format | str,
    queries: Sequence[BatchQuery],
    *,
    summary: bool = False,
    raw: bool = False,
    bom: bool = False,
    run_tag: str = "dossier",
) -> BatchEncoder:
    """The encoder of a format (csv, jsonl or trec). queries: the whole list, whose columns the rows carry.

    summary: a row per query in place of a row per document. raw, bom: as for `make_printer`.
    Raises SettingsError for a format that cannot hold a batch.
    """
    chosen = Format(format)
    if chosen is Format.TREC and not summary:
        return _TrecRows(run_tag)
    if chosen not in (Format.CSV, Format.JSONL):
        what = "a summary of a batch" if summary else "the rows of a batch"
        raise SettingsError(f"--format {chosen} cannot hold {what}: use csv or jsonl.")
    own = SUMMARY_COLUMNS if summary else HIT_ROW_COLUMNS
    rows = _Rows(own, _carried(queries, own), summary)
    return _CsvRows(rows, raw, bom) if chosen is Format.CSV else _JsonRows(rows)


def hit_rows(answer: BatchAnswer) -> Iterator[dict[str, Any]]:
    """A row per document, with HIT_ROW_COLUMNS."""
    row = dict.fromkeys(HIT_ROW_COLUMNS)
    row |= {"query_id": answer.query.id, "query": answer.query.query, "tags": [], "regions": []}
    row |= {"total": answer.total, "warnings": _warnings(answer)}
    if answer.result is None:
        yield row | {"error": answer.error}
    elif not answer.result.hits:
        yield row
    else:
        for hit in answer.result.hits:
            yield row | hit_row(hit)


def summary_rows(answer: BatchAnswer) -> Iterator[dict[str, Any]]:
    """One row per query, with SUMMARY_COLUMNS."""
    yield {
        "query_id": answer.query.id,
        "query": answer.query.query,
        "total": answer.total,
        "took_ms": None if answer.result is None else number(answer.result.took_ms, 2),
        "zero": None if answer.result is None else answer.total == 0,
        "warnings": _warnings(answer),
        "error": answer.error,
    }


def _warnings(answer: BatchAnswer) -> list[str]:
    return [] if answer.result is None else list(answer.result.warnings)


def write_batch(answers: Iterable[BatchAnswer], encoder: BatchEncoder, stream: BinaryIO) -> BatchTotals:
    """Write the answers as they come, such as to sys.stdout.buffer."""
    totals = BatchTotals()
    stream.write(encoder.header())
    for answer in answers:
        stream.write(encoder.encode(answer))
        stream.flush()
        totals.add(answer.query, answer.total, answer.error)
    return totals


def _carried(queries: Sequence[BatchQuery], own: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The columns of the list, as (their name, the name they get)."""
    names = dict.fromkeys(name for query in queries for name, _ in query.extra)
    taken = {*own, *names}
    renamed: list[tuple[str, str]] = []
    for name in names:
        shown = name
        if name in own:
            while shown in taken:
                shown = f"input_{shown}"
            taken.add(shown)
        renamed.append((name, shown))
    return tuple(renamed)


# These are dataclasses because their text tells two batches apart when one is resumed.


@dataclass(frozen=True)
class _Rows:
    """The rows of an answer with the columns carried through, which rows of the list may lack (JSON Lines)."""

    own: tuple[str, ...]
    carried: tuple[tuple[str, str], ...]
    summary: bool

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.own, *(shown for _, shown in self.carried))

    def of(self, answer: BatchAnswer) -> Iterator[dict[str, Any]]:
        given = dict(answer.query.extra)
        extra = {shown: given.get(name) for name, shown in self.carried}
        for row in summary_rows(answer) if self.summary else hit_rows(answer):
            yield row | extra


@dataclass(frozen=True)
class _CsvRows:
    rows: _Rows
    raw: bool
    bom: bool

    def header(self) -> bytes:
        return (("\ufeff" if self.bom else "") + csv_line(self.rows.columns, raw=self.raw)).encode()

    def encode(self, answer: BatchAnswer) -> bytes:
        return "".join(csv_line(row.values(), raw=self.raw) for row in self.rows.of(answer)).encode()


@dataclass(frozen=True)
class _JsonRows:
    rows: _Rows

    def header(self) -> bytes:
        return b""

    def encode(self, answer: BatchAnswer) -> bytes:
        return "".join(encode(row) + "\n" for row in self.rows.of(answer)).encode()


@dataclass(frozen=True)
class _TrecRows:
    run_tag: str

    def header(self) -> bytes:
        return b""

    def encode(self, answer: BatchAnswer) -> bytes:
        hits = () if answer.result is None else answer.result.hits
        return "".join(trec_lines(answer.query.id, hits, self.run_tag)).encode()
