"""The filter values of the documents that are collected.

Rule: what a value is made of is kept as it stands in the record, and made into numbers field by field when the
documents are written: most records share theirs with others (a tag, a publisher, a year), and each is then looked
at once.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from itertools import accumulate, chain
from operator import attrgetter
from typing import Any, NamedTuple

from ingest.document import Document
from searchidx.document_terms import FILTERS
from searchidx.sections import data_of, joined, packed

Data = bytes | memoryview

_SOURCES = ("id", *dict.fromkeys(source for source, _ in FILTERS.values()))
_PLACE = {source: place for place, source in enumerate(_SOURCES)}
_of = attrgetter(*_SOURCES)


class Column(NamedTuple):
    """A field: its sorted values, joined, and where each ends; the numbers that they have in `tokens`, where those
    of all documents stand one after the other; where each document's end."""

    blob: bytes
    ends: bytes
    order: bytes
    tokens: Data
    document_ends: Data


class Values:
    """What the filter values of some documents are made of."""

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []

    def add(self, document: Document) -> None:
        """Take those of the next document."""
        self._rows.append(_of(document))

    def column(self, name: str) -> Column:
        """A filter field."""
        source, make = FILTERS.get(name, ("id", lambda document_id: (document_id,)))
        place = _PLACE[source]
        numbers = _Numbers(make)
        found = [numbers[row[place]] for row in self._rows]
        known = sorted(numbers.known)  # by their characters, which is the order of their bytes in UTF-8
        return Column(
            *joined(list(map(str.encode, known))),
            packed(map(numbers.known.__getitem__, known)),
            data_of(array("I", chain.from_iterable(found))),
            data_of(array("I", accumulate(map(len, found)))),
        )


class _Numbers(dict[Any, tuple[int, ...]]):
    """What stands in a record -> the numbers of the values made of it, each once."""

    def __init__(self, make: Callable[[Any], Iterable[str]]) -> None:
        super().__init__()
        self._make = make
        self.known: dict[str, int] = {}

    def __missing__(self, source: Any) -> tuple[int, ...]:
        known = self.known
        found = []
        for value in self._make(source):
            if value:
                number = known.setdefault(value, len(known))
                if number not in found:
                    found.append(number)
        numbers = self[source] = tuple(found)
        return numbers
