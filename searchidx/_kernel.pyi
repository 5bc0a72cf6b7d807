"""What the compiled kernel offers (native/kernel.c).

Every function of a segment raises what its `damaged` makes, where the file is damaged.
"""

from collections.abc import Callable
from mmap import mmap

#: Bytes of a record.
RECORD: int
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

#: Occurrences of a leaf: where they begin, as native 4-byte numbers, and how many positions each is long.
_Spans = tuple[tuple[bytes, int], ...]

def passage(
    text: str,
    start: int,
    first: int,
    last: int,
    spans: _Spans,
    length: int,
    reach: int,
    short: int,
    separator: str,
    start_of: Callable[[str], int],
) -> tuple[str, tuple[tuple[int, int], ...], bool] | None:
    """What `searchidx.passage.passage` says of a page's text; None for a text in which `words` finds none, and
    where the positions [first, last] do not begin on the page.

    start: the position of the page's first word. start_of: where the word begins in a piece of text that may
    begin with an article.
    """

def marks(text: str, spans: _Spans, start_of: Callable[[str], int]) -> tuple[tuple[int, int], ...] | None:
    """What `searchidx.passage.marks` says of a text; None for a text in which `words` finds none."""

def best(parts: tuple[bytes, ...], wanted: int) -> bytes:
    """The best of the records of several segments, in order: higher score first, then the smaller id."""

def records(records: bytes) -> list[tuple[float, str, int, int]]:
    """Records as (score, document id, number of the segment, document)."""

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
        like: tuple[bytes, ...],
    ) -> Word | None:
        """The lists of all words that have one of the stems, those of `typed` marked as exact; of words as
        written, all exact or none; and of stems that only begin alike, which make no match. None for none."""

    def prefix(
        self, prefix: bytes, exact: bool, fields: int, limit: int
    ) -> tuple[Word | None, list[bytes]] | tuple[None, None]:
        """The lists of all words that begin so, and these words; (None, None) where they are more than `limit`."""

    def within(self, word: bytes, edits: int, fields: int) -> list[tuple[bytes, int]]:
        """(word, distance) of the words of some fields at most so many edits away, in order.

        Raises ValueError for a word of more than 64 letters.
        """

    def stems(self, prefix: bytes) -> list[bytes]:
        """The stems that begin so."""

    def stem_frequencies(self, stems: tuple[bytes, ...]) -> list[int]:
        """In how many live documents each stem occurs."""

    def positions(self, word: Word, field: int, doc: int) -> list[int]:
        """The positions of a word in one field of one document, ascending."""

    def spans(self, leaves: tuple[tuple[Word | None, ...], ...], field: int, doc: int, most: int) -> _Spans:
        """Where leaves whose words follow one another occur in one field of one document, of those that do. Equal
        words are the same object. most: of each leaf so many positions are named."""

    def stretches(
        self,
        leaves: tuple[tuple[Word | None, ...], ...],
        worths: tuple[float, ...],
        field: int,
        doc: int,
        count: int,
        window: int,
        likely: int,
        most: int,
    ) -> tuple[_Spans, list[tuple[float, int, int, int, int]]]:
        """The spans, and what `searchidx.stretches.best_stretches` makes of them."""

    def values(self, at: int, df_at: int, ordinals: tuple[int, ...]) -> bytes:
        """A bit for each document that has one of the values. at, df_at: where the tables of the filter field lie
        in the file."""

    def counts(self, at: int, df_at: int, number: int, bits: bytes) -> list[int]:
        """For each of the values of a filter field, how many of the documents in `bits` have it."""

    def search(
        self,
        leaves: tuple[_Leaf, ...],
        root: _Node,
        addends: tuple[_Addend, ...],
        norms: tuple[tuple[float, float], ...],
        k1: float,
        exact: float,
        like: float,
        wanted: int,
        threshold: float,
        want_bits: bool,
        number: int,
    ) -> tuple[int, bytes, bytes | None]:
        """(number of matches, records of the best `wanted` of them, a bit for each match if asked for).

        norms: for each text field the two numbers of its length normalisation. Scores under `threshold` are left
        out of the best, not of the number. number: of this segment, for the records.
        """

    def nearness(
        self,
        records: bytes,
        number: int,
        pairs: tuple[tuple[Word | None, Word | None, int, float, float], ...],
        norms: tuple[tuple[float, float], ...],
        k1: float,
        window: int,
    ) -> bytes:
        """The records with what the nearness of words adds to the scores of this segment's documents.

        pairs: two words, the fields, what standing side by side in order is worth, and in `window` positions.
        """

    def frequencies(
        self, word: Word, docs: tuple[int, ...], weights: tuple[float, float, float, float]
    ) -> list[float]:
        """How often a word occurs in each document (ascending), the fields weighted."""

    def close(self) -> None:
        """Let go of the mapping."""
