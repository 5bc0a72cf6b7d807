"""A list of queries as people keep it: a text file, a spreadsheet saved as CSV or TSV, JSON Lines.

Rule: no query is lost without a word. A file that cannot be read at all (not UTF-8, broken CSV, a column that is
not there) is refused before anything runs, with the line; a single bad row becomes a `BatchQuery` with an error
and stays in its place. Columns that are not the query are carried through to the output; those named like the
options `region`, `tag`, `lang`, `year`, `type` and `limit` also filter the query of their row.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from ingest.errors import DossierError, SettingsError
from searchidx.query_template import QueryTemplate
from searchidx.results import SearchRequest

KINDS = ("text", "csv", "tsv", "jsonl")
ID_NAMES = ("id", "_id", "qid", "query_id")
QUERY_NAMES = ("query", "text")
_SUFFIXES = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_FILTERS = {"region": "regions", "tag": "tags", "lang": "languages", "type": "types"}
FILTER_NAMES = (*_FILTERS, "year", "limit")
_YEARS = re.compile(r"(\d{4})?\s*\.\.\s*(\d{4})?|(\d{4})")


class _BadRow(Exception):
    """One row that cannot be used; its text goes to the row's error."""


@dataclass(frozen=True, slots=True)
class BatchQuery:
    """One query of a batch.

    id: as given, else the number of the query from 1. line: where it begins in the file, from 1. overrides:
    fields of SearchRequest that this row sets. extra: the other columns, in the order of the file. error: why
    the row cannot be run, for a person.
    """

    id: str
    query: str
    line: int
    overrides: Mapping[str, Any] = field(default_factory=dict)
    extra: tuple[tuple[str, str], ...] = ()
    error: str | None = None

    def request(self, base: SearchRequest) -> SearchRequest:
        """The search to run: `base` with this row's query and filters."""
        return replace(base, query=self.query, **self.overrides)


def read_queries(
    source: Path | IO[str],
    *,
    kind: str | None = None,
    column: str | None = None,
    template: str | None = None,
    note: Callable[[str], None] | None = None,
) -> list[BatchQuery]:
    """Read a whole list of queries.

    source: a file, or a stream such as sys.stdin (read as bytes where it has them). kind: one of KINDS; None:
    by the file's suffix, else JSON Lines if the first line is an object, else text. column: the CSV column or
    JSON field with the queries; None: the one called query (or text), else the first. template: a query with
    {column} places (`searchidx.query_template`). note: is told, in sentences, how a table was understood.
    Raises DossierError for a file that cannot be read, SettingsError for a column that is not there.
    """
    name = source.name if isinstance(source, Path) else str(getattr(source, "name", "standard input"))
    text = _text(source, name)
    kind = kind or _kind(source, text)
    if kind not in KINDS:
        raise SettingsError(f"'{kind}' is no kind of query list: use one of {', '.join(KINDS)}.")
    form = QueryTemplate(template) if template is not None else None
    if kind == "text":
        rows: Iterator[_Row] = _text_rows(text)
        column = column or QUERY_NAMES[0]
    elif kind == "jsonl":
        rows = _json_rows(text)
    else:
        header, rows = _table(text, name, kind)
        column = _query_column(header, column, form, name)
        if note is not None:
            for sentence in _how_read(header, column, form, name):
                note(sentence)
    return list(_queries(rows, column, form, carry=kind != "text"))


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    values: Mapping[str, Any]
    error: str | None = None


def _queries(
    rows: Iterator[_Row], column: str | None, form: QueryTemplate | None, *, carry: bool
) -> Iterator[BatchQuery]:
    lines_of: dict[str, int] = {}
    for place, row in enumerate(rows, start=1):
        values = row.values
        id_name = next((name for name in ID_NAMES if name in values), None)
        query_id = _string(values[id_name]).strip() if id_name else ""
        query_id = query_id or str(place)
        query_name = column or next((name for name in QUERY_NAMES if name in values), None)
        left_out = {id_name, None if form else query_name}
        extra = (
            tuple((key, _string(value)) for key, value in values.items() if key not in left_out) if carry else ()
        )
        query, overrides, error = "", dict[str, Any](), row.error
        try:
            if error is None:
                asked = form.columns if form else [query_name]
                overrides = _overrides({name: value for name, value in values.items() if name not in asked})
                query = _fill(form, values) if form else _query(values, query_name)
            if query_id in lines_of:
                raise _BadRow(f"the id {query_id} is used in line {lines_of[query_id]} already")
        except _BadRow as bad:
            error = error or str(bad)
        lines_of.setdefault(query_id, row.line)
        yield BatchQuery(query_id, query, row.line, overrides, extra, error and f"line {row.line}: {error}.")


def _query(values: Mapping[str, Any], name: str | None) -> str:
    if name is None or name not in values:
        wanted = name or " or ".join(QUERY_NAMES)
        raise _BadRow(f"there is no field {wanted}")
    query = _string(values[name]).strip()
    if not query:
        raise _BadRow("the query is empty")
    return query


def _fill(form: QueryTemplate, values: Mapping[str, Any]) -> str:
    missing = [name for name in form.columns if name not in values]
    if missing:
        raise _BadRow(f"there is no field {missing[0]}, which the template needs")
    texts = {name: _string(values[name]) for name in form.columns}
    query = form.fill(texts)
    if query is None:
        empty = next((name for name, text in texts.items() if not any(map(str.isalnum, text))), form.columns[0])
        raise _BadRow(f"{empty} has no word in it, and the template needs one")
    return query


