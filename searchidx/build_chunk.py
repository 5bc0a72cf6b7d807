"""Documents collected in memory until they are written as a segment.

Rule: a collection holds what `searchidx.document_terms` says of each document as numbers of entries and values,
field by field; it is written when its owner finds it large enough (`MOST_TOKENS`), and then begins anew.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path

from ingest.document import Document
from searchidx import inverter as engine
from searchidx.build_terms import Entries
from searchidx.document_terms import LABEL_GAP, filter_values, texts
from searchidx.fields import FILTER_FIELDS, TEXT_FIELD_NAMES
from searchidx.inversion import GAP, Merged, Write
from searchidx.sections import packed
from searchidx.segment_writer import Documents, Words, write_segment

#: A collection of more tokens (4 bytes each, 12 while it is inverted) is written.
MOST_TOKENS = 8_000_000

_LABELS, _TEXT = TEXT_FIELD_NAMES.index("labels"), TEXT_FIELD_NAMES.index("text")


class Chunk:
    """The documents collected; the content of a segment for `write_segment`."""

    def __init__(self) -> None:
        self._entries = Entries()
        self._begin()

    def _begin(self) -> None:
        self.documents = Documents()
        self._tokens = tuple(array("I") for _ in TEXT_FIELD_NAMES)
        self._ends = tuple(array("I") for _ in TEXT_FIELD_NAMES)
        self._values: dict[str, dict[str, int]] = {name: {} for name in FILTER_FIELDS}
        self._value_tokens = {name: array("I") for name in FILTER_FIELDS}
        self._value_ends = {name: array("I") for name in FILTER_FIELDS}

    def __len__(self) -> int:
        return len(self.documents)

    @property
    def full(self) -> bool:
        """Whether it should be written now."""
        return sum(map(len, self._tokens)) > MOST_TOKENS

    def add(self, document: Document) -> None:
        """Take a document with its pages."""
        language = self._entries.language(document.language)
        into = self.documents
        into.ids += bytes.fromhex(document.id)
        for field, parts in enumerate(texts(document)):
            tokens = self._tokens[field]
            before = len(tokens)
            gaps = 0
            for part in parts:
                if field == _TEXT:
                    into.page_start.append(len(tokens) - before)
                found = language.tokens(part)
                tokens.extend(found)
                if field == _LABELS and found:
                    tokens.append(GAP)
                    gaps += 1
            into.lengths[field].append(len(tokens) - before - gaps)
            self._ends[field].append(len(tokens))
        into.page_number.extend(page.number for page in document.pages)
        into.page_index.append(len(into.page_start))
        self._add_values("id", (document.id,))
        for name, values in filter_values(document).items():
            self._add_values(name, values)

    def _add_values(self, name: str, values: Iterable[str]) -> None:
        known, tokens = self._values[name], self._value_tokens[name]
        tokens.extend(known.setdefault(value, len(known)) for value in dict.fromkeys(values) if value)
        self._value_ends[name].append(len(tokens))

    def write(self, path: Path) -> None:
        """Write the documents as a segment's file and begin anew."""
        write_segment(path, self)
        self._begin()
        if self._entries.full:
            self._entries = Entries()

    def words(self, base: int, write: Write) -> Words:
        """Write the lists of the entries."""
        keys = self._entries.keys
        used = set().union(*self._tokens)
        used.discard(GAP)
        order = sorted(used, key=keys.__getitem__)
        fields = [
            (packed(tokens), packed(ends), packed(lengths))
            for tokens, ends, lengths in zip(self._tokens, self._ends, self.documents.lengths, strict=True)
        ]
        at, df = engine.invert(packed(order), fields, LABEL_GAP, True, base, write)
        words, _, stems = (
            zip(*(keys[entry].partition(b"\0") for entry in order), strict=True) if order else ((),) * 3
        )
        roots = sorted(set(stems))
        number = {root: place for place, root in enumerate(roots)}
        numbers = packed(map(number.__getitem__, stems))
        return Words(Merged(*_joined(words), numbers, at, df), *_joined(roots))

    def values(self, name: str, base: int, write: Write) -> Merged:
        """Write the lists of a filter field."""
        known = sorted((value.encode(), number) for value, number in self._values[name].items())
        order = packed(number for _, number in known)
        field = (packed(self._value_tokens[name]), packed(self._value_ends[name]), b"")
        at, df = engine.invert(order, [field], 0, False, base, write)
        return Merged(*_joined([value for value, _ in known]), b"", at, df)


def _joined(terms: Sequence[bytes]) -> tuple[bytes, bytes]:
    ends = array("I")
    end = 0
    for term in terms:
        end += len(term)
        ends.append(end)
    return b"".join(terms), packed(ends)
