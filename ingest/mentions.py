"""Which countries, regions and groups a text names, and how often.

Rules: the longest name wins and its words are used up ("Papua New Guinea" is no Guinea); in scripts with
capital letters a name must be capitalised as names are, or be all capitals; look-alikes ("guinea pig" in a
title, "Michael Jordan", "Atlanta, Georgia", "New Mexico") are phrases like any other that stand for no
region. A mention is a hint from the text and never a label a librarian gave: see `Source.DETECTED`.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from ingest.wordlist import in_word, words_of

#: A region that a document may be about is among so many that it names first, or on this share of its pages, and
#: on so many of them unless the document is short.
STRONG_FIRST = 3
STRONG_SHARE = 0.25
STRONG_PAGES = 2
SHORT = 3

_DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "region_names.json")

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")
_CASED = ("en", "fr", "es", "ru")
_NO_REGION = ""  # the key of phrases that look like a region and are none

# First word (or, in Chinese, character) of a name -> (the rest of it, key), the longest rest first.
_Index = dict[str, list[tuple[str, str]]]

_ARABIC_WORD = re.compile(r"[\u0621-\u064a\u0671-\u06d3]+")
_ARABIC_LETTERS: dict[int, str | None] = {
    **dict.fromkeys(range(0x064B, 0x0653)),  # vowel signs
    0x0640: None,  # tatweel
    **{ord(written): plain for written, plain in zip("أإآٱةى", "ااااهي", strict=True)},
}
# "and", "so", "in", "for", "like", alone and after "and" or "so": written as one word with what follows.
_ARABIC_PREFIXES = ("و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب", "فل")
_TYPOGRAPHY = (("’", "'"), ("‘", "'"), ("ʼ", "'"), ("\u2010", "-"), ("\u2011", "-"), ("\u00ad", ""))

# Adjectives that are more often the name of a language where text speaks of languages.
_LANGUAGE_NAMES = "Arabic|Chinese|English|French|German|Italian|Japanese|Portuguese|Russian|Spanish|Turkish"
_LANGUAGES_NAMED = frozenset(_LANGUAGE_NAMES.split("|"))
_BEFORE_LANGUAGE = re.compile(
    rf"(?:\b[Oo]riginal: |\b[Ll]anguages?: |\b(?:{_LANGUAGE_NAMES})(?:,|, and| and| or|/| to) ?)$"
)
_AFTER_LANGUAGE = re.compile(
    rf"(?:,|, and| and| or|/) ?(?:{_LANGUAGE_NAMES})\b"
    r"|[ -](?:languages?|versions?|translat\w+|speak\w*|text|[Oo]riginal)\b"
)
_IN_LANGUAGE = re.compile(r"\b(?:in|into|[Ss]peaks?) $")
_CLAUSE_ENDS = re.compile(r"[.,;:)\]]|$| (?:and|or|only|to|with|as)\b")
_MONEY = re.compile(r"(?:\b[Dd]ollars?(?: des)?|\b[Dd]ólares(?: de los)?|\bдолл\w*\.?) $")
_SHOUTING = re.compile(r"\b[A-Z]{2,} $")


def _without_accents(name: str) -> str:
    return "".join(ch for ch in unicodedata.normalize("NFD", name) if not unicodedata.combining(ch))


def _spellings(name: str, language: str) -> set[str]:
    """The name as written, with every word capitalised, in capitals, and without accents where that is usual."""
    every_word = re.sub(r"(?<![\w'])\w", lambda match: match.group().upper(), name)
    found = {name, every_word, name.upper()}
    if language != "ru" and not name.isascii():
        found |= {_without_accents(spelling) for spelling in found}
    return found


@cache
def _names() -> dict[str, dict[str, list[str]]]:
    with open(_DATA, encoding="utf-8") as file:
        names: dict[str, dict[str, list[str]]] = json.load(file)
    return names


def _indexed(spellings: Iterable[tuple[str, str]], first: re.Pattern[str]) -> _Index:
    """`spellings` are (written form, key); of two keys for one form the first that comes keeps it."""
    owner: dict[str, str] = {}
    for spelling, key in spellings:
        owner.setdefault(spelling, key)
    index: _Index = {}
    for spelling, key in owner.items():
        match = first.match(spelling)
        if match is None:
            raise ValueError(f"{spelling!r} in {_DATA} cannot be looked for: it starts with no letter")
        index.setdefault(match.group(), []).append((spelling[match.end() :], key))
    for rests in index.values():
        rests.sort(key=lambda rest: -len(rest[0]))
    return index


@cache
def _cased_index(languages: tuple[str, ...]) -> _Index:
    return _indexed(
        (
            (spelling, key)
            for language in languages
            for key, names in _names()[language].items()
            for name in names
            for spelling in _spellings(name, language)
        ),
        re.compile(r"\w+"),
    )


@cache
def _arabic_index() -> _Index:
    pairs = ((name.translate(_ARABIC_LETTERS), key) for key, names in _names()["ar"].items() for name in names)
    return _indexed(pairs, _ARABIC_WORD)


@cache
def _chinese_index() -> tuple[_Index, re.Pattern[str]]:
    pairs = ((name, key) for key, names in _names()["zh"].items() for name in names)
    index = _indexed(pairs, re.compile(r"."))
    return index, re.compile(f"[{''.join(index)}]")


def _longest(rests: list[tuple[str, str]], text: str, end: int, whole_words: bool) -> tuple[int, str] | None:
    """Where the longest name ends whose first word ended at `end`, and its key."""
    for rest, key in rests:
        if text.startswith(rest, end):
            stop = end + len(rest)
            if not whole_words or not (text[stop : stop + 1].isalnum() and text[stop - 1].isalnum()):
                return stop, key
    return None


def _means_something_else(text: str, start: int, stop: int, key: str) -> bool:
    """True for "French" among languages, the "us" in "CONTACT US", and whose dollars they are."""
    word = text[start:stop]
    before, after = text[max(0, start - 30) : start], text[stop : stop + 30]
    if key == "united-states":
        return bool(_MONEY.search(before) or (word == "US" and _SHOUTING.search(before)))
    if word not in _LANGUAGES_NAMED:
        return False
    if _BEFORE_LANGUAGE.search(before) or _AFTER_LANGUAGE.match(after):
        return True
    return bool(_IN_LANGUAGE.search(before) and _CLAUSE_ENDS.match(after))


def _cased_mentions(text: str, index: _Index) -> Iterator[str]:
    first_words = index.keys() & words_of(text)
    places = sorted(place for word in first_words for place in _places(word, text))
    used = 0
    for start, word in places:
        if start < used:
            continue
        found = _longest(index[word], text, start + len(word), whole_words=True)
        if found is not None and not _means_something_else(text, start, *found):
            used = found[0]
            yield found[1]


def _places(word: str, text: str) -> Iterator[tuple[int, str]]:
    """Where a word stands in a text, and the word; in the midst of another word does not count."""
    start = text.find(word)
    while start >= 0:
        stop = start + len(word)
        if not (in_word(text[start - 1 : start]) or in_word(text[stop : stop + 1])):
            yield start, word
        start = text.find(word, stop)


def _arabic_readings(word: str) -> Iterator[str]:
    """The word, then what it may be without the particles written as one with it."""
    yield word
    for prefix in _ARABIC_PREFIXES:
        if word.startswith(prefix):
            yield word[len(prefix) :]
            if prefix[-1] == "ل":  # "for the" is written without the alif of the article
                yield "ا" + word[len(prefix) :]


def _arabic_mentions(text: str, index: _Index) -> Iterator[str]:
    used = 0
    for match in _ARABIC_WORD.finditer(text):
        if match.start() < used:
            continue
        for reading in _arabic_readings(match.group()):
            found = _longest(index.get(reading, []), text, match.end(), whole_words=True)
            if found is not None:
                used = found[0]
                yield found[1]
                break


def _chinese_mentions(text: str, index: _Index, starts: re.Pattern[str]) -> Iterator[str]:
    used = 0
    for match in starts.finditer(text):
        if match.start() < used:
            continue
        found = _longest(index[match.group()], text, match.end(), whole_words=False)
        if found is not None:
            used = found[0]
            yield found[1]


def count_mentions(text: str, language: str | None) -> dict[str, int]:
    """Region key -> how often the text names it, most frequent first, then by key.

    language: ISO 639-1; English names are looked for in every language besides its own. Of a language the
    vocabulary does not have, only the English names are known; with None, the names of all six are tried.
    Linear in the length of the text.
    """
    languages = LANGUAGES if language is None else tuple(dict.fromkeys((language, "en")))
    if not text.isascii():
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        for written, plain in _TYPOGRAPHY:  # several times as fast as translate(), with which it agrees
            text = text.replace(written, plain)
    text = " ".join(text.split())
    counts: Counter[str] = Counter()
    cased = tuple(name for name in languages if name in _CASED)
    counts.update(_cased_mentions(text, _cased_index(cased)))
    if not text.isascii():
        if "ar" in languages:
            counts.update(_arabic_mentions(text.translate(_ARABIC_LETTERS), _arabic_index()))
        if "zh" in languages:
            counts.update(_chinese_mentions(text, *_chinese_index()))
    del counts[_NO_REGION]
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def mentions(pages_text: Iterable[str], language: str | None) -> dict[str, int]:
    """Region key -> on how many pages it is named, most frequent first, then most often named, then by key.

    Pages are counted, not occurrences: a name in a table or in a running header weighs no more than one in a
    sentence. `language` as for `count_mentions`.
    """
    pages: Counter[str] = Counter()
    times: Counter[str] = Counter()
    for text in pages_text:
        counts = count_mentions(text, language)
        pages.update(counts.keys())
        times.update(counts)
    return dict(sorted(pages.items(), key=lambda item: (-item[1], -times[item[0]], item[0])))


def strong(pages: Mapping[str, int], page_count: int) -> list[str]:
    """The regions a document may be about, of those its text names: the first three, and those on a quarter of its
    pages, but of more than three pages on two.

    pages: region -> on how many pages it is named, in the order of `mentions`. Measured in docs/regions.md.
    """
    least = max(page_count * STRONG_SHARE, STRONG_PAGES if page_count > SHORT else 1)
    return [region for place, (region, on) in enumerate(pages.items()) if place < STRONG_FIRST or on >= least]
