"""Scores: BM25F over the text fields, and the nearness of the query's words.

Rule: every document that matches gets a score, and the order is total: higher score first, then the smaller id.
For a word t in a document d, with tf the number of occurrences, len the number of tokens and avg its mean:

    w(t, d)     = sum over fields f of weight_f * (tf_f + EXACT * surface_tf_f) / (1 - b_f + b_f * len_f / avg_f)
    score(t, d) = idf(t) * (K1 + 1) * w / (K1 + w)
    idf(t)      = ln(1 + (N - df + 0.5) / (df + 0.5)) ** RARITY

tf counts inflections; surface_tf only the word as typed, so that an exact match ranks above an inflected one,
other things equal. A word that comes twice in the query counts twice. A phrase counts like a word whose idf is the
sum of its words'. Two words that follow one another in the query add, like words of their own, ORDERED times the
score of their standing side by side and NEARBY times that of their lying within eight positions, with the df of
just that and RARITY 1. A stretch with synonyms scores as typed, or SYNONYM times as the best of the other phrases,
whichever is more, with an idf that is never above that of the typed words: so a synonym alone never beats the
words that were typed, other things equal. How the numbers were chosen stands in docs/ranking.md.

Sources: Robertson, Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), section 3.5, with
the idf that cannot become negative; Metzler, Croft, "A Markov Random Field Model for Term Dependencies" (2005) for
the pairs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from heapq import nsmallest

from searchidx.leaf import Leaf
from searchidx.matching import Plan, Synonymous, Text
from searchidx.snapshot import OpenSegment, Snapshot

K1 = 1.5
RARITY = 1.2
EXACT = 0.2
ORDERED = 0.3
NEARBY = 0.15
SYNONYM = 0.8


class Scorer:
    """Scores the documents of one snapshot for one plan."""

    def __init__(self, plan: Plan, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._idfs: dict[Leaf, float] = {}
        self.parts = list(plan.scored())
        self.pairs = [
            (Text(leaf), factor * self._idf(sum(len(leaf.match(segment)) for segment in snapshot.segments)))
            for pair in plan.neighbours()
            for leaf, factor in zip(pair, (ORDERED, NEARBY), strict=True)
        ]

    def worths(self) -> list[tuple[Text, float]]:
        """Everything that was looked for in texts, with what an occurrence is worth: what snippets show."""
        found: list[tuple[Text, float]] = []
        for part in self.parts:
            if isinstance(part, Text):
                found.append((part, self.idf(part.leaf)))
            else:
                words = [(word, self.idf(word.leaf)) for word in part.words]
                most = sum(idf for _, idf in words)
                found += words
                found += [(other, SYNONYM * min(most, self.idf(other.leaf))) for other in part.others]
        return found

    def idf(self, leaf: Leaf) -> float:
        """The inverse document frequency of a word, or the sum over the words of a phrase."""
        known = self._idfs.get(leaf)
        if known is None:
            known = self._idfs[leaf] = sum(
                self._idf(sum(len(leaf.slot_documents(slot, segment)) for segment in self.snapshot.segments))
                ** RARITY
                for slot in leaf.slots
            )
        return known

    def _idf(self, df: int) -> float:
        return math.log1p((self.snapshot.doc_count - df + 0.5) / (df + 0.5))

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
        for text, worth in self.pairs:
            for doc, score in self.scored(text, worth, segment, docs).items():
                scores[doc] += score
        return scores

    def scored(self, text: Text, worth: float, segment: OpenSegment, docs: set[int]) -> dict[int, float]:
        """{document: score} of one word, phrase or pattern, an occurrence of which is worth so much."""
        return {
            doc: worth * (K1 + 1) * weight / (K1 + weight)
            for doc, weight in self.weights(text, segment, docs).items()
        }

    def synonymous(self, part: Synonymous, segment: OpenSegment, docs: set[int]) -> dict[int, float]:
        """The score of the words as typed, or SYNONYM times that of the best other phrase, whichever is more."""
        found: dict[int, float] = {}
        most = 0.0
        for word in part.words:
            idf = self.idf(word.leaf)
            most += idf
            for doc, score in self.scored(word, idf, segment, docs).items():
                found[doc] = found.get(doc, 0.0) + score
        for other in part.others:
            worth = SYNONYM * min(most, self.idf(other.leaf))
            for doc, score in self.scored(other, worth, segment, docs).items():
                found[doc] = max(found.get(doc, 0.0), score)
        return found

    def weights(self, text: Text, segment: OpenSegment, docs: set[int]) -> dict[int, float]:
        """{document: w(t, d)} of the given documents in which the word occurs."""
        found: dict[int, float] = {}
        for field in text.leaf.fields:
            occurrences = text.leaf.occurrences(segment, field.name)
            if not occurrences:
                continue
            # A word as typed is also one of its inflections, so these are among the occurrences.
            surface = text.surface.occurrences(segment, field.name) if text.surface else {}
            lengths = segment.data.lengths(field.name)
            base = (1.0 - field.b) / field.weight
            slope = field.b / self.snapshot.average_length(field.name) / field.weight
            if len(docs) < len(occurrences):
                occurrences = {doc: occurrences[doc] for doc in docs if doc in occurrences}
            for doc, tf in occurrences.items():
                if doc in docs:
                    times = tf + EXACT * surface[doc] if doc in surface else tf
                    found[doc] = found.get(doc, 0.0) + times / (base + slope * lengths[doc])
        return found


def best(
    scored: Sequence[tuple[OpenSegment, dict[int, float]]], count: int | None
) -> list[tuple[float, str, OpenSegment, int]]:
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
