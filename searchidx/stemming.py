"""Stems: which words count as inflections of one another, language by language.

Rule: a stem is computed from the folded term alone, by the same function for documents and queries, so that a
query typed without accents or in the other English spelling finds the same documents. The algorithms are
Snowball's; what they get wrong for this library stands in the table of exceptions, which comes first.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Protocol

from searchidx.datafile import data_lines, data_path
from searchidx.spelling import american

_ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french",
    "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "st": "sesotho",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "cs": "czech", "eo": "esperanto", "yi": "yiddish",
}  # fmt: skip


_IFICATION = re.compile("([a-z]+)ifications?")
# Ending in -men without being a plural of -man.
_NO_PLURAL_MEN = frozenset(
    ["abdomen", "acumen", "albumen", "bitumen", "cyclamen", "regimen", "specimen", "stamen", "turkmen"]
)


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 (the library's name)


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


@cache
def _stemmer(algorithm: str) -> _Stemmer:
    module = import_module(f"{_package().__name__}.{algorithm}_stemmer")
    stemmer: _Stemmer = getattr(module, f"{algorithm.capitalize()}Stemmer")()
    return stemmer


def stem(term: str, language: str | None) -> str:
    """Return the stem of a folded term in a language (ISO 639-1; None is read as English)."""
    language = language or "en"
    if language == "en":
        return _english(term)
    algorithm = _ALGORITHMS.get(language)
    return term if algorithm is None else _stemmer(algorithm).stemWord(term)


def _english(term: str) -> str:
    word = american(term)
    words, stems = english_exceptions()
    if word in words:
        return words[word]
    if (match := _IFICATION.fullmatch(word)) is not None:
        word = match[1] + "ify"
    elif len(word) > 5 and word.endswith("men") and word not in _NO_PLURAL_MEN:
        word = word[:-2] + "an"
    found = _stemmer("english").stemWord(word)
    return stems.get(found, found)


@cache
def english_exceptions() -> tuple[dict[str, str], dict[str, str]]:
    """Read `data/stems.txt`: a word's stem, and the stem that takes the place of a Snowball stem."""
    words: dict[str, str] = {}
    stems: dict[str, str] = {}
    for _, line in data_lines("stems.txt"):
        first, sign, *others = line.split()
        if sign == "=":
            words.update(dict.fromkeys([first, *others], first))
        else:
            stems.update(dict.fromkeys(others, first))
    return words, stems


def release() -> str:
    """Name the installed release of the stemming library, read off its metadata folder, which is quick."""
    folder = Path(_package().__path__[0]).parent
    return max((entry.name for entry in folder.glob("snowballstemmer-*-info")), default="unknown")


def exceptions_digest() -> str:
    """Return a digest of the table of exceptions."""
    return sha256(data_path("stems.txt").read_bytes()).hexdigest()
