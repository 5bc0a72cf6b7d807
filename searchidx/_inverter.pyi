"""The compiled half of searchidx.inversion, which says what goes in and out."""

from collections.abc import Sequence

from searchidx.inversion import Data, Part, Write

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
def gather_stems(
    numbers: Data, blob: Data, ends: Data, at: Data, postings: Data, documents: int, /
) -> tuple[bytes, bytes, bytes, bytes, bytes, bytes]: ...
