"""Stems: which words count as inflections of one another, language by language.

Rule: a stem is computed from the folded term alone, by the same function for documents and queries, so that a
query typed without accents or in the other English spelling finds the same documents. The algorithms are
Snowball's; what they get wrong for this library stands in the table of exceptions, which comes first.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache, lru_cache
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

from searchidx import spelling
from searchidx.datafile import data_lines
from searchidx.suffixes import light_arabic, prepare

_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french",
    "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "st": "sesotho",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "cs": "czech", "eo": "esperanto", "yi": "yiddish",
}  # fmt: skip
# The release of the stemming library whose English native/english.h is.
_COMPILED = "snowballstemmer-3.1.1.dist-info"
# What is longer is no word, and patterns would take long over it.
_LONGEST_WORD = 48
# Thai, Lao, Burmese, Khmer, and all that follows: scripts without spaces, whose terms are pieces of words.
_UNSPACED_SCRIPTS = (("\u0e01", "\u0eff"), ("\u1000", "\u109f"), ("\u1780", "\u17ff"), ("\u2e80", "\U0010ffff"))
_FIRST_UNSPACED = _UNSPACED_SCRIPTS[0][0]
# Languages not written in Latin letters, with their script.
_OTHER_SCRIPTS = {
    "ru": "Cyrillic", "uk": "Cyrillic", "bg": "Cyrillic", "be": "Cyrillic", "mk": "Cyrillic", "kk": "Cyrillic",
    "ky": "Cyrillic", "mn": "Cyrillic", "tg": "Cyrillic", "ar": "Arabic", "fa": "Arabic", "ur": "Arabic",
    "ps": "Arabic", "ug": "Arabic", "el": "Greek", "he": "Hebrew", "yi": "Hebrew", "hy": "Armenian",
    "ka": "Georgian", "am": "Ethiopic", "ti": "Ethiopic", "hi": "Devanagari", "ne": "Devanagari",
    "mr": "Devanagari", "bn": "Bengali", "ta": "Tamil", "te": "Telugu", "kn": "Kannada", "ml": "Malayalam",
    "gu": "Gujarati", "pa": "Gurmukhi", "or": "Odia", "si": "Sinhala", "th": "Thai", "lo": "Lao", "km": "Khmer",
    "my": "Burmese", "zh": "Han", "ja": "Japanese", "ko": "Hangul",
}  # fmt: skip
# Languages written in Latin letters and in others.
_TWO_SCRIPTS = frozenset({"az", "bs", "ku", "sr", "uz"})
# Ending in -men without being a plural of -man.
_NO_PLURAL_MEN = frozenset(
    ["abdomen", "acumen", "albumen", "bitumen", "cyclamen", "regimen", "specimen", "stamen", "turkmen"]
)


@cache
def _package() -> ModuleType:
    """The folder of Snowball's modules as a package of ours, so that one language can be imported alone.

    The library's own `__init__` imports all 35 of them, and prefers a C extension of whatever version is
    installed, which would make stems differ from machine to machine.
    """
    found = PathFinder.find_spec("snowballstemmer")
    if found is None or found.submodule_search_locations is None:
        raise ImportError("snowballstemmer is not installed")
    package = ModuleType("searchidx._snowball")
    package.__path__ = list(found.submodule_search_locations)
    sys.modules[package.__name__] = package
    return package


class _Quick:
    """Snowball's two look-ups among endings, by tables in place of a binary search letter by letter, which takes
    half of a stemmer's time. They find the same: the longest string of the list that stands at the cursor, then,
    where its condition fails, the next one that is its beginning (its end, in `find_among_b`)."""

    current: str
    cursor: int
    limit: int
    limit_backward: int

    def find_among(self, among: list[Any]) -> int:
        table, lengths = _table(among)
        start = self.cursor
        for length in lengths:
            if start + length <= self.limit:
                index = table.get(self.current[start : start + length])
                if index is not None:
                    return self._accept(among, index, start, 1)
        return 0

    def find_among_b(self, among: list[Any]) -> int:
        table, lengths = _table(among)
        end = self.cursor
        for length in lengths:
            if end - length >= self.limit_backward:
                index = table.get(self.current[end - length : end])
                if index is not None:
                    return self._accept(among, index, end, -1)
        return 0

    def _accept(self, among: list[Any], index: int, cursor: int, direction: int) -> int:
        while index >= 0:
            found = among[index]
            self.cursor = cursor + direction * len(found.s)
            if found.method is None:
                return int(found.result)
            if found.method(self):
                self.cursor = cursor + direction * len(found.s)
                return int(found.result)
            index = found.substring_i
        return 0


# The lists are attributes of Snowball's classes, so an id stays what it is.
_tables: dict[int, tuple[dict[str, int], list[int]]] = {}


def _table(among: list[Any]) -> tuple[dict[str, int], list[int]]:
    """The places of the strings in one of Snowball's lists, and their lengths, the longest first."""
    found = _tables.get(id(among))
    if found is None:
        table = {entry.s: index for index, entry in enumerate(among)}
        found = _tables[id(among)] = table, sorted({len(string) for string in table}, reverse=True)
    return found


