"""Stop words: the words so common that a query of several words does without them.

Rule: `data/stopwords.txt` lists them by language; they are indexed like all others, so leaving one out of a query
is the query's decision, and phrases keep them.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from ingest.text import fold
from searchidx.datafile import data_lines

# Names that are stop words but for their capitals (World Health Organization, information technology).
_ACRONYMS = frozenset({"WHO", "IT", "AI"})


def stop_words(language: str | None) -> frozenset[str]:
    """Return the folded stop words of a language (ISO 639-1; None is read as English), none if it has no list."""
    return _lists().get(language or "en", frozenset())


def is_stop_word(word: str, languages: Collection[str | None]) -> bool:
    """Say whether `word`, as typed, is a stop word in one of `languages` and not an acronym in capitals."""
    if word in _ACRONYMS:
        return False
    folded = fold(word)
    return any(folded in stop_words(language) for language in languages or (None,))


@cache
def _lists() -> dict[str, frozenset[str]]:
    lists = {}
    for _, line in data_lines("stopwords.txt"):
        language, words = line.split(":")
        lists[language] = frozenset(words.split())
    return lists
