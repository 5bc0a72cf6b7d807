"""The best of a search, looked at twice: how near the words stand, and what the best have in common.

Rule: the BEST first documents by the words alone gain what is found here, and nothing is ever taken away, so they
stay before all others and no order depends on how many results are asked for. It decides nothing about matching.

Nearness (always): two words that follow one another in the query score like a word of their own, ORDERED times for
standing side by side in this order and NEARBY times for lying within eight positions, with the idf of the rarer of
the two (not raised). Source: Metzler, Croft, "A Markov Random Field Model for Term Dependencies" (2005).

Feedback (for questions, see `is_question`): the words which the first FEEDBACK documents have in common are asked
as well. With s the score so far, and tf and len over all fields, each counted with the field's weight,

    x(t, d)  = (K1 + 1) * tf / (tf + K1 * (1 - B + B * len / avg))
    E(t)     = idf(t) * sum over the first FEEDBACK documents of (s / best s) ** STEEP * x(t, d)
    f(d)     = sum over the TERMS best t of E(t) * idf(t) * x(t, d)
    score(d) = s(d) + LIKENESS * best s * f(d) / (largest f)

A first result far above the rest is its own feedback and stays first, which is what the steep power is for. The
words of the first documents are read from the beginning of their texts, OPENING characters of each.
Source of the idea: Lavrenko, Croft, "Relevance-Based Language Models" (2001); here on the weights of BM25.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache

from ingest.document import Document
from searchidx.analysis import stem, stop_words, stretches, terms_of
from searchidx.characters import has_function_character
from searchidx.fields import TEXT_FIELDS
from searchidx.matching import Both, Either, Plan

BEST = 100
ORDERED = 0.3
NEARBY = 0.2
#: From so many words on, alternatives are a question.
QUESTION = 5
FEEDBACK = 20
#: Libraries of fewer documents do without feedback: the best are soon half of them.
SMALLEST = 100
STEEP = 5
TERMS = 50
LIKENESS = 0.8
K1 = 1.5
B = 0.65
OPENING = 20_000
#: Pages that are read for these.
PAGES = 20


def is_question(plan: Plan) -> bool:
    """Whether many words are asked as alternatives, as in a question in natural language: then each word alone
    says little, and it pays to look at words that begin alike and at what the best results have in common."""
    if isinstance(plan, Both):
        return any(is_question(part) for part in plan.required)
    return isinstance(plan, Either) and len(plan.scored()) >= QUESTION


def words_of(document: Document) -> dict[str, float]:
    """{stem: occurrences, each counted with its field's weight} of a document with its pages, without stop words,
    numbers and single characters."""
    from searchidx.document_terms import texts

    found: dict[str, float] = {}
    for field, parts in zip(TEXT_FIELDS, texts(document), strict=True):
        left = OPENING
        for part in parts:
            if left <= 0:
                break
            for stretch, times in Counter(stretches(part[:left])).items():
                for root in _telling(stretch, document.language):
                    found[root] = found.get(root, 0.0) + field.weight * times
            left -= len(part)
    return found


@lru_cache(maxsize=100_000)
def _telling(stretch: str, language: str | None) -> tuple[str, ...]:
    """The stems of a stretch of text that tell anything."""
    return tuple(root for term in terms_of(stretch) if _tells(root := stem(term, language)))


def expansion(
    best: Sequence[tuple[float, Mapping[str, float]]],
    lengths: Sequence[float],
    idf: Callable[[Collection[str]], Mapping[str, float]],
    left_out: Collection[str],
) -> dict[str, float]:
    """{stem: E(t) * idf(t)} of the TERMS words that the first documents have in common.

    best: score and words of each, the best first. lengths: of each, divided by the mean. idf: of stems, 0 for one
    that tells nothing. left_out: stems that were looked for without having been typed, synonyms and words that
    begin alike; asked once more, they could bring what has only them above what has the words as typed.
    """
    from heapq import nlargest

    share: dict[str, float] = {}
    for place, (score, words) in enumerate(best):
        trust = (score / best[0][0]) ** STEEP
        for term, tf in words.items():
            share[term] = share.get(term, 0.0) + trust * weight(tf, lengths[place])
    for term in left_out:
        share.pop(term, None)
    idfs = idf(share)
    found = {term: value * idfs[term] for term, value in share.items() if idfs[term] > 0}
    chosen = nlargest(TERMS, found, key=lambda term: (found[term], term))
    return {term: found[term] * idfs[term] for term in chosen}


def weight(tf: float, length: float) -> float:
    """x(t, d); length: that of the document divided by the mean."""
    return (K1 + 1) * tf / (tf + K1 * (1 - B + B * length))


def _tells(term: str) -> bool:
    word, _, language = term.partition("/")
    return (
        len(word) > 1
        and not has_function_character(word)
        and not word.isdigit()
        and term not in _stop_stems(language or "en")
    )


@lru_cache(maxsize=64)
def _stop_stems(language: str) -> frozenset[str]:
    return frozenset(stem(word, language) for word in stop_words(language))
