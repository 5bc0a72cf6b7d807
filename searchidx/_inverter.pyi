"""Compiled: searchidx.inversion, which says what goes in and out, and the tables of searchidx.build_terms."""

from array import array
from collections.abc import Callable, Sequence

from searchidx.build_terms import Entries as Terms
from searchidx.inversion import Data, Part, Write

class Entries:
    """searchidx.build_terms.Entries."""

    def __len__(self) -> int: ...
    def number(self, key: bytes, /) -> int: ...
    def key(self, number: int, /) -> bytes: ...
    def dictionary(self, tokens: tuple[array[int], ...], /) -> tuple[bytes, bytes, bytes, bytes, bytes, bytes]: ...

class Table:
    """Stretches of text (searchidx.analysis.stretches) -> the numbers of their entries, u32.

    entries: one of this module. classes: of each character of the Basic Multilingual Plane
    (searchidx.build_terms.character_classes). lists: of words that each end in a zero byte: English clitics,
    elided articles, and for a language that is read as English those of searchidx.stemming.ordinary_english.
    """

    def __init__(self, entries: Terms, classes: bytes, lists: tuple[bytes, ...], /) -> None: ...
    def tokens(self, text: str, learn: Callable[[str], tuple[int, ...]], /) -> bytes | None:
        """The numbers of a text. learn: asked for the numbers of a stretch that is not in the table yet, and is no
        ordinary word; a single one is kept. None where the text has characters beyond the plane."""

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
def union(dictionaries: Sequence[tuple[Data, Data, Data]], /) -> tuple[bytes, bytes, list[bytes]]: ...
def merge(
    parts: Sequence[Part], lengths: Sequence[Data], base: int, write: Write, /
) -> tuple[bytes, bytes, bytes, bytes, bytes]: ...
def gather_stems(numbers: Data, blob: Data, ends: Data, /) -> tuple[bytes, bytes, bytes, bytes, bytes]: ...
def stem_documents(
    first: Data, entries: Data, at: Data, postings: Data, documents: int, begin: int, end: int, /
) -> bytes: ...
