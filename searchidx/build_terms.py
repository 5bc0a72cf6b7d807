"""The words of many texts as numbers.

Rule: a text becomes the same terms in the same order as by `searchidx.analysis.index_tokens`; each is replaced by
the number of its entry, a pair of the term and its stem in the document's language (docs/index-format.md). What
was met before is looked up in a table of the language; only what is new, or is several terms, goes through the
analysis.
"""

from __future__ import annotations

import re
from array import array
from functools import cache

from searchidx.analysis import JOINERS, stem, stretches, terms_of
from searchidx.characters import MARKS

try:
    from searchidx import _inverter as compiled
except ImportError:
    compiled = None  # type: ignore[assignment]

#: The tables begin anew when they know so many entries (some 300 bytes each).
MOST_KNOWN = 600_000
#: Longer stretches seldom come again.
_LONGEST_KNOWN = 48


class Entries:
    """The entries met so far, by number: the word and its stem in UTF-8, with a zero byte between. As no word has
    such a byte, they sort by the words, then by the stems."""

    def __init__(self) -> None:
        self.keys: list[bytes] = []
        self._numbers: dict[bytes, int] = {}
        self._languages: dict[str | None, Language] = {}

    def language(self, language: str | None) -> Language:
        """The table of the texts in a language (ISO 639-1, None where it is not known)."""
        found = self._languages.get(language)
        if found is None:
            kind = Language if compiled is None else CompiledLanguage
            found = self._languages[language] = kind(self, language)
        return found

    def number(self, term: str, root: str) -> int:
        """The number of an entry."""
        key = f"{term}\0{root}".encode()
        number = self._numbers.setdefault(key, len(self.keys))
        if number == len(self.keys):
            self.keys.append(key)
        return number

    @property
    def full(self) -> bool:
        """Whether it is time to begin anew."""
        return len(self.keys) > MOST_KNOWN


class Language(dict[str, int | tuple[int, ...]]):
    """Stretches of text in one language (`analysis.stretches`) -> the number of their entry, or their numbers."""

    def __init__(self, entries: Entries, language: str | None) -> None:
        super().__init__()
        self._entries = entries
        self._language = language
        self._terms: dict[str, int] = {}

    def tokens(self, text: str) -> array[int]:
        """The numbers of the terms of a text, in order."""
        found = list(map(self.__getitem__, stretches(text)))
        try:
            return array("I", found)  # type: ignore[arg-type]
        except TypeError:  # some are several
            flat: list[int] = []
            for numbers in found:
                if isinstance(numbers, int):
                    flat.append(numbers)
                else:
                    flat += numbers
            return array("I", flat)

    def __missing__(self, stretch: str) -> int | tuple[int, ...]:
        numbers = self.learn(stretch)
        if isinstance(numbers, int) and len(stretch) <= _LONGEST_KNOWN:
            self[stretch] = numbers
        return numbers

    def learn(self, stretch: str) -> int | tuple[int, ...]:
        """What the analysis makes of a stretch."""
        numbers = tuple(map(self._number, terms_of(stretch)))
        return numbers[0] if len(numbers) == 1 else numbers

    def _number(self, term: str) -> int:
        found = self._terms.get(term)
        if found is None:
            found = self._terms[term] = self._entries.number(term, stem(term, self._language))
        return found


class CompiledLanguage(Language):
    """The same, with the compiled table in place of the dictionary."""

    def __init__(self, entries: Entries, language: str | None) -> None:
        super().__init__(entries, language)
        self._table = compiled.Table(character_classes())

    def tokens(self, text: str) -> array[int]:
        """The numbers of the terms of a text, in order."""
        data = self._table.tokens(text, self.learn)
        if data is None:  # it has characters that the table does not know
            return super().tokens(text)
        return array("I", data)


@cache
def character_classes() -> bytes:
    """What each character of the Basic Multilingual Plane is to the analysis, in the bits of native/tokens.h."""
    everything = "".join(map(chr, range(1 << 16)))
    found = bytearray(1 << 16)
    for bit, pattern in enumerate((r"[^\W_]+", r"[^\W\d_]+", f"[{MARKS}]+", f"[{JOINERS}]", "_")):
        for match in re.finditer(pattern, everything):
            for code in range(*match.span()):
                found[code] |= 1 << bit
    return bytes(found)
