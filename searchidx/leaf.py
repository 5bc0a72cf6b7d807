"""Leaves of a query: where in the index its words occur.

Rule: a leaf is a row of slots, each slot a set of alternative terms; this module alone says in which documents,
how often and at which positions a leaf occurs. A word is one slot; a phrase has its slots next to each other in
order; a near phrase has them in any order in a window. The meaning of each is specified by the docstrings in
`searchidx.query`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from ingest.errors import DossierError
from searchidx.analysis import is_cjk_single
from searchidx.fields import TEXT_FIELD_BITS, TEXT_FIELD_NUMBERS, TEXT_FIELDS, TextField, stem_field
from searchidx.lexicon import matching, with_prefix, within_edits
from searchidx.postings import PostingList
from searchidx.segment import Terms
from searchidx.snapshot import OpenSegment

if TYPE_CHECKING:
    from searchidx._kernel import Segment, Word

#: More different words than this behind one pattern is an error, never a silent cut.
MOST_EXPANSIONS = 10_000
#: Occurrences in one document are named until they have so many positions: to show some, that is plenty.
MOST_POSITIONS = 1_000_000


class TooManyWords(DossierError):
    """A pattern stands for more words of the collection than we look up."""


class Slot:
    """The alternatives at one place of a leaf.

    terms: given terms; expand: finds them in a dictionary of surface forms, named by `pattern` (one of the two
    is empty); prefix: where these are all that begin so; near: where these are all within so many edits.
    stemmed: whether the terms are stems. typed: how the user wrote it, for messages. Two slots are equal when
    they stand for the same terms, however they were typed.
    """

    __slots__ = ("expand", "near", "pattern", "prefix", "stemmed", "terms", "typed")

    def __init__(
        self,
        typed: str,
        terms: frozenset[str] = frozenset(),
        *,
        stemmed: bool = False,
        pattern: str = "",
        expand: Callable[[Terms], Iterable[str]] | None = None,
        prefix: str | None = None,
        near: tuple[str, int] | None = None,
    ) -> None:
        self.typed = typed
        self.terms = terms
        self.stemmed = stemmed
        self.pattern = pattern
        self.expand = expand
        self.prefix = prefix
        self.near = near

    @property
    def same(self) -> tuple[object, ...]:
        """What slots are compared by."""
        return self.terms, self.stemmed, self.pattern, self.prefix, self.near

    def __eq__(self, other: object) -> bool:
        return self.same == other.same if isinstance(other, Slot) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.same)

    def index_field(self, name: str) -> str:
        """Where in the index the terms of a text field are looked up."""
        return stem_field(name) if self.stemmed else name


def prefix_slot(typed: str, prefix: str) -> Slot:
    """All surface forms that begin with the folded prefix."""
    return Slot(typed, pattern=f"{prefix}*", expand=lambda terms: with_prefix(terms, prefix), prefix=prefix)


def pattern_slot(typed: str, pattern: str) -> Slot:
    """All surface forms that fit the folded pattern."""
    return Slot(typed, pattern=pattern, expand=lambda terms: matching(terms, pattern))


def fuzzy_slot(typed: str, term: str, edits: int) -> Slot:
    """All surface forms within so many edits of the folded term."""
    return Slot(
        typed,
        pattern=f"{term}~{edits}",
        expand=lambda terms: (found for found, _ in within_edits(terms, term, edits)),
        near=(term, edits),
    )


def surface_slot(term: str) -> Slot:
    """A word as it is; a single character of an unspaced script stands for all that begin with it."""
    return prefix_slot(term, term) if is_cjk_single(term) else Slot(term, frozenset((term,)))


class _Kept:
    """What was read of a leaf."""

    def __init__(self) -> None:
        self.expanded: dict[Slot, set[str]] = {}
        self.terms: dict[tuple[Slot, OpenSegment, str], list[str]] = {}
        self.occurrences: dict[tuple[OpenSegment, str], dict[int, int]] = {}
        self.columns: dict[tuple[OpenSegment, str], dict[int, list[list[int]]]] = {}


class Leaf:
    """Slots to be found in some text fields; window None means next to each other in order.

    inflected: the slots are inflected words, which count more where they stand as typed.
    """

    __slots__ = ("_bits", "_kept", "_surface", "_words", "fields", "inflected", "slots", "window")

    def __init__(
        self,
        slots: Sequence[Slot],
        fields: Sequence[TextField] = TEXT_FIELDS,
        *,
        window: int | None = None,
        inflected: bool = False,
    ) -> None:
        self.slots = tuple(slots)
        self.fields = tuple(fields)
        self.window = window
        self.inflected = inflected
        whole = self.fields is TEXT_FIELDS
        self._bits = (
            TEXT_FIELD_BITS if whole else sum(1 << TEXT_FIELD_NUMBERS[found.name] for found in self.fields)
        )
        self._words: dict[OpenSegment | tuple[OpenSegment, tuple[str, ...]], tuple[Word | None, ...]] = {}
        # Most leaves are words that the kernel looks up, and need neither.
        self._surface: Leaf | None = None
        self._kept: _Kept | None = None

    @property
    def surface(self) -> Leaf | None:
        """The words as they were typed, None where these count no more."""
        if self.inflected and self._surface is None:
            self._surface = Leaf([surface_slot(slot.typed) for slot in self.slots], self.fields)
        return self._surface

    @property
    def kept(self) -> _Kept:
        """What was read of the leaf so far."""
        if self._kept is None:
            self._kept = _Kept()
        return self._kept

    def within(self, window: int) -> Leaf:
        """The same slots in any order in so many positions; the two read the index once between them."""
        near = Leaf(self.slots, self.fields, window=window)
        near.kept.columns = self.kept.columns
        return near

    @property
    def typed(self) -> str:
        """The leaf as the user wrote it."""
        return self.slots[0].typed if len(self.slots) == 1 else " ".join(slot.typed for slot in self.slots)

    def terms(self, slot: Slot, segment: OpenSegment, name: str) -> list[str]:
        """The terms of a slot in one text field of a segment; raises TooManyWords beyond the limit."""
        if slot.expand is None:
            return sorted(slot.terms)
        key = (slot, segment, name)
        found = self.kept.terms.get(key)
        if found is None:
            found = self.kept.terms[key] = []
            seen = self.kept.expanded.setdefault(slot, set())
            for term in slot.expand(segment.data.terms(slot.index_field(name))):
                found.append(term)
                seen.add(term)
                if len(seen) > MOST_EXPANSIONS:
                    raise _too_many(slot)
        return found

    def expansions(self, slot: Slot) -> list[str]:
        """The terms that a pattern was found to stand for in the segments searched so far."""
        return sorted(self.kept.expanded.get(slot, slot.terms))

    def words(self, segment: OpenSegment, kernel: Segment, like: tuple[str, ...] = ()) -> tuple[Word | None, ...]:
        """What the kernel knows of each slot in a segment; None for one that occurs in none of the fields. like:
        stems that only begin alike (`searchidx.alike`), for a leaf of one slot."""
        key = (segment, like) if like else segment
        found = self._words.get(key)
        if found is None:
            found = self._words[key] = tuple([self._word(slot, segment, kernel, like) for slot in self.slots])
        return found

    def field_bits(self) -> int:
        """A bit for each of the fields."""
        return self._bits

    def _word(self, slot: Slot, segment: OpenSegment, kernel: Segment, like: tuple[str, ...]) -> Word | None:
        if slot.expand is None:
            terms = tuple([term.encode("utf-8", "surrogatepass") for term in slot.terms])
            if not slot.stemmed:
                return kernel.word((), None, terms, False, self._bits, ())
            form = slot.typed.encode("utf-8", "surrogatepass") if self.inflected else None
            return kernel.word(terms, form, (), False, self._bits, tuple(map(str.encode, like)))
        seen = self.kept.expanded.setdefault(slot, set())
        if slot.prefix is not None:
            prefix = slot.prefix.encode("utf-8", "surrogatepass")
            word, words = kernel.prefix(prefix, self.inflected, self._bits, MOST_EXPANSIONS)
            if words is None:
                raise _too_many(slot)
            seen.update(map(bytes.decode, words))
            if len(seen) > MOST_EXPANSIONS:
                raise _too_many(slot)
            return word
        for text_field in self.fields:
            self.terms(slot, segment, text_field.name)
        return kernel.word((), None, tuple(map(str.encode, sorted(seen))), self.inflected, self._bits, ())

    def match(self, segment: OpenSegment) -> set[int]:
        """The documents in which the leaf occurs in at least one of its fields."""
        found: set[int] = set()
        for text_field in self.fields:
            found.update(self.occurrences(segment, text_field.name))
        return found

    def occurrences(self, segment: OpenSegment, name: str) -> dict[int, int]:
        """{document: how often the leaf occurs} in one text field."""
        key = (segment, name)
        found = self.kept.occurrences.get(key)
        if found is None:
            if len(self.slots) == 1:
                found = _summed(self._lists(self.slots[0], segment, name))
            else:
                found = {}
                for doc, columns in self._columns_of_all(segment, name).items():
                    if count := sum(1 for _ in self._joined(columns)):
                        found[doc] = count
            self.kept.occurrences[key] = found
        return found

    def occurrences_among(self, segment: OpenSegment, name: str, docs: set[int]) -> dict[int, int]:
        """{document: how often the leaf occurs} in one text field of the given documents only."""
        columns = [self._positions(slot, segment, name, docs) for slot in self.slots]
        found = {}
        for doc in docs.intersection(*columns):
            if count := sum(1 for _ in self._joined([column[doc] for column in columns])):
                found[doc] = count
        return found

    def slot_documents(self, slot: Slot, segment: OpenSegment) -> set[int]:
        """The documents in which a slot alone occurs, in any of the leaf's fields."""
        found: set[int] = set()
        for text_field in self.fields:
            for postings in self._lists(slot, segment, text_field.name):
                found.update(postings.docs)
        return found

    def spans(self, segment: OpenSegment, name: str, doc: int) -> list[tuple[int, ...]]:
        """Where the leaf occurs in one field of one document: for each occurrence the positions of its words.

        Of an endless repetition (see MOST_POSITIONS) the first ones."""
        if segment.kernel is not None:
            return self._kernel_spans(segment, segment.kernel, name, doc)
        if doc not in self.occurrences(segment, name):
            return []
        known = self.kept.columns.get((segment, name))
        if known is not None:
            return list(islice(self._joined(known[doc]), MOST_POSITIONS // len(self.slots)))
        columns = [self._positions(slot, segment, name, {doc}).get(doc, []) for slot in self.slots]
        return list(islice(self._joined(columns), MOST_POSITIONS // len(self.slots)))

    # -- inside

    def _kernel_spans(self, segment: OpenSegment, kernel: Segment, name: str, doc: int) -> list[tuple[int, ...]]:
        number = TEXT_FIELD_NUMBERS[name]
        columns: dict[Slot, list[int]] = {}  # a phrase of a thousand equal words reads one of them
        for slot, word in zip(self.slots, self.words(segment, kernel), strict=True):
            if slot in columns:
                continue
            if word is None or not word.fields >> number & 1:
                return []
            columns[slot] = kernel.positions(word, number, doc)
            if not columns[slot]:
                return []
        found = self._joined([columns[slot] for slot in self.slots])
        return list(islice(found, MOST_POSITIONS // len(self.slots)))

    def _lists(self, slot: Slot, segment: OpenSegment, name: str) -> list[PostingList]:
        index_field = slot.index_field(name)
        lists = (segment.postings(index_field, term) for term in self.terms(slot, segment, name))
        return [postings for postings in lists if postings.docs]

    def _columns_of_all(self, segment: OpenSegment, name: str) -> dict[int, list[list[int]]]:
        """{document: the positions of each slot} of the documents that have all slots somewhere in the field."""
        key = (segment, name)
        found = self.kept.columns.get(key)
        if found is None:
            candidates: set[int] | None = None
            for slot in dict.fromkeys(self.slots):
                having: set[int] = set()
                for postings in self._lists(slot, segment, name):
                    having.update(postings.docs)
                candidates = having if candidates is None else candidates & having
                if not candidates:
                    break
            places = [self._positions(slot, segment, name, candidates or set()) for slot in self.slots]
            found = self.kept.columns[key] = {doc: [column[doc] for column in places] for doc in candidates or ()}
        return found

    def _positions(self, slot: Slot, segment: OpenSegment, name: str, docs: set[int]) -> dict[int, list[int]]:
        """{document: ascending positions} of a slot in the given documents."""
        found: dict[int, list[int]] = {}
        for postings in self._lists(slot, segment, name):
            for doc, index in _places(postings.docs, docs):
                at = postings.at(index)
                found[doc] = sorted(found[doc] + at) if doc in found else at
        return found

    def _joined(self, columns: Sequence[list[int]]) -> Iterator[tuple[int, ...]]:
        if len(columns) == 1:
            return ((position,) for position in columns[0])
        if self.window is None:
            return _adjacent(columns)
        if len(columns) == 2 and self.slots[0] != self.slots[1]:
            return _near_pairs(columns[0], columns[1], self.window)
        return _windows(self.slots, columns, self.window)


def _too_many(slot: Slot) -> TooManyWords:
    return TooManyWords(
        f"{slot.typed} stands for more than {MOST_EXPANSIONS:,} different words: write more letters of it"
    )


def _places(having: Sequence[int], wanted: set[int]) -> Iterator[tuple[int, int]]:
    """(document, index in `having`) of the wanted documents, by the cheaper of two ways."""
    if len(wanted) * 8 < len(having):
        for doc in wanted:
            index = bisect_left(having, doc)
            if index < len(having) and having[index] == doc:
                yield doc, index
    else:
        for index, doc in enumerate(having):
            if doc in wanted:
                yield doc, index


def _summed(lists: Sequence[PostingList]) -> dict[int, int]:
    if len(lists) == 1:
        return dict(zip(lists[0].docs, lists[0].freqs, strict=True))
    total: Counter[int] = Counter()
    for postings in lists:
        for doc, freq in zip(postings.docs, postings.freqs, strict=True):
            total[doc] += freq
    return total


def _adjacent(columns: Sequence[list[int]]) -> Iterator[tuple[int, ...]]:
    """Runs of positions p, p+1, p+2, ... with the i-th in the i-th column."""
    starts = set(columns[0])
    for offset, column in enumerate(columns[1:], 1):
        starts &= {position - offset for position in column}
    length = len(columns)
    return (tuple(range(start, start + length)) for start in sorted(starts))


def _near_pairs(one: list[int], two: list[int], window: int) -> Iterator[tuple[int, ...]]:
    """What `_windows` gives for two different slots, which is the usual case, with less ado."""
    if one[-1] + window <= two[0] or two[-1] + window <= one[0]:
        return
    far = -window
    last = [far, far]
    for position, number in sorted([(position, 0) for position in one] + [(position, 1) for position in two]):
        other = last[1 - number]
        if position - other < window:
            yield (other, position) if other < position else (position,)
            last = [far, far]
        else:
            last[number] = position


def _windows(slots: Sequence[Slot], columns: Sequence[list[int]], window: int) -> Iterator[tuple[int, ...]]:
    """The shortest stretches of at most `window` positions that hold every slot as often as it is asked for.

    Each stretch is reported once, as the positions in it that belong to a slot; stretches do not overlap.
    """
    needed = Counter(slots)
    by_slot = dict(zip(slots, columns, strict=True))
    events = sorted((position, number) for number, slot in enumerate(needed) for position in by_slot[slot])
    counts = list(needed.values())
    missing = sum(counts)
    held = [0] * len(counts)
    left = 0
    for right, (position, number) in enumerate(events):
        held[number] += 1
        missing -= held[number] <= counts[number]
        while missing == 0:
            start, first = events[left]
            if held[first] > counts[first]:  # the stretch holds without its first word
                held[first] -= 1
                left += 1
                continue
            if position - start < window:
                yield tuple(sorted({at for at, _ in events[left : right + 1]}))
                held = [0] * len(counts)
                missing = sum(counts)
                left = right + 1
                break
            held[first] -= 1
            missing += 1
            left += 1
