"""Documents collected in memory until they are written as a segment.

Rule: a collection holds what `searchidx.document_terms` says of each document as numbers of entries, field by
field, and its filter values; it is written when its owner finds it large enough (`MOST_TOKENS`), and then begins
anew.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from pathlib import Path

from ingest.document import Document
from searchidx import inverter as engine
from searchidx.build_terms import Dictionary, Language, Languages
from searchidx.build_values import Values
from searchidx.document_terms import LABEL_GAP, texts
from searchidx.fields import TEXT_FIELD_NAMES
from searchidx.inversion import GAP, Merged, Write
from searchidx.sections import data_of
from searchidx.segment_writer import Documents, Words, write_segment

#: A collection of more tokens (4 bytes each, 12 while it is inverted) is written.
MOST_TOKENS = 8_000_000

_LABELS, _TEXT = TEXT_FIELD_NAMES.index("labels"), TEXT_FIELD_NAMES.index("text")
_GAP = array("I", [GAP]).tobytes()


class Chunk:
    """The documents collected; the content of a segment for `write_segment`."""

    def __init__(self) -> None:
        self._languages = Languages()
        self._begin()

    def _begin(self) -> None:
        self.documents = Documents()
        self._tokens = tuple(array("I") for _ in TEXT_FIELD_NAMES)
        self._ends = tuple(array("I") for _ in TEXT_FIELD_NAMES)
        self._values = Values()
        self._labels: dict[tuple[str | None, str], bytes] = {}

    def __len__(self) -> int:
        return len(self.documents)

    @property
    def full(self) -> bool:
        """Whether it should be written now."""
        return sum(map(len, self._tokens)) > MOST_TOKENS

    def add(self, document: Document) -> None:
        """Take a document with its pages."""
        language = self._languages[document.language]
        into = self.documents
        into.ids += bytes.fromhex(document.id)
        for field, parts in enumerate(texts(document)):
            tokens = self._tokens[field]
            before = len(tokens)
            gaps = 0
            if field == _LABELS:
                gaps = self._add_labels(parts, language, document.language)
            else:
                for part in parts:
                    if field == _TEXT:
                        into.page_start.append(len(tokens) - before)
                    tokens.frombytes(language.tokens(part))
            into.lengths[field].append(len(tokens) - before - gaps)
            self._ends[field].append(len(tokens))
        into.page_number.extend([page.number for page in document.pages])
        into.page_index.append(len(into.page_start))
        self._values.add(document)

    def _add_labels(self, labels: Iterable[str], language: Language, of: str | None) -> int:
        """Take labels, most of which many documents have; how many gaps stand behind them."""
        gaps = 0
        for label in labels:
            found = self._labels.get((of, label))
            if found is None:
                found = self._labels[of, label] = language.tokens(label)
            if found:
                self._tokens[_LABELS].frombytes(found + _GAP)
                gaps += 1
        return gaps

    def write(self, path: Path) -> None:
        """Write the documents as a segment's file and begin anew."""
        write_segment(path, self)
        self._begin()
        if self._languages.full:
            self._languages = Languages()

    def words(self, base: int, write: Write) -> Words:
        """Write the lists of the entries."""
        found = Dictionary(*self._languages.entries.dictionary(self._tokens))
        fields = [
            (data_of(tokens), data_of(ends), data_of(lengths))
            for tokens, ends, lengths in zip(self._tokens, self._ends, self.documents.lengths, strict=True)
        ]
        at, df = engine.invert(found.order, fields, LABEL_GAP, True, base, write)
        return Words(Merged(found.blob, found.ends, found.stems, at, df), found.stem_blob, found.stem_ends)

    def values(self, name: str, base: int, write: Write) -> Merged:
        """Write the lists of a filter field."""
        column = self._values.column(name)
        field = (column.tokens, column.document_ends, b"")
        at, df = engine.invert(column.order, [field], 0, False, base, write)
        return Merged(column.blob, column.ends, b"", at, df)