def _overrides(values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field_name in _FILTERS.items():
        members = _members(values.get(name))
        if members:
            found[field_name] = members
    years = _string(values.get("year")).strip()
    if years:
        match = _YEARS.fullmatch(years)
        if not match or years == "..":
            raise _BadRow(f"year is '{years}', not a year (2015) or a range (2015..2020, 2015.., ..2020)")
        low, high, single = match.groups()
        found["years"] = (int(single),) * 2 if single else (low and int(low), high and int(high))
    limit = _string(values.get("limit")).strip()
    if limit:
        if not limit.isdecimal() or int(limit) == 0:
            raise _BadRow(f"limit is '{limit}', not a whole number from 1")
        found["limit"] = int(limit)
    return found


def _members(value: Any) -> tuple[str, ...]:
    """Several values: a JSON list, or text with semicolons."""
    parts = value if isinstance(value, list) else _string(value).split(";")
    return tuple(text for part in parts if (text := _string(part).strip()))


def _string(value: Any) -> str:
    if value is None or value in ({}, []):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and not any(isinstance(part, list | dict) for part in value):
        return "; ".join(map(_string, value))
    return json.dumps(value, ensure_ascii=False)


# Reading


def _text(source: Path | IO[str], name: str) -> str:
    """The text of the source, whatever mark of byte order it begins with."""
    try:
        if isinstance(source, Path):
            data = source.read_bytes()
        elif hasattr(source, "buffer"):
            data = source.buffer.read()
        else:
            return source.read().removeprefix("\ufeff")
    except OSError as error:
        raise DossierError(f"cannot read the queries in {name}: {error.strerror}.") from error
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DossierError(
            f"{name}, line {line}: the byte 0x{data[error.start]:02X} is not UTF-8. Save the list as UTF-8 "
            f"and try again; a list made on Windows is often converted by: iconv -f WINDOWS-1252 -t UTF-8"
        ) from error


def _kind(source: Path | IO[str], text: str) -> str:
    name = getattr(source, "name", "")
    suffix = Path(name).suffix.lower() if isinstance(name, str) else ""
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    first = next((line for line in _lines(text) if line.strip()), "")
    try:
        return "jsonl" if isinstance(json.loads(first), dict) else "text"
    except (ValueError, RecursionError):
        return "text"


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _text_rows(text: str) -> Iterator[_Row]:
    for line, content in enumerate(_lines(text), start=1):
        query = content.strip()
        if query and not query.startswith("#"):
            yield _Row(line, {QUERY_NAMES[0]: query})


def _json_rows(text: str) -> Iterator[_Row]:
    for line, content in enumerate(_lines(text), start=1):
        if not content.strip():
            continue
        try:
            values = json.loads(content)
        except ValueError as error:
            yield _Row(line, {}, f"this is not JSON: {error}")
        except RecursionError:
            yield _Row(line, {}, "this JSON is nested too deep")
        else:
            error_text = None if isinstance(values, dict) else 'this is not an object like {"query": "..."}'
            yield _Row(line, values if isinstance(values, dict) else {}, error_text)


def _table(text: str, name: str, kind: str) -> tuple[list[str], Iterator[_Row]]:
    """The header and the rows. A CSV file whose header has semicolons and no comma is separated by semicolons,
    as spreadsheets write it where the comma is the decimal sign."""
    first = text.split("\n", 1)[0]
    delimiter = "\t" if kind == "tsv" else ";" if ";" in first and "," not in first else ","
    cells: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                cells.append((line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        raise DossierError(
            f"{name}, line {line}: this row is not {kind.upper()} ({error}). A cell with quotes in it is quoted "
            'as a whole, and its own quotes are doubled: """debt bondage"" AND children"; a text file (.txt) with '
            "a query a line needs neither."
        ) from error
    if not cells:
        raise DossierError(f"{name} has no line; its first line gives the names of the columns.")
    header = [cell.strip() for cell in cells[0][1]]
    twice = next((cell for cell in header if cell and header.count(cell) > 1), None)
    if twice:
        raise DossierError(f"{name}, line {cells[0][0]}: two columns are called {twice}; rename one.")
    return header, _table_rows(header, cells[1:])


def _table_rows(header: Sequence[str], cells: Sequence[tuple[int, list[str]]]) -> Iterator[_Row]:
    for line, row in cells:
        values = {name: cell for name, cell in zip(header, row, strict=False) if name}
        values = {name: values.get(name, "") for name in header if name}
        surplus = any(cell.strip() for cell in row[len(header) :])
        yield _Row(line, values, f"{len(row)} cells, but {len(header)} columns" if surplus else None)


def _query_column(header: list[str], column: str | None, form: QueryTemplate | None, name: str) -> str:
    for wanted in form.columns if form else [column] if column else []:
        if wanted not in header:
            raise SettingsError(f"{name} has no column {wanted}{_similar(wanted, header)}")
    return column or next((known for known in QUERY_NAMES if known in header), header[0])


def _similar(wanted: str, header: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(wanted.lower(), [cell.lower() for cell in header], n=1)
    meant = next((cell for cell in header if close and cell.lower() == close[0]), None)
    return f": did you mean {meant}?" if meant else f"; its columns are {', '.join(header)}."


def _how_read(header: list[str], column: str, form: QueryTemplate | None, name: str) -> Iterator[str]:
    if form is None and column not in QUERY_NAMES:
        yield f"{name}: the first line gives the names of the columns; the queries are taken from {column}."
    asked = form.columns if form else [column]
    filters = [known for known in FILTER_NAMES if known in header and known not in asked]
    if filters:
        names = ", ".join(filters)
        yield f"{name}: each query is filtered by its row's {names} (rename a column to only carry it along)."
