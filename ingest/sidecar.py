"""What librarians write beside their files: `report.pdf.toml` for one document, `metadata.csv` for a folder.

Rules: a sidecar's keys are title, summary, publisher, published (or year), language, source_url (or url), authors,
tags, regions. A table has a column `file` (or `path`), a path relative to the table's folder, so that one table
may serve the folders below it; in a table several values in one cell are parted by ";", in TOML they are a list.
The sidecar of a file goes before the tables, the nearer table before the one above it. What is wrong is told with
file and line, and whatever else can be used of the file is used. A table speaks of files of its folder and below,
and of no others; a sidecar that is not a plain file of the library, or too large to be one, says nothing.
"""

from __future__ import annotations

import csv
import io
import os
import reprlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ingest.document import Claim, Source
from ingest.errors import SettingsError
from ingest.opening import leads_out, read_regular
from ingest.plain import decode
from ingest.toml_files import TomlFile

SIDECAR_SUFFIX = ".toml"
METADATA_TABLE = "metadata.csv"

_SINGLE = {
    "title": "title",
    "summary": "summary",
    "publisher": "publisher",
    "published": "published",
    "year": "published",
    "language": "language",
    "source_url": "source_url",
    "url": "source_url",
}
_MULTI = {
    "authors": "author",
    "author": "author",
    "tags": "tag",
    "tag": "tag",
    "regions": "region",
    "region": "region",
}
_FILE_COLUMNS = ("file", "path")
#: Bytes that a sidecar and a table may have; problems that are told of one, and characters of each.
_MOST_TOML, _MOST_TABLE = 2**20, 64 * 2**20
_PROBLEMS, _PROBLEM = 20, 500
_PART = ";"


@dataclass(slots=True)
class Sidecars:
    """The sidecars of one library, each read once. `problems`: what is wrong with which, a sentence each."""

    root: Path
    problems: dict[Path, list[str]] = field(default_factory=dict)
    _own: dict[Path, tuple[Claim, ...]] = field(default_factory=dict)
    _tables: dict[Path, dict[str, tuple[Claim, ...]]] = field(default_factory=dict)

    def claims(self, file: Path) -> tuple[Claim, ...]:
        """What the sidecars say about a file (which need not exist), the most particular first."""
        own = file.with_name(file.name + SIDECAR_SUFFIX)
        if own not in self._own:
            self._own[own] = tuple(self._sidecar(own)) if self._is_ours(own) else ()
        found = list(self._own[own])
        for folder in file.parents:
            table = self._table(folder)
            if table:
                found += table.get(_normal(file.relative_to(folder).as_posix()), ())
            if folder == self.root or self.root not in folder.parents:
                break
        return tuple(found)

    def _is_ours(self, path: Path) -> bool:
        """Whether there is such a file, and not by a link that leads out of the library."""
        try:
            if not path.is_file():
                return False
        except OSError:  # a name that is too long for there to be one
            return False
        places = (os.path.realpath(self.root), os.path.realpath(path.parent))
        where = leads_out(path, places) if path.is_symlink() else None
        if where is not None:
            self._note(path, f"{path} is a link that leads out of the library ({where}), and is not read.")
        return where is None

    def _sidecar(self, path: Path) -> Iterator[Claim]:
        try:
            toml = TomlFile(path, most=_MOST_TOML)
        except SettingsError as error:
            self._note(path, str(error))
            return
        for key, value in toml.values.items():
            try:
                toml.check_keys("", [key], [*_SINGLE, *_MULTI])
                yield from _toml_claims(toml, key, value)
            except SettingsError as error:
                self._note(path, str(error))

    def _table(self, folder: Path) -> dict[str, tuple[Claim, ...]]:
        if folder not in self._tables:
            path = folder / METADATA_TABLE
            self._tables[folder] = self._read_table(path) if self._is_ours(path) else {}
        return self._tables[folder]

    def _read_table(self, path: Path) -> dict[str, tuple[Claim, ...]]:
        try:
            text = decode(read_regular(path, _MOST_TABLE))
        except OSError as error:
            self._note(path, f"{path} cannot be read: {error.strerror}.")
            return {}
        first_line = text.partition("\n")[0]
        delimiter = max(",;\t", key=first_line.count)  # a spreadsheet writes ";" where "," is the decimal sign
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            header = [name.strip().lower() for name in next(rows, [])]
        except csv.Error as error:
            self._note(path, f"{path}, line 1: {error}; nothing of this table is used.")
            return {}
        column = next((header.index(name) for name in _FILE_COLUMNS if name in header), None)
        if column is None:
            self._note(path, f"{path}, line 1: there is no column `file`; nothing of this table is used.")
            return {}
        unknown = [name for name in header if name and name not in (*_SINGLE, *_MULTI, *_FILE_COLUMNS)]
        if unknown:
            known = ", ".join(
                ("file", "title", "summary", "publisher", "published", "language", "tags", "regions")
            )
            self._note(path, f"{path}, line 1: unknown column(s) {', '.join(unknown)}; known are {known}.")
        table: dict[str, list[Claim]] = defaultdict(list)
        try:
            for row in rows:
                if not any(cell.strip() for cell in row):
                    continue
                name = row[column].strip() if column < len(row) else ""
                if not name or not _is_below(path.parent, name):
                    said = f"there is no file {name!r} here" if name else "no file is named"
                    self._note(path, f"{path}, line {rows.line_num}: {said}; the line is not used.")
                    continue
                table[_normal(name)] += _table_claims(header, row)
        except csv.Error as error:
            self._note(path, f"{path}, line {rows.line_num}: {error}; from here on it is not used.")
        return {name: tuple(claims) for name, claims in table.items()}

    def _note(self, path: Path, problem: str) -> None:
        told = self.problems.setdefault(path, [])
        if len(told) < _PROBLEMS:
            told.append(problem if len(problem) <= _PROBLEM else problem[:_PROBLEM] + "...")
        elif len(told) == _PROBLEMS:
            told.append(f"{path}: there is more that is wrong, which is not listed.")


def _is_below(folder: Path, name: str) -> bool:
    """Whether there is a file or folder of this relative path in the folder, which it does not leave."""
    relative = Path(name)
    if relative.anchor or ".." in relative.parts:
        return False
    try:
        return (folder / relative).exists()
    except (OSError, ValueError):  # no file can have such a name
        return False


def _normal(path: str) -> str:
    return unicodedata.normalize("NFC", path.replace("\\", "/").removeprefix("./"))


def _toml_claims(toml: TomlFile, key: str, value: Any) -> Iterator[Claim]:
    if key in _MULTI:
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) for item in values):
            toml.fail("", key, f'{key} is a list of texts, like ["one", "two"].')
        for item in values:
            yield Claim(_MULTI[key], item, Source.SIDECAR)
    elif isinstance(value, bool) or not isinstance(value, str | int | date):
        toml.fail("", key, f"{key} is a text, a number or a date, not {reprlib.repr(value)}.")
    else:
        day = value.date() if isinstance(value, datetime) else value
        yield Claim(_SINGLE[key], str(day), Source.SIDECAR)


def _table_claims(header: list[str], row: list[str]) -> Iterator[Claim]:
    for name, cell in zip(header, row, strict=False):
        if name in _SINGLE and cell.strip():
            yield Claim(_SINGLE[name], cell.strip(), Source.SIDECAR)
        elif name in _MULTI:
            for part in cell.split(_PART):
                if part.strip():
                    yield Claim(_MULTI[name], part.strip(), Source.SIDECAR)
