"""The words of many texts as numbers.

Rule: a text becomes the same terms in the same order as by `searchidx.analysis.index_tokens`; each is replaced by
the number of its entry, a pair of the term and its stem in the document's language (docs/index-format.md). What
was met before is looked up in a table of the language; only what is new, or is several terms, goes through the
analysis. The compiled tables (`native/table.h`, `native/entries.h`) learn ordinary English words by themselves.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from functools import cache
from itertools import chain
from typing import NamedTuple, Protocol

from searchidx.analysis import CLITICS, ELIDED, JOINERS, stem, stretches, terms_of
from searchidx.characters import MARKS
from searchidx.inversion import GAP
from searchidx.sections import joined, packed
from searchidx.stemming import ordinary_english

try:
    from searchidx import _inverter as compiled
except ImportError:
    compiled = None  # type: ignore[assignment]

#: The tables begin anew when they know so many entries (some 300 bytes each).
MOST_KNOWN = 600_000
#: Longer stretches seldom come again.
_LONGEST_KNOWN = 48


class Dictionary(NamedTuple):
    """Entries in the order of a segment: their numbers here; their words, joined, and where each ends; the numbers
    of their stems in the sorted stems, which follow in the same form."""

    order: bytes
    blob: bytes
    ends: bytes
    stems: bytes
    stem_blob: bytes
    stem_ends: bytes


class Entries(Protocol):
    """The entries met so far, by number: the word and its stem in UTF-8, with a zero byte between. As no word has
    such a byte, they sort by the words, then by the stems."""

    def __len__(self) -> int: ...

    def number(self, key: bytes, /) -> int:
        """The number of an entry, a new one where it is new."""

    def key(self, number: int, /) -> bytes:
        """The entry of a number."""

    def dictionary(self, tokens: tuple[array[int], ...], /) -> tuple[bytes, bytes, bytes, bytes, bytes, bytes]:
        """The entries that are among the tokens (or GAP), as a `Dictionary`."""


class PlainEntries:
    """Entries in plain Python."""

    def __init__(self) -> None:
        self._keys: list[bytes] = []
        self._numbers: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def number(self, key: bytes, /) -> int:
        number = self._numbers.setdefault(key, len(self._keys))
        if number == len(self._keys):
            self._keys.append(key)
        return number

    def key(self, number: int, /) -> bytes:
        return self._keys[number]

    def dictionary(self, tokens: tuple[array[int], ...], /) -> Dictionary:
        used = set().union(*tokens)
        used.discard(GAP)
        order = sorted(used, key=self._keys.__getitem__)
        words, _, stems = (
            zip(*(self._keys[entry].partition(b"\0") for entry in order), strict=True) if order else ((),) * 3
        )
        roots = sorted(set(stems))
        number = {root: place for place, root in enumerate(roots)}
        return Dictionary(packed(order), *joined(words), packed(map(number.__getitem__, stems)), *joined(roots))


class Language(dict[str, tuple[int, ...]]):
    """Stretches of text in one language (`analysis.stretches`) -> the numbers of their entries, mostly one."""

    def __init__(self, entries: Entries, language: str | None) -> None:
        super().__init__()
        self._entries = entries
        self._language = language
        self._terms: dict[str, int] = {}

    def tokens(self, text: str) -> bytes:
        """The numbers of the terms of a text, in order: u32, as this machine has them."""
        return array("I", chain.from_iterable(map(self.__getitem__, stretches(text)))).tobytes()

    def __missing__(self, stretch: str) -> tuple[int, ...]:
        numbers = self.learn(stretch)
        if len(numbers) == 1 and len(stretch) <= _LONGEST_KNOWN:
            self[stretch] = numbers
        return numbers

    def learn(self, stretch: str) -> tuple[int, ...]:
        """What the analysis makes of a stretch."""
        return tuple(map(self._number, terms_of(stretch)))

    def _number(self, term: str) -> int:
        found = self._terms.get(term)
        if found is None:
            key = f"{term}\0{stem(term, self._language)}"
            found = self._terms[term] = self._entries.number(key.encode())
        return found


class CompiledLanguage(Language):
    """The same, with the compiled table in place of the dictionary."""

    def __init__(self, entries: Entries, language: str | None) -> None:
        super().__init__(entries, language)
        ordinary = ordinary_english() if language in (None, "en") else None
        self._table = compiled.Table(
            entries, character_classes(), tuple(map(_listed, (CLITICS, ELIDED, *(ordinary or ()))))
        )

    def tokens(self, text: str) -> bytes:
        """The numbers of the terms of a text, in order: u32, as this machine has them."""
        data = self._table.tokens(text, self.learn)
        return super().tokens(text) if data is None else data  # it has characters that the table does not know


class Languages:
    """The entries of texts in any language, and the tables of the languages that were met."""

    def __init__(self) -> None:
        self.entries: Entries = PlainEntries() if compiled is None else compiled.Entries()
        self._kind = Language if compiled is None else CompiledLanguage
        self._known: dict[str | None, Language] = {}

    def __getitem__(self, language: str | None) -> Language:
        """The table of the texts in a language (ISO 639-1, None where it is not known)."""
        found = self._known.get(language)
        if found is None:
            found = self._known[language] = self._kind(self.entries, language)
        return found

    @property
    def full(self) -> bool:
        """Whether it is time to begin anew."""
        return len(self.entries) > MOST_KNOWN


def _listed(words: Iterable[str]) -> bytes:
    """Words as the compiled table takes them: each ends in a zero byte."""
    return "".join(f"{word}\0" for word in words).encode()


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
