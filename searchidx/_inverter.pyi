"""Compiled: searchidx.inversion, which says what goes in and out, and the table of searchidx.build_terms."""

from collections.abc import Callable, Sequence

from searchidx.inversion import Data, Part, Write

class Table:
    """Stretches of text (searchidx.analysis.stretches) -> the numbers of their entries, u32.

    classes: of each character of the Basic Multilingual Plane (searchidx.build_terms.character_classes).
    """

    def __init__(self, classes: bytes, /) -> None: ...
    def tokens(self, text: str, learn: Callable[[str], int | tuple[int, ...]], /) -> bytes | None:
        """The numbers of a text. learn: asked for the number or numbers of a stretch that is not in the table yet;
        a single one is kept. None where the text has characters beyond the plane."""

def english_stem(word: str, /) -> str | None:
    """Snowball 3.1.1's stem of an English word; None for one that is long or has characters beyond ASCII."""

def invert(
    order: Data,
    fields: Sequence[tuple[Data, Data, Data]],
    gap: int,
    heads: bool,
    base: int,
    write: Write,
    /,
) -> tuple[bytes, bytes]: ...
def union(dictionaries: Sequence[tuple[Data, Data]], /) -> tuple[bytes, bytes, list[bytes]]: ...
def merge(
    parts: Sequence[Part], lengths: Sequence[Data], base: int, write: Write, /
) -> tuple[bytes, bytes, bytes, bytes, bytes]: ...
def gather_stems(numbers: Data, blob: Data, ends: Data, /) -> tuple[bytes, bytes, bytes, bytes, bytes]: ...
def stem_documents(
    first: Data, entries: Data, at: Data, postings: Data, documents: int, begin: int, end: int, /
) -> bytes: ...
