"""Searching with the compiled kernel: a plan handed to it segment by segment.

Rule: nothing is decided here. What matches and what it scores is specified by `searchidx.matching` and
`searchidx.ranking`; this module writes a plan in the form that the kernel reads, and puts the answers of the
segments together. The tests hold both ways of searching equal, to the bits of a score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from searchidx import ranking
from searchidx.fields import TEXT_FIELD_BITS, TEXT_FIELDS
from searchidx.leaf import Leaf, Slot
from searchidx.matching import NEAR, Both, Choice, Either, Plan, Synonymous, Text
from searchidx.ranking import Found, Ranked, Reader, Scorer, order
from searchidx.rerank import BEST
from searchidx.snapshot import OpenSegment, Snapshot

if TYPE_CHECKING:
    from searchidx._kernel import Segment


def scorer(plan: Plan, snapshot: Snapshot, read: Reader | None = None) -> Scorer:
    """The fastest way to search that is at hand."""
    return (CompiledScorer if snapshot.compiled else Scorer)(plan, snapshot, read)


def count(plan: Plan, snapshot: Snapshot) -> int:
    """How many documents match."""
    return scorer(plan, snapshot).search(0).total


class CompiledScorer(Scorer):
    """Finds and scores with the kernel."""

    def search(self, count: int | None, *, documents: bool = False) -> Found:
        from searchidx import _kernel

        total = 0
        found: tuple[bytes, ...] = ()
        matched: list[tuple[OpenSegment, bytes]] = []
        norms = self.norms()
        segments = self.snapshot.segments
        everything = self.snapshot.doc_count
        # Where nothing is added to the best afterwards, no more than what is asked for need be kept.
        twice = bool(self.pairs) or self.is_question
        wanted = everything if count is None else max(count, BEST) if count and twice else count
        least = float("-inf")
        for number, segment in enumerate(segments):
            kernel = _of(segment)
            program = _Program(segment, kernel, self)
            root = program.node(self.plan)
            addends = tuple(self._addend(part, program) for part in self.parts)
            matches, records, bits = kernel.search(
                tuple(program.leaves),
                root,
                addends,
                norms,
                ranking.K1,
                ranking.EXACT,
                ranking.LIKE,
                wanted,
                least,
                documents,
                number,
            )
            total += matches
            found = (*found, records)
            if len(segments) > 1 and wanted < everything:
                found = (_kernel.best(found, wanted),)
                if len(found[0]) == wanted * _kernel.RECORD and wanted:
                    least = _kernel.records(found[0][-_kernel.RECORD :])[0][0]
            if bits is not None:
                matched.append((segment, bits))
        best = _kernel.best(found, wanted) if len(found) != 1 else found[0]
        size = BEST * _kernel.RECORD
        head, tail = best[:size], best[size:]
        self._head = head
        if self.pairs and head:
            head = self._nearness(head, norms)
        if self.is_question and head:
            ranked = sorted(self._with_feedback(self._ranked(_kernel.records(head))), key=order)
        else:
            ranked = self._ranked(
                _kernel.records(_kernel.best((head,), BEST if count is None else min(count, BEST)))
            )
        if count is None or count > BEST:
            ranked += self._ranked(_kernel.records(tail))
        return Found(total, ranked[:count], matched)

    @property
    def looked_at_twice(self) -> Collection[str]:
        from searchidx import _kernel

        return {id_ for _, id_, _, _ in _kernel.records(self._head)}

    @looked_at_twice.setter
    def looked_at_twice(self, ids: Collection[str]) -> None:
        self._head = b""

    def _nearness(self, head: bytes, norms: tuple[tuple[float, float], ...]) -> bytes:
        """The records of the best documents with what the nearness of words adds to their scores."""
        for number, segment in enumerate(self.snapshot.segments):
            kernel = _of(segment)
            pairs = []
            for pair in self.pairs:
                (one,), (two,) = pair.words.one.words(segment, kernel), pair.words.two.words(segment, kernel)
                pairs.append((one, two, pair.words.one.field_bits(), pair.ordered, pair.nearby))
            head = kernel.nearness(head, number, tuple(pairs), norms, ranking.K1, NEAR)
        return head

    def _ranked(self, records: list[tuple[float, str, int, int]]) -> list[Ranked]:
        segments = self.snapshot.segments
        return [(score, id_, segments[number], doc) for score, id_, number, doc in records]

    def stem_frequencies(self, stems: tuple[str, ...]) -> list[int]:
        encoded = tuple(stem.encode("utf-8", "surrogatepass") for stem in stems)
        columns = [_of(segment).stem_frequencies(encoded) for segment in self.snapshot.segments]
        return [sum(row) for row in zip(*columns, strict=True)]

    def frequencies(self, stems: Sequence[str], documents: Sequence[Ranked]) -> Iterator[list[float]]:
        one, two, three, four = (field.weight for field in TEXT_FIELDS)
        places: dict[OpenSegment, list[tuple[int, int]]] = {}
        for place, (_, _, segment, doc) in enumerate(documents):
            places.setdefault(segment, []).append((doc, place))
        ascending = [(_of(segment), sorted(some)) for segment, some in places.items()]
        columns = [(kernel, tuple(doc for doc, _ in some), some) for kernel, some in ascending]
        for stem in stems:
            row = [0.0] * len(documents)
            for kernel, docs, some in columns:
                word = kernel.word((stem.encode("utf-8", "surrogatepass"),), None, (), False, TEXT_FIELD_BITS, ())
                if word is not None:
                    found = kernel.frequencies(word, docs, (one, two, three, four))
                    for (_, place), tf in zip(some, found, strict=True):
                        row[place] = tf
            yield row

    def document_frequency(self, leaf: Leaf, slot: Slot) -> int:
        place = leaf.slots.index(slot) if len(leaf.slots) > 1 else 0
        words = [leaf.words(segment, _of(segment))[place] for segment in self.snapshot.segments]
        return sum([word.df for word in words if word is not None])

    def _addend(self, part: Text | Synonymous, program: _Program) -> Any:
        if isinstance(part, Text):
            return (program.leaf(part.leaf), self.idf(part.leaf))
        words = tuple((program.leaf(word.leaf), self.idf(word.leaf)) for word in part.words)
        return words, tuple((program.leaf(other.leaf), self.synonym_worth(part, other)) for other in part.others)


class _Program:
    """A plan in the form of `_kernel.Segment.search`."""

    def __init__(self, segment: OpenSegment, kernel: Segment, scorer: Scorer) -> None:
        self._segment = segment
        self._kernel = kernel
        self._like = scorer.like
        self._numbers: dict[Leaf, int] = {}
        self.leaves: list[Any] = []

    def leaf(self, leaf: Leaf) -> int:
        """The number of a leaf."""
        number = self._numbers.get(leaf)
        if number is None:
            number = self._numbers[leaf] = len(self.leaves)
            words = leaf.words(self._segment, self._kernel, self._like(leaf))
            if leaf.window is None or len(words) == 1:
                self.leaves.append((words, leaf.field_bits(), 0, (1,) * len(words)))
            else:
                needed = Counter(leaf.slots)
                by_slot = dict(zip(leaf.slots, words, strict=True))
                some = tuple(by_slot[slot] for slot in needed)
                self.leaves.append((some, leaf.field_bits(), leaf.window, tuple(needed.values())))
        return number

    def node(self, plan: Plan) -> Any:
        """A part of the plan as a node."""
        match plan:
            case Text():
                return self.leaf(plan.leaf)
            case Synonymous():
                return [self.node(plan.typed), *(self.leaf(other.leaf) for other in plan.others)]
            case Choice():
                return self._segment.bits(plan.field, plan.values(self._segment))
            case Both():
                if not plan.required and not plan.excluded:
                    return None
                # The rarest first: where nothing is left, the others are not looked at.
                required = sorted(plan.required, key=self._cost)
                return tuple(map(self.node, required)), tuple(map(self.node, plan.excluded))
            case Either():
                return [self.node(part) for part in plan.plans]
            case _:
                raise TypeError(f"no node for {type(plan).__name__}")

    def _cost(self, plan: Plan) -> tuple[int, int]:
        """Cheap and rare parts come first: single words and filters before phrases before other things."""
        if isinstance(plan, Choice):
            return 0, 0
        if isinstance(plan, Text):
            words = plan.leaf.words(self._segment, self._kernel)
            return int(len(words) > 1), min((word.df if word else 0 for word in words), default=0)
        return 2, 0


def _of(segment: OpenSegment) -> Segment:
    assert segment.kernel is not None
    return segment.kernel
