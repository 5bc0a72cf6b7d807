"""Scores: BM25F over the text fields, and the nearness of the query's words.

Rule: every document that matches gets a score, and the order is total: higher score first, then the smaller id.
For a word t in a document d, with tf the number of occurrences, len the number of tokens and avg its mean:

    w(t, d)     = sum over fields f of weight_f * (tf_f + EXACT * surface_tf_f) / (1 - b_f + b_f * len_f / avg_f)
    score(t, d) = idf(t) * (K1 + 1) * w / (K1 + w)
    idf(t)      = ln(1 + (N - df + 0.5) / (df + 0.5)) ** RARITY

tf counts inflections; surface_tf only the word as typed, so that an exact match ranks above an inflected one,
other things equal. A word that comes twice in the query counts twice. A phrase counts like a word whose idf is
the sum of its words'. Two words that follow one another in the query add, like words of their own, ORDERED times
the score of their standing side by side and NEARBY times that of their lying within eight positions, with the df
of just that and RARITY 1. Where the rarer of two words is in more than PAIR_SAMPLE documents, that df is
estimated: it is counted only in documents whose id ends in so many zero bits that about PAIR_SAMPLE of these
remain, and multiplied up; so it costs no more in a large library, and does not depend on segments. A stretch
with synonyms scores as typed, or SYNONYM times as the best of the other phrases, whichever is more, with an idf
that is never above that of the typed words: so a synonym alone never beats the words that were typed, other
things equal. How the numbers were chosen stands in docs/ranking.md.

Sources: Robertson, Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), section 3.5, with
the idf that cannot become negative; Metzler, Croft, "A Markov Random Field Model for Term Dependencies" (2005) for
the pairs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from heapq import nsmallest
from typing import NamedTuple

from searchidx.fields import TEXT_FIELD_NUMBERS, TEXT_FIELDS
from searchidx.leaf import Leaf, Slot
from searchidx.matching import Neighbours, Plan, Synonymous, Text
from searchidx.snapshot import OpenSegment, Snapshot

K1 = 1.5
RARITY = 1.2
EXACT = 0.2
ORDERED = 0.3
NEARBY = 0.15
SYNONYM = 0.8
PAIR_SAMPLE = 1000

#: A document as it is ranked: score, id, and where it stands in the index.
Ranked = tuple[float, str, OpenSegment, int]
#: The matching documents of each segment: their numbers, or (from the kernel) a bit for each document.
Matched = Sequence[tuple[OpenSegment, "set[int] | bytes"]]


class Found(NamedTuple):
    """How many documents match, the best of them in order, and all of them where these were asked for."""

    total: int
    best: list[Ranked]
    matched: Matched


class Pair(NamedTuple):
    """Neighbouring words, with what their standing side by side and near each other is worth."""

    words: Neighbours
    ordered: float
    nearby: float


class Scorer:
    """Finds and scores the documents of one snapshot for one plan, in plain Python."""

    def __init__(self, plan: Plan, snapshot: Snapshot) -> None:
        self.plan = plan
        self.snapshot = snapshot
        self._idfs: dict[Leaf, float] = {}
        self.parts = list(plan.scored())

    def search(self, count: int | None, *, documents: bool = False) -> Found:
        """All that matches, and the best `count` (None: all); documents: also which match."""
        matched = [(segment, self.plan.match(segment)) for segment in self.snapshot.segments]
        scored = [(segment, self.scores(segment, docs)) for segment, docs in matched]
        return Found(sum(len(docs) for _, docs in matched), best(scored, count), matched if documents else ())

    @cached_property
    def pairs(self) -> list[Pair]:
        """The neighbouring words of the query."""
        found = []
        for words in self.plan.neighbours():
            ordered, nearby = self.pair_frequencies(words)
            found.append(Pair(words, ORDERED * self._idf(ordered), NEARBY * self._idf(nearby)))
        return found

    def pair_frequencies(self, words: Neighbours) -> tuple[float, float]:
        """In how many documents the words stand side by side, and near each other, counted or estimated."""
        rarer = min(self.document_frequency(leaf, leaf.slots[0]) for leaf in (words.one, words.two))
        shift = (rarer // PAIR_SAMPLE).bit_length()
        beside, near = self.sampled_frequencies(words, shift)
        # Of a few that all fell through the sample, half a one is taken to be there.
        least = (1 << shift >> 1) if shift else 0
        return beside << shift or least, near << shift or least

    def sampled_frequencies(self, words: Neighbours, shift: int) -> tuple[int, int]:
        """The same, of documents whose id has `shift` zero bits at its end."""
        mask = (1 << shift) - 1
        beside, near = (
            sum(
                not int(segment.data.document_id(doc)[8:], 16) & mask
                for segment in self.snapshot.segments
                for doc in leaf.match(segment)
            )
            for leaf in (words.beside, words.near)
        )
        return beside, near

    def document_frequency(self, leaf: Leaf, slot: Slot) -> int:
        """In how many documents a slot of a leaf occurs, in any of the leaf's fields."""
        return sum(len(leaf.slot_documents(slot, segment)) for segment in self.snapshot.segments)

    def worths(self) -> list[tuple[Text, float]]:
        """Everything that was looked for in texts, with what an occurrence is worth: what snippets show."""
        found: list[tuple[Text, float]] = []
        for part in self.parts:
            if isinstance(part, Text):
                found.append((part, self.idf(part.leaf)))
            else:
                found += [(word, self.idf(word.leaf)) for word in part.words]
                found += [(other, self.synonym_worth(part, other)) for other in part.others]
        return found

    def synonym_worth(self, part: Synonymous, other: Text) -> float:
        """What an occurrence of a phrase is worth that means the same as the words typed."""
        return SYNONYM * min(sum(self.idf(word.leaf) for word in part.words), self.idf(other.leaf))

    def idf(self, leaf: Leaf) -> float:
        """The inverse document frequency of a word, or the sum over the words of a phrase."""
        known = self._idfs.get(leaf)
        if known is None:
            known = self._idfs[leaf] = sum(
                self._idf(self.document_frequency(leaf, slot)) ** RARITY for slot in leaf.slots
            )
        return known

    def _idf(self, df: float) -> float:
        return math.log1p((self.snapshot.doc_count - df + 0.5) / (df + 0.5))

    def norms(self) -> tuple[tuple[float, float], ...]:
        """For each text field the two numbers of its length normalisation: base and slope of the divisor of tf."""
        return tuple(
            ((1.0 - field.b) / field.weight, field.b / self.snapshot.average_length(field.name) / field.weight)
            for field in TEXT_FIELDS
        )

    def scores(self, segment: OpenSegment, docs: set[int]) -> dict[int, float]:
        """{document: score} of the given documents; one that matches by filters alone scores 0."""
        scores = dict.fromkeys(docs, 0.0)
        for part in self.parts:
            found = (
                self.scored(part, self.idf(part.leaf), segment, docs)
                if isinstance(part, Text)
                else self.synonymous(part, segment, docs)
            )
            for doc, score in found.items():
                scores[doc] += score
        for pair in self.pairs:
            for leaf, worth in ((pair.words.beside, pair.ordered), (pair.words.near, pair.nearby)):
                for doc, score in self.scored(Text(leaf), worth, segment, docs).items():
                    scores[doc] += score
        return scores

    def scored(self, text: Text, worth: float, segment: OpenSegment, docs: set[int]) -> dict[int, float]:
        """{document: score} of one word, phrase or pattern, an occurrence of which is worth so much."""
        return {
            doc: worth * (K1 + 1) * weight / (K1 + weight)
            for doc, weight in self.weights(text.leaf, segment, docs).items()
        }

    def synonymous(self, part: Synonymous, segment: OpenSegment, docs: set[int]) -> dict[int, float]:
        """The score of the words as typed, or SYNONYM times that of the best other phrase, whichever is more."""
        found: dict[int, float] = {}
        for word in part.words:
            for doc, score in self.scored(word, self.idf(word.leaf), segment, docs).items():
                found[doc] = found.get(doc, 0.0) + score
        for other in part.others:
            for doc, score in self.scored(other, self.synonym_worth(part, other), segment, docs).items():
                found[doc] = max(found.get(doc, 0.0), score)
        return found

    def weights(self, leaf: Leaf, segment: OpenSegment, docs: set[int]) -> dict[int, float]:
        """{document: w(t, d)} of the given documents in which the word occurs."""
        found: dict[int, float] = {}
        norms = self.norms()
        for field in leaf.fields:
            occurrences = leaf.occurrences(segment, field.name)
            if not occurrences:
                continue
            # A word as typed is also one of its inflections, so these are among the occurrences.
            surface = leaf.surface.occurrences(segment, field.name) if leaf.surface else {}
            lengths = segment.data.lengths(field.name)
            base, slope = norms[TEXT_FIELD_NUMBERS[field.name]]
            if len(docs) < len(occurrences):
                occurrences = {doc: occurrences[doc] for doc in docs if doc in occurrences}
            for doc, tf in occurrences.items():
                if doc in docs:
                    times = tf + EXACT * surface[doc] if doc in surface else tf
                    found[doc] = found.get(doc, 0.0) + times / (base + slope * lengths[doc])
        return found


def best(scored: Sequence[tuple[OpenSegment, dict[int, float]]], count: int | None) -> list[Ranked]:
    """The best `count` (None: all) of all segments as (score, id, segment, document), best first."""
    if count == 0:
        return []
    candidates: list[tuple[float, OpenSegment, int]] = []
    for segment, scores in scored:
        pairs = scores.items()
        if count is not None and len(scores) > count:
            # Ties at the cut are all kept here; the ids decide below.
            cut = nsmallest(count, (-score for score in scores.values()))[-1]
            candidates += [(score, segment, doc) for doc, score in pairs if -score <= cut]
        else:
            candidates += [(score, segment, doc) for doc, score in pairs]
    named = [(-score, segment.data.document_id(doc), segment, doc) for score, segment, doc in candidates]
    chosen = nsmallest(len(named) if count is None else count, named, key=lambda item: item[:2])
    return [(-negative, id_, segment, doc) for negative, id_, segment, doc in chosen]
