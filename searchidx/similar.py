"""Documents like a given one: its most telling words, and the phrases they stand in, asked as one query.

Rules: a word tells much if it stands often in this document and in few others. Words are counted by their stems in
title, summary and text, as the index has them, and asked in the spelling that is most frequent here; what only
this document has, stop words, numbers and single letters are left out. Where such a word first stands, the words
around it are asked as an exact phrase: documents about the same matter share words, near copies share phrases,
and so come first. All go through the usual ranking, as alternatives, with the document itself excluded; so
whatever can be searched can be compared, and the answer says what was asked.

    weight(t) = (1 + ln tf(t)) * ln((N + 1) / df(t)),    tf = sum over the fields of weight_f * tf_f(t)

N: documents of the library; df: how many have t. Source of the weight: Manning, Raghavan, Schütze, "Introduction
to Information Retrieval" (2008), section 6.4.1; the 1 keeps words that all documents of a small library have.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.document import Document, Page
from searchidx.analysis import Token, index_tokens, is_cjk_single, stem
from searchidx.compiled import count as count_matches
from searchidx.fields import TEXT_FIELDS
from searchidx.leaf import Leaf, Slot
from searchidx.library import Library
from searchidx.matching import Text
from searchidx.print_query import to_text
from searchidx.query import And, Filter, Node, Not, Or, Phrase, Word
from searchidx.results import SearchRequest, SearchResult
from searchidx.stopwords import is_stop_word

#: How many words and phrases are asked.
TERMS = 25
PHRASES = 8

_AROUND = 2  # words on either side of the telling one in a phrase
_LONGEST_PHRASE = 120  # characters; rows of dots and the like make longer ones

_LONGEST = 40  # characters; longer ones are addresses and other noise
_WEIGHTS = {field.name: field.weight for field in TEXT_FIELDS}


@dataclass(frozen=True, slots=True)
class TellingWord:
    """A word as it is asked; how often it stands in the document (weighted by field) and in how many documents of
    the library, both with its inflections; and the weight these give it."""

    word: str
    times: float
    documents: int
    weight: float


def telling_words(library: Library, document: Document, count: int = TERMS) -> list[TellingWord]:
    """The words that tell a document (with its pages) from the others of its library, the most telling first."""
    times: dict[str, float] = {}
    spellings: dict[str, Counter[str]] = {}
    for term, occurrences, weight in _words(document):
        root = stem(term, document.language)
        times[root] = times.get(root, 0.0) + occurrences * weight
        spellings.setdefault(root, Counter())[term] += occurrences
    total = library.snapshot.doc_count
    found: list[TellingWord] = []
    for root, tf in sorted(times.items(), key=lambda item: (-item[1], item[0])):
        strength = 1 + math.log(tf)
        # A word that another document has weighs at most so much; tf falls, so none that follows can do better.
        if len(found) == count and strength * math.log((total + 1) / 2) < found[-1].weight:
            break
        df = _documents(library, root)
        if df >= 2:
            word = min(spellings[root], key=lambda spelling: (-spellings[root][spelling], spelling))
            found.append(TellingWord(word, tf, df, strength * math.log((total + 1) / df)))
            found.sort(key=lambda item: (-item.weight, item.word))
            del found[count:]
    return found


def similar(
    library: Library, document: Document, request: SearchRequest | None = None, *, terms: int = TERMS
) -> SearchResult:
    """The documents most like this one (which is read with its pages), best first.

    request: filters, limit, offset, sort and snippets as for a search; its query is not used. terms: how many
    words are asked. In the result `query` is the document's id, and `interpreted` has the words.
    """
    request = request or SearchRequest()
    words = [item.word for item in telling_words(library, document, terms)]
    if not words:
        warning = "no word of this document occurs in another one, so there is nothing to compare it by"
        return SearchResult(document.id, "", 0, 0.0, request.offset, (), warnings=(warning,))
    asked: tuple[Node, ...] = (*map(Word, words), *map(Phrase, phrases(document, words)))
    tree = And((asked[0] if len(asked) == 1 else Or(asked), Not(Filter("id", document.id))))
    result = library.search(replace(request, query=to_text(tree), any_word=False, synonyms=False))
    return replace(result, query=document.id)


def phrases(document: Document, words: Sequence[str], count: int = PHRASES) -> list[str]:
    """The stretches of the text around the first places of these words (which come first, goes first); no two
    overlap."""
    wanted = set(words)
    first: dict[str, tuple[Page, list[Token], int]] = {}
    for page in document.pages:
        if len(first) == len(wanted):
            break
        tokens = index_tokens(page.text)
        for place, token in enumerate(tokens):
            if token.term in wanted and token.term not in first:
                first[token.term] = page, tokens, place
    found: list[str] = []
    taken: set[tuple[int, int]] = set()
    for word in words:
        if word not in first or len(found) == count:
            continue
        page, tokens, place = first[word]
        span = range(max(0, place - _AROUND), min(len(tokens), place + _AROUND + 1))
        text = " ".join(page.text[tokens[span[0]].start : tokens[span[-1]].end].split())
        if (
            len(span) > _AROUND
            and len(text) <= _LONGEST_PHRASE
            and not any((page.number, at) in taken for at in span)
        ):
            taken.update((page.number, at) for at in span)
            found.append(text)
    return found


def _words(document: Document) -> Iterator[tuple[str, int, float]]:
    """The terms that may tell something of a document, field by field: how often each occurs, and the field's
    weight."""
    fields = {
        "title": [document.title],
        "summary": [document.summary or ""],
        "text": [page.text for page in document.pages],
    }
    for name, texts in fields.items():
        counts = Counter(token.term for text in texts for token in index_tokens(text))
        for term, occurrences in counts.items():
            if _may_tell(term, document.language):
                yield term, occurrences, _WEIGHTS[name]


def _may_tell(term: str, language: str | None) -> bool:
    return (
        1 < len(term) <= _LONGEST
        and not is_cjk_single(term)
        and not term.isdecimal()
        and not is_stop_word(term, (language,))
    )


def _documents(library: Library, root: str) -> int:
    """In how many documents of the library a stem occurs."""
    slot = Slot(root, frozenset((root,)), stemmed=True)
    return count_matches(Text(Leaf([slot])), library.snapshot)