@cache
def _stemmer(language: str) -> Callable[[str], str]:
    """Return the stemming function of one language, which must be in `_ALGORITHMS`: for English the compiled one,
    where it is there and the same as the library's."""
    if language == "en" and release() == _COMPILED:
        with suppress(ImportError):
            from searchidx._inverter import english_stem

            return lambda word: english_stem(word) or _snowball("en")(word)
    return _snowball(language)


@cache
def _snowball(language: str) -> Callable[[str], str]:
    """Return the library's stemming function of one language, which must be in `_ALGORITHMS`."""
    name = _ALGORITHMS[language]
    module = import_module(f"{_package().__name__}.{name}_stemmer")
    quick = type("Stemmer", (_Quick, getattr(module, f"{name.capitalize()}Stemmer")), {})
    stem_word: Callable[[str], str] = quick().stemWord
    return stem_word


# A library's common words fit; the memory of a full cache stays under 100 MB.
@lru_cache(maxsize=200_000)
def stem(term: str, language: str | None) -> str:
    """Return the stem of a folded term in a language (ISO 639-1; None is read as English).

    A term in another script than the language's (an English name in a Russian report) is stemmed as the language
    most likely in that script. Stems of other languages than English end in `/` and the language: French "police"
    shortens to what English "policies" looks like to a French stemmer, and the two must not meet in one index.
    """
    first = term[:1]
    if first.isdigit():
        return term
    if first >= _FIRST_UNSPACED and any(low <= first <= high for low, high in _UNSPACED_SCRIPTS):
        return term
    language = _language_of(term, language or "en")
    found = _stem(term, language) if len(term) <= _LONGEST_WORD else term
    return found if language == "en" else f"{found}/{language}"


def _stem(term: str, language: str) -> str:
    if language not in _ALGORITHMS:
        return term
    if language == "en":
        term = spelling.american(term)
    words, stems = exceptions(language)
    if term in words:
        return words[term]
    if language == "en":
        term = _english_base(term)
    elif language == "ar":
        term = light_arabic(term)
    else:
        term = prepare(term, language)
    found = _stemmer(language)(term)
    if language == "ru" and len(found) > 4 and found.endswith("ец"):
        found = found[:-2] + "ц"  # the fleeting vowel of беженец, беженцы
    return stems.get(found, found)


def _language_of(term: str, language: str) -> str:
    first = term[:1]
    if first < "\u0250":
        return "en" if language in _OTHER_SCRIPTS else language
    for script, start, end, likeliest in (
        ("Cyrillic", "\u0400", "\u052f", "ru"),
        ("Arabic", "\u0600", "\u06ff", "ar"),
    ):
        if start <= first <= end:
            own = language in _TWO_SCRIPTS or _OTHER_SCRIPTS.get(language) == script
            return language if own else likeliest
    return language


def _english_base(word: str) -> str:
    if "ification" in word and (match := re.fullmatch("([a-z]+)ifications?", word)) is not None:
        return match[1] + "ify"
    if len(word) > 5 and word.endswith("men") and word not in _NO_PLURAL_MEN:
        return word[:-2] + "an"
    return word


def ordinary_english() -> tuple[tuple[str, ...], ...] | None:
    """Return what makes an English word an ordinary one, whose stem is Snowball's and nothing else.

    Four lists: it is none of the first, has nothing of the second in it, ends in nothing of the third, has at most
    48 letters, and what Snowball makes of it is none of the fourth. None where the compiled stemmer is not the
    library's.
    """
    if release() != _COMPILED:
        return None
    words, stems = exceptions("en")
    endings = (*spelling.ENDINGS, "ification", "ifications", "men")
    return (*spelling.WORDS, *words), spelling.WITHIN, endings, tuple(stems)


@cache
def exceptions(language: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what `data/stems.txt` says of a language: stems of words, and stems in place of Snowball's."""
    return _all_exceptions().get(language, ({}, {}))


@cache
def _all_exceptions() -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    found: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    for _, line in data_lines("stems.txt"):
        if line.startswith("["):
            words, stems = found.setdefault(line.strip("[]"), ({}, {}))
            continue
        first, sign, *others = line.split()
        if sign == "=":
            words.update(dict.fromkeys([first, *others], first))
        else:
            stems.update(dict.fromkeys(others, first))
    return found


@cache
def release() -> str:
    """Name the installed release of the stemming library, read off its metadata folder, which is quick."""
    names = os.listdir(os.path.dirname(_package().__path__[0]))
    found = [name for name in names if name.startswith("snowballstemmer-") and name.endswith("-info")]
    return max(found, default="unknown")
