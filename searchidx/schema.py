"""The Whoosh schema: the fields of `searchidx.fields` as Whoosh field types, for Whoosh's searcher.

Rule: analysis happens before Whoosh sees a word, so the text of a query is already a term. Nothing here decides
what a term is, and nothing is indexed by it (`searchidx.build_chunk` does that).
"""

from __future__ import annotations

from whoosh.fields import FieldType, Schema
from whoosh.formats import Existence, Format

from searchidx.fields import FILTER_FIELDS, POSITION_FIELDS
from searchidx.sections import unpacked


class PackedPositions(Format):  # type: ignore[misc]
    """The value of a posting is its positions as 4-byte little-endian integers."""

    def decode_positions(self, value: bytes) -> list[int]:
        """Positions, ascending."""
        return unpacked(value).tolist()

    def decode_frequency(self, value: bytes) -> int:
        """How often the term occurs in the document."""
        return len(value) // 4

    def decode_weight(self, value: bytes) -> float:
        """The frequency: no term is boosted at indexing time."""
        return float(len(value) // 4)


class PositionField(FieldType):  # type: ignore[misc]
    """A text field."""

    def __init__(self) -> None:
        super().__init__(PackedPositions(), None, scorable=True)

    def process_text(self, text: str, **_: object) -> list[str]:
        """A query text is already a term."""
        return [text]


class ValueField(FieldType):  # type: ignore[misc]
    """A filter field: whole values."""

    def __init__(self, unique: bool = False, stored: bool = False) -> None:
        super().__init__(Existence(), None, unique=unique, stored=stored)

    def process_text(self, text: str, **_: object) -> list[str]:
        """A query text is already a value."""
        return [text]


def schema() -> Schema:
    """The schema of the index."""
    fields: dict[str, FieldType] = {name: PositionField() for name in POSITION_FIELDS}
    fields |= {name: ValueField(unique=name == "id", stored=name == "id") for name in FILTER_FIELDS}
    return Schema(**fields)
