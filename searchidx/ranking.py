"""Scores: BM25F over the text fields.

Rule: every document that matches gets a score, and the order is total: higher score first, then the smaller id.
For a word t in a document d, with tf the number of occurrences, len the number of tokens and avg its mean:

    w(t, d)     = sum over fields f of weight_f * (tf_f + EXACT * typed_f + LIKE * like_f)
                                       / (1 - b_f + b_f * len_f / avg_f)
    score(t, d) = idf(t) * (K1 + 1) * w / (K1 + w)
    idf(t)      = ln(1 + (N - df + 0.5) / (df + 0.5)) ** RARITY

tf counts inflections; typed of these the word as typed, so that an exact match ranks above an inflected one,
other things equal; like, in questions only (`rerank.is_question`), words that begin alike (`alike`), which are
no reason to match. A word that comes twice in the query counts twice. A phrase counts like a word whose idf is
the sum of its words'. A pair of Chinese characters one of which is a grammatical word counts FUNCTION times. A
stretch with synonyms scores as typed, or SYNONYM times as the best of the other phrases, whichever is more,
with an idf that is never above that of the typed words: so a synonym alone never beats the words that were
typed, other things equal. The best documents by these sums gain what `rerank` says. How the numbers were chosen
stands in docs/ranking.md.

Source: Robertson, Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), section 3.5, with the
idf that cannot become negative.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from ingest.document import Document
from ingest.frozen import Frozen
from searchidx import rerank
from searchidx.alike import alike
from searchidx.characters import has_function_character
from searchidx.fields import TEXT_FIELD_NUMBERS, TEXT_FIELDS, stem_field
from searchidx.leaf import Leaf, Slot
from searchidx.matching import Neighbours, Plan, Synonymous, Text
from searchidx.rerank import BEST, FEEDBACK, LIKENESS, NEARBY, ORDERED, SMALLEST
from searchidx.snapshot import OpenSegment, Snapshot

K1 = 1.5
RARITY = 1.2
EXACT = 0.2
LIKE = 0.1
FUNCTION = 0.7
SYNONYM = 0.8

#: Reads documents with the beginning of their texts, by their ids.
Reader = Callable[[Sequence[str]], Iterable[Document]]
#: A document as it is ranked: score, id, and where it stands in the index.
Ranked = tuple[float, str, OpenSegment, int]
#: The matching documents of each segment: their numbers, or (from the kernel) a bit for each document.
Matched = Sequence[tuple[OpenSegment, "set[int] | bytes"]]


class Found(Frozen):
    """How many documents match, the best of them in order, and all of them where these were asked for."""

    total: int
    best: list[Ranked]
    matched: Matched


class Pair(Frozen):
    """Neighbouring words, with what their standing side by side and near each other is worth."""

    words: Neighbours
    ordered: float
    nearby: float


class Scorer:
    """Finds and scores the documents of one snapshot for one plan, in plain Python.

    read: the documents of a library, for what the best of a question have in common; None: without that.
    """

    def __init__(self, plan: Plan, snapshot: Snapshot, read: Reader | None = None) -> None:
        self.plan = plan
        self.snapshot = snapshot
        self._read = read
        self._idfs: dict[Leaf, float] = {}
        self._word_idfs: dict[Leaf, float] = {}
        self.parts = plan.scored()
        self.is_question = rerank.is_question(plan)
        self._likes: dict[Leaf, tuple[str, ...]] = {}
        #: For explanations: the ids of the best, what these had in common, with its weight, and what each gained.
        self.looked_at_twice: Collection[str] = ()
        self.common: dict[str, float] = {}
        self.gains: dict[str, float] = {}

    def search(self, count: int | None, *, documents: bool = False) -> Found:
        """All that matches, and the best `count` (None: all); documents: also which match."""
        matched = [(segment, self.plan.match(segment)) for segment in self.snapshot.segments]
        total = sum(len(docs) for _, docs in matched)
        found: list[Ranked] = []
        if count != 0:
            scored = [(segment, self.scores(segment, docs)) for segment, docs in matched]
            found = best(scored, None if count is None else max(count, BEST))
            found = sorted(self._looked_at_twice(found[:BEST]), key=order) + found[BEST:]
        return Found(total, found[:count], matched if documents else ())

    def _looked_at_twice(self, head: list[Ranked]) -> list[Ranked]:
        """The best documents with what `rerank` adds to their scores."""
        self.looked_at_twice = {id_ for _, id_, _, _ in head}
        docs: dict[OpenSegment, set[int]] = {}
        for _, _, segment, doc in head if self.pairs else ():
            docs.setdefault(segment, set()).add(doc)
        gains: dict[tuple[OpenSegment, int], list[float]] = {}
        for pair in self.pairs:
            for leaf, worth in ((pair.words.beside, pair.ordered), (pair.words.near, pair.nearby)):
                for segment, some in docs.items():
                    for doc, gain in self.scored(Text(leaf), worth, segment, some).items():
                        gains.setdefault((segment, doc), []).append(gain)
        near = [
            (sum(gains.get((segment, doc), ()), score), id_, segment, doc) for score, id_, segment, doc in head
        ]
        return self._with_feedback(near)

    def _with_feedback(self, head: list[Ranked]) -> list[Ranked]:
        """The best documents of a question with what they gain by words that the first of them have in common."""
        if not self.is_question or self._read is None or self.snapshot.doc_count < SMALLEST or not head:
            return head
        ordered = sorted(head, key=order)
        most = ordered[0][0]
        if most <= 0:
            return head
        first = ordered[:FEEDBACK]
        read = self._read([id_ for _, id_, _, _ in first])
        words = {document.id: rerank.words_of(document) for document in read}
        lengths = [self._relative_length(segment, doc) for _, _, segment, doc in ordered]
        self.common = rerank.expansion(
            [(score, words.get(id_, {})) for score, id_, _, _ in first], lengths, self._stem_idfs, self._untyped()
        )
        likeness = dict.fromkeys((id_ for _, id_, _, _ in head), 0.0)
        rows = self.frequencies(tuple(self.common), ordered)
        for value, row in zip(self.common.values(), rows, strict=True):
            for (_, id_, _, _), length, tf in zip(ordered, lengths, row, strict=True):
                if tf:
                    likeness[id_] += value * rerank.weight(tf, length)
        largest = max(likeness.values())
        if largest > 0:
            self.gains = {id_: LIKENESS * most * value / largest for id_, value in likeness.items()}
        return [(score + self.gains.get(id_, 0.0), id_, segment, doc) for score, id_, segment, doc in head]

    def _relative_length(self, segment: OpenSegment, doc: int) -> float:
        """The length of a document over all fields, divided by the mean."""
        return sum(f.weight * segment.data.length(f.name, doc) for f in TEXT_FIELDS) / self._mean_length

    @cached_property
    def _mean_length(self) -> float:
        total = sum(
            f.weight * segment.total_length(f.name)[0] for segment in self.snapshot.segments for f in TEXT_FIELDS
        )
        return max(1.0, total / max(1, self.snapshot.doc_count))

    def _stem_idfs(self, stems: Collection[str]) -> Mapping[str, float]:
        """The idf of stems, not raised; 0 for one that more than half of the documents have: it tells nothing."""
        half = self.snapshot.doc_count / 2
        frequencies = self.stem_frequencies(tuple(stems))
        return {
            stem: self._idf(df) if 0 < df <= half else 0.0 for stem, df in zip(stems, frequencies, strict=True)
        }

    def _untyped(self) -> frozenset[str]:
        """The stems that were looked for without having been typed."""
        words = [word for part in self.parts for word in ([part] if isinstance(part, Text) else part.words)]
        others = [other for part in self.parts if isinstance(part, Synonymous) for other in part.others]
        typed = {term for word in words for slot in word.leaf.slots for term in slot.terms}
        found = {term for other in others for slot in other.leaf.slots for term in slot.terms}
        return frozenset(found.union(*(self.like(word.leaf) for word in words)) - typed)

    def like(self, leaf: Leaf) -> tuple[str, ...]:
        """The stems that begin like a word of a question that may be inflected."""
        if not self.is_question or not leaf.inflected or len(leaf.slots) != 1 or not leaf.slots[0].stemmed:
            return ()
        found = self._likes.get(leaf)
        if found is None:
            found = self._likes[leaf] = alike(leaf.slots[0].terms, self.snapshot)
        return found

    def stem_frequencies(self, stems: tuple[str, ...]) -> list[int]:
        """In how many documents each stem occurs."""
        return [
            sum(
                len({doc for f in TEXT_FIELDS for doc in segment.postings(stem_field(f.name), stem).docs})
                for segment in self.snapshot.segments
            )
            for stem in stems
        ]

    def frequencies(self, stems: Sequence[str], documents: Sequence[Ranked]) -> Iterator[list[float]]:
        """For each stem, how often it occurs in each of the documents, the fields weighted."""
        segments = {segment for _, _, segment, _ in documents}
        for stem in stems:
            found: dict[tuple[OpenSegment, int], float] = {}
            for segment in segments:
                for f in TEXT_FIELDS:
                    postings = segment.postings(stem_field(f.name), stem)
                    for doc, tf in zip(postings.docs, postings.freqs, strict=True):
                        found[segment, doc] = found.get((segment, doc), 0.0) + f.weight * tf
            yield [found.get((segment, doc), 0.0) for _, _, segment, doc in documents]

    @cached_property
    def pairs(self) -> list[Pair]:
        """The neighbouring words of the query."""
        found = []
        for words in self.plan.neighbours():
            idf = max(self._idf_of_word(words.one), self._idf_of_word(words.two))
            found.append(Pair(words, ORDERED * idf, NEARBY * idf))
        return found

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
            if len(leaf.slots) == 1:
                known = self._idf_of_word(leaf) ** RARITY
                if has_function_character(leaf.typed):
                    known *= FUNCTION
            else:
                known = sum([self._idf(self.document_frequency(leaf, slot)) ** RARITY for slot in leaf.slots])
            self._idfs[leaf] = known
        return known

    def _idf_of_word(self, leaf: Leaf) -> float:
        """The idf of a leaf of one slot, not raised."""
        known = self._word_idfs.get(leaf)
        if known is None:
            known = self._word_idfs[leaf] = self._idf(self.document_frequency(leaf, leaf.slots[0]))
        return known

    def _idf(self, df: float) -> float:
        return math.log1p((self.snapshot.doc_count - df + 0.5) / (df + 0.5))

    def norms(self) -> tuple[tuple[float, float], ...]:
        """For each text field the two numbers of its length normalisation: base and slope of the divisor of tf."""
        return _norms(self.snapshot.average_lengths)

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
        """{document: w(t, d)} of the given documents in which the word occurs, or one that begins alike."""
        found: dict[int, float] = {}
        norms = self.norms()
        similar = self.like(leaf)
        likes = Leaf([Slot(leaf.typed, frozenset(similar), stemmed=True)], leaf.fields) if similar else None
        for field in leaf.fields:
            if len(leaf.slots) > 1 and len(docs) <= BEST:
                occurrences = leaf.occurrences_among(segment, field.name, docs)
            else:
                occurrences = leaf.occurrences(segment, field.name)
            like = likes.occurrences(segment, field.name) if likes else {}
            if not occurrences and not like:
                continue
            # A word as typed is also one of its inflections, so these are among the occurrences.
            typed = surface.occurrences(segment, field.name) if (surface := leaf.surface) else {}
            lengths = segment.data.lengths(field.name)
            base, slope = norms[TEXT_FIELD_NUMBERS[field.name]]
            having = occurrences.keys() | like.keys()
            for doc in docs & having if len(docs) < len(having) else having & docs:
                times = occurrences.get(doc, 0) + EXACT * typed.get(doc, 0) + LIKE * like.get(doc, 0)
                found[doc] = found.get(doc, 0.0) + times / (base + slope * lengths[doc])
        return found


@lru_cache(maxsize=64)
def _norms(averages: tuple[float, ...]) -> tuple[tuple[float, float], ...]:
    return tuple(
        ((1.0 - field.b) / field.weight, field.b / average / field.weight)
        for field, average in zip(TEXT_FIELDS, averages, strict=True)
    )


def order(item: Ranked) -> tuple[float, str]:
    return -item[0], item[1]


def best(scored: Sequence[tuple[OpenSegment, dict[int, float]]], count: int | None) -> list[Ranked]:
    """The best `count` (None: all) of all segments as (score, id, segment, document), best first."""
    if count == 0:
        return []
    from heapq import nsmallest

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
