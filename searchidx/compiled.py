"""Searching with the compiled kernel: a plan handed to it segment by segment.

Rule: nothing is decided here. What matches and what it scores is specified by `searchidx.matching` and
`searchidx.ranking`; this module writes a plan in the form that the kernel reads, and puts the answers of the
segments together. The tests hold both ways of searching equal, to the bits of a score.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from searchidx.leaf import Leaf, Slot
from searchidx.matching import NEAR, Both, Choice, Either, Neighbours, Plan, Synonymous, Text
from searchidx.ranking import EXACT, K1, Found, Ranked, Scorer
from searchidx.snapshot import OpenSegment, Snapshot

if TYPE_CHECKING:
    from searchidx._kernel import Segment

_KNOWN_PAIRS = 20_000


def scorer(plan: Plan, snapshot: Snapshot) -> Scorer:
    """The fastest way to search that is at hand."""
    return CompiledScorer(plan, snapshot) if snapshot.compiled else Scorer(plan, snapshot)


def count(plan: Plan, snapshot: Snapshot) -> int:
    """How many documents match."""
    return scorer(plan, snapshot).search(0).total


class CompiledScorer(Scorer):
    """Finds and scores with the kernel."""

    def search(self, count: int | None, *, documents: bool = False) -> Found:
        total = 0
        found: list[Ranked] = []
        matched: list[tuple[OpenSegment, bytes]] = []
        norms = self.norms()
        least = float("-inf")
        for segment in self.snapshot.segments:
            kernel = _kernel(segment)
            program = _Program(segment, kernel)
            root = program.node(self.plan)
            addends = tuple(self._addend(part, program) for part in self.parts)
            pairs = tuple(
                (program.leaf(pair.words.one), program.leaf(pair.words.two), pair.ordered, pair.nearby)
                for pair in self.pairs
            )
            wanted = segment.data.doc_count if count is None else count
            number, some, bits = kernel.search(
                tuple(program.leaves), root, addends, pairs, norms, NEAR, K1, EXACT, wanted, least, documents
            )
            total += number
            identify = segment.data.document_id
            found += [(score, identify(doc), segment, doc) for score, doc in some]
            found.sort(key=_order)
            if count is not None:
                del found[count:]
                if count and len(found) == count:
                    least = found[-1][0]
            if bits is not None:
                matched.append((segment, bits))
        return Found(total, found, matched)

    def document_frequency(self, leaf: Leaf, slot: Slot) -> int:
        place = leaf.slots.index(slot) if len(leaf.slots) > 1 else 0
        words = (leaf.words(segment, _kernel(segment))[place] for segment in self.snapshot.segments)
        return sum(word.df for word in words if word is not None)

    def pair_frequencies(self, words: Neighbours) -> tuple[float, float]:
        known = self.snapshot.known_pairs
        key = (words.one, words.two)
        found = known.get(key)
        if found is None:
            if len(known) >= _KNOWN_PAIRS:
                known.clear()
            found = known[key] = super().pair_frequencies(words)
        return found

    def sampled_frequencies(self, words: Neighbours, shift: int) -> tuple[int, int]:
        beside = near = 0
        for segment in self.snapshot.segments:
            kernel = _kernel(segment)
            (one,), (two,) = words.one.words(segment, kernel), words.two.words(segment, kernel)
            if one is not None and two is not None:
                found = kernel.pair(one, two, words.one.field_bits(), NEAR, shift)
                beside, near = beside + found[0], near + found[1]
        return beside, near

    def _addend(self, part: Text | Synonymous, program: _Program) -> Any:
        if isinstance(part, Text):
            return (program.leaf(part.leaf), self.idf(part.leaf))
        words = tuple((program.leaf(word.leaf), self.idf(word.leaf)) for word in part.words)
        return words, tuple((program.leaf(other.leaf), self.synonym_worth(part, other)) for other in part.others)


class _Program:
    """A plan in the form of `_kernel.Segment.search`."""

    def __init__(self, segment: OpenSegment, kernel: Segment) -> None:
        self._segment = segment
        self._kernel = kernel
        self._numbers: dict[Leaf, int] = {}
        self.leaves: list[Any] = []

    def leaf(self, leaf: Leaf) -> int:
        """The number of a leaf."""
        number = self._numbers.get(leaf)
        if number is None:
            number = self._numbers[leaf] = len(self.leaves)
            words = leaf.words(self._segment, self._kernel)
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


def _kernel(segment: OpenSegment) -> Segment:
    assert segment.kernel is not None
    return segment.kernel


def _order(item: Ranked) -> tuple[float, str]:
    return -item[0], item[1]
