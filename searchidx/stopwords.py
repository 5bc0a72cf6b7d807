"""Stop words: the words so common that a query of several words does without them.

Rule: `data/stopwords.txt` lists them by language; they are indexed like all others, so leaving one out of a query
is the query's decision, and phrases keep them.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache, lru_cache

from ingest.text import fold
from searchidx.datafile import data_lines

# Names that are stop words but for their capitals (World Health Organization, information technology).
_ACRONYMS = frozenset({"WHO", "IT", "AI"})


def stop_words(language: str | None) -> frozenset[str]:
    """Return the folded stop words of a language (ISO 639-1; None is read as English), none if it has no list."""
    return _lists().get(language or "en", frozenset())


def is_stop_word(word: str, languages: Collection[str | None]) -> bool:
    """Say whether `word`, as typed, is a stop word in one of `languages` and not an acronym in capitals."""
    return word not in _ACRONYMS and fold(word) in _of_any(tuple(languages) or (None,))


@lru_cache(maxsize=64)
def _of_any(languages: tuple[str | None, ...]) -> frozenset[str]:
    return frozenset().union(*map(stop_words, languages))


@cache
def _lists() -> dict[str, frozenset[str]]:
    lists = {}
    for _, line in data_lines("stopwords.txt"):
        language, words = line.split(":")
        lists[language] = frozenset(words.split())
    return lists
