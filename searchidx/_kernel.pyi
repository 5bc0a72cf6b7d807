"""What the compiled kernel offers (native/kernel.c).

Every function of a segment raises what its `damaged` makes, where the file is damaged.
"""

from collections.abc import Callable
from mmap import mmap

#: The sections whose places `Segment` wants, in this order.
SECTIONS: tuple[str, ...]

#: (words, fields, near, needed): the words of a leaf, None for one that occurs nowhere; a bit for each text field;
#: 0 for words next to each other in order, else how many positions a near phrase spans; how often each is needed.
_Leaf = tuple[tuple[Word | None, ...], int, int, tuple[int, ...]]
#: What matches. None: all; a number: that leaf; bytes: a bit for each document; a list: any of these; a pair: all
#: of the first and none of the second.
_Node = None | int | bytes | list[_Node] | tuple[tuple[_Node, ...], tuple[_Node, ...]]
#: What scores: (leaf, worth), or words as typed and others that mean the same.
_Addend = tuple[int, float] | tuple[tuple[tuple[int, float], ...], tuple[tuple[int, float], ...]]

def words(text: str) -> tuple[bytes, list[int]] | None:
    """Where the words of a text stand (as `searchidx.analysis` finds them): begin and end of each, as native
    4-byte numbers; and which of them have apostrophes or dots in them, whose terms may begin later. None for a
    text with other letters than Latin, Greek and Cyrillic."""

class Word:
    """The posting lists that stand for a word in some fields of one segment."""

    @property
    def df(self) -> int:
        """In how many live documents it occurs in one of the fields."""

    @property
    def fields(self) -> int:
        """A bit for each of the fields in which it occurs in some document."""

class Segment:
    """A mapped segment. deleted: numbers of deleted documents; damaged: makes the exception for a damaged file."""

    def __new__(
        cls,
        map: mmap,
        crcs: bytes,
        body: int,
        places: tuple[tuple[int, int], ...],
        documents: int,
        deleted: tuple[int, ...],
        damaged: Callable[[str], Exception],
    ) -> Segment: ...
    def word(
        self,
        stems: tuple[bytes, ...],
        typed: bytes | None,
        words: tuple[bytes, ...],
        exact: bool,
        fields: int,
    ) -> Word | None:
        """The lists of all words that have one of the stems, those of `typed` marked as exact; and of words as
        written, all exact or none. None where they occur in none of the fields."""

    def prefix(
        self, prefix: bytes, exact: bool, fields: int, limit: int
    ) -> tuple[Word | None, list[bytes]] | tuple[None, None]:
        """The lists of all words that begin so, and these words; (None, None) where they are more than `limit`."""

    def positions(self, word: Word, field: int, doc: int) -> list[int]:
        """The positions of a word in one field of one document, ascending."""

    def values(self, at: int, df_at: int, ordinals: tuple[int, ...]) -> bytes:
        """A bit for each document that has one of the values. at, df_at: where the tables of the filter field lie
        in the file."""

    def counts(self, at: int, df_at: int, number: int, bits: bytes) -> list[int]:
        """For each of the values of a filter field, how many of the documents in `bits` have it."""

    def pair(self, one: Word, two: Word, fields: int, window: int, shift: int) -> tuple[int, int]:
        """How many live documents have two words side by side in order, and within `window` positions in any
        order, in one of the fields; only documents are counted whose id has `shift` zero bits at its end."""

    def search(
        self,
        leaves: tuple[_Leaf, ...],
        root: _Node,
        addends: tuple[_Addend, ...],
        pairs: tuple[tuple[int, int, float, float], ...],
        norms: tuple[tuple[float, float], ...],
        pair_window: int,
        k1: float,
        exact: float,
        wanted: int,
        threshold: float,
        want_bits: bool,
    ) -> tuple[int, list[tuple[float, int]], bytes | None]:
        """(number of matches, the best `wanted` of them as (score, document), a bit for each match if asked for).

        pairs: (leaf, leaf, worth side by side, worth near each other). norms: for each text field the two numbers
        of its length normalisation. Scores under `threshold` are left out of the best, not of the number.
        """

    def close(self) -> None:
        """Let go of the mapping."""
