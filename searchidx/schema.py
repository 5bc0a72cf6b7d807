"""The Whoosh schema: the fields of `searchidx.fields` as Whoosh field types.

Rule: analysis happens before Whoosh sees a document, so a text field takes `{term: ascending positions}` and a
filter field takes the values. Nothing here decides what a term is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from whoosh.fields import STORED, FieldType, Schema
from whoosh.formats import Existence, Format

from searchidx.fields import FILTER_FIELDS, POSITION_FIELDS
from searchidx.segment import packed, unpacked


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
    """A text field, given as a mapping of terms to their positions."""

    def __init__(self) -> None:
        super().__init__(PackedPositions(), None, scorable=True)

    def index(self, value: Mapping[str, Sequence[int]], **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        """(term, frequency, weight, encoded positions) of every term."""
        for term, positions in value.items():
            yield term.encode(), len(positions), float(len(positions)), packed(positions)

    def process_text(self, text: str, **_: object) -> list[str]:
        """A query text is already a term."""
        return [text]


class ValueField(FieldType):  # type: ignore[misc]
    """A filter field, given as distinct whole values."""

    def __init__(self, unique: bool = False, stored: bool = False) -> None:
        super().__init__(Existence(), None, unique=unique, stored=stored)

    def index(self, value: Iterable[str], **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        """(value, 1, 1.0, nothing) of every value."""
        for item in dict.fromkeys(value):
            yield item.encode(), 1, 1.0, b""

    def process_text(self, text: str, **_: object) -> list[str]:
        """A query text is already a value."""
        return [text]


def schema() -> Schema:
    """The schema of the index. `pages` carries (starts, numbers) of the pages to the codec."""
    fields: dict[str, FieldType] = {name: PositionField() for name in POSITION_FIELDS}
    fields |= {name: ValueField(unique=name == "id", stored=name == "id") for name in FILTER_FIELDS}
    fields["pages"] = STORED()
    return Schema(**fields)
