"""Words: how a text becomes the terms that are indexed, and a query the terms that are looked up.

Rule: index and query pass through the same functions, so whatever a reader can copy out of a document finds it.
A word is a run of letters, marks and digits; everything else separates. A term's position is its index in the
list. In scripts without spaces each character starts a term of two characters, and the last character of a run a
term of one, so that any piece of a run is found as neighbouring terms, a single character as a prefix.

Standard library only: a search from a cold shell imports this module.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple
from unicodedata import category, unidata_version
from zlib import crc32

from ingest.text import fold
from searchidx import stemming
from searchidx.characters import FOOTNOTE_DIGITS, MARKS, UNSPACED
from searchidx.datafile import data_path
from searchidx.stopwords import is_stop_word, stop_words

__all__ = [
    "Token",
    "fingerprint",
    "index_tokens",
    "is_cjk_single",
    "is_stop_word",
    "query_stems",
    "query_tokens",
    "stem",
    "stop_words",
    "stretches",
    "terms_of",
]

# To be raised with every change to what the functions here, or `ingest.text.fold`, return.
_VERSION = 4

# Between letters these belong to the word: straight and curly apostrophes.
JOINERS = "'‘’"
# Dotted initials (U.N., e.g.) are one word, with or without the last dot, and a genitive.
_INITIALS = rf"(?<![^\W_])[^\W\d_](?:\.[^\W\d_])+(?![^\W_])\.?(?:[{JOINERS}]s(?![^\W_]))?"

# What French and Italian elide before a vowel, no part of the word that is looked for (l'enfant, dell'uomo).
ELIDED = frozenset(
    ["c", "d", "j", "l", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu"]
).union(["all", "coll", "dall", "degl", "dell", "gl", "nell", "quell", "quest", "sull", "un"])
# What English hangs onto a word with an apostrophe and no one searches for (child's, they'll, we've).
CLITICS = frozenset(["s", "ll", "re", "ve", "d", "m"])

# A base and what composes with it (half-width kana and dakuten, conjoining jamo), which fold together.
_COMPOSING = "\u1160-\u11ff\uff9e\uff9f\u3099\u309a"
_CLUSTER = f"[^{_COMPOSING}]?[{_COMPOSING}\u200b-\u200f\ufe00-\ufe0f]*"

_FIRST_UNSPACED = "\u0e01"

# Distinct words of a library run to a few hundred thousand; the cache starts anew before it gets in the way.
_CACHE_LIMIT = 300_000
_LONGEST_KNOWN = 48


class Token(NamedTuple):
    """One term at one place: `term` is folded, text[start:end] is what stands there (offsets in characters)."""

    term: str
    start: int
    end: int


def index_tokens(text: str) -> list[Token]:
    """Return the terms of a document's text, in order; a term's position is its index in the list."""
    return _tokens(text, closing=True)


def query_tokens(text: str) -> list[Token]:
    """Return the terms a query's text stands for, in the order in which a document must have them.

    A run of an unspaced script at the end of the query is open: it may go on in the document, so its last
    character has no term of its own, unless it is the only one (see `is_cjk_single`).
    """
    if text.isascii() and text.isalnum():  # most words that are typed
        return [Token(text.lower(), 0, len(text))]
    return _tokens(text, closing=False)


def stretches(text: str) -> list[str]:
    """Return what is taken out of a document's text, in order; the terms of a text are the `terms_of` each."""
    found: list[str] = (_in_ascii() if text.isascii() else _in_unicode()).findall(text)
    return found


def terms_of(stretch: str) -> list[str]:
    """Return the terms that a stretch of a document's text (see `stretches`) stands for: mostly one."""
    return [piece.term for piece in _pieces(stretch)]


def is_unspaced(term: str) -> bool:
    """Say whether a term is of a script written without spaces."""
    return term[:1] >= _FIRST_UNSPACED and _unspaced().match(term) is not None


def is_cjk_single(term: str) -> bool:
    """Say whether `term` is one character of an unspaced script, which a query has to look up as a prefix."""
    return len(term) == 1 and _has_unspaced(term)


def _tokens(text: str, *, closing: bool) -> list[Token]:
    pattern = _in_ascii() if text.isascii() else _in_unicode()
    tokens: list[Token] = []
    append, known = tokens.append, _known
    for match in pattern.finditer(text):
        word = match[0]
        pieces = known.get(word)
        if pieces is None:
            pieces = _learn(word)
        start = match.start()
        if isinstance(pieces, str):
            append(Token(pieces, start, match.end()))
        else:
            tokens += [Token(term, start + begin, start + end) for term, begin, end in pieces]
    if not closing and len(tokens) > 1:
        last, before = tokens[-1], tokens[-2]
        if is_cjk_single(last.term) and before.end == last.end:
            tokens.pop()
    return tokens


# A stretch of text -> its term; or, where that is not all of it, its terms with offsets from its start.
_known: dict[str, str | list[Token]] = {}


# The patterns take long to compile, those beyond ASCII milliseconds, so each waits until a text needs it.
@cache
def _in_ascii() -> re.Pattern[str]:
    return re.compile(_INITIALS + r"|[^\W_]+(?:'[^\W_]+)*", re.ASCII)


@cache
def _in_unicode() -> re.Pattern[str]:
    return re.compile(rf"{_INITIALS}|\w(?:[\w{MARKS}]+|[{JOINERS}](?=\w))*")


@cache
def _parts() -> re.Pattern[str]:
    """What a stretch of `\\w` and marks falls into: runs of unspaced scripts, and words."""
    invisible = "\u00ad\u034f\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\U000e0100-\U000e01ef"
    return re.compile(
        f"(?P<run>[{UNSPACED}][{UNSPACED}{invisible}]*)|[^{UNSPACED}{FOOTNOTE_DIGITS}_{JOINERS}][^{UNSPACED}{FOOTNOTE_DIGITS}_]*"
    )


@cache
def _separated() -> re.Pattern[str]:
    """Inside what `\\w` takes for one word: underscores, footnote numbers."""
    return re.compile(f"[_{FOOTNOTE_DIGITS}]")


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{UNSPACED}]")


def _has_unspaced(text: str) -> bool:
    # Curly quotes and dashes, which stand in many texts, are no reason to compile the pattern.
    beyond = any(char >= _FIRST_UNSPACED and not "\u2000" <= char < "\u2e80" for char in text)
    return beyond and _unspaced().search(text) is not None


def _learn(word: str) -> str | list[Token]:
    """Take a matched stretch apart and remember it, but for what has runs, which seldom recur."""
    pieces = _pieces(word)
    whole = len(pieces) == 1 and pieces[0][1:] == (0, len(word))
    result = pieces[0].term if whole else pieces
    if len(word) <= _LONGEST_KNOWN and not _has_unspaced(word):
        if len(_known) >= _CACHE_LIMIT:
            _known.clear()
        _known[word] = result
    return result


def _pieces(word: str) -> list[Token]:
    """Take a matched stretch apart, offsets from its start."""
    if _is_han(word):
        return list(_run_pieces(word))
    if word.isalpha() and max(word) < "\u0e01":
        return [Token(term, 0, len(word))] if (term := _term(word)) else []
    if not _has_unspaced(word) and not _separated().search(word):
        return list(_word_pieces(word))
    pieces: list[Token] = []
    for part in _parts().finditer(word):
        found = _run_pieces(part[0]) if part["run"] else _word_pieces(part[0].rstrip(JOINERS))
        pieces += [Token(term, part.start() + begin, part.start() + end) for term, begin, end in found]
    return pieces


def _word_pieces(word: str) -> Iterator[Token]:
    """A word without elided articles and English clitics: `l'enfant` is enfant, `child's` child, `don't` dont."""
    parts = [(_term(part[0]), part.start()) for part in re.finditer(f"[^{JOINERS}]+", word)]
    if len(parts) > 1 and parts[-1][0] in CLITICS:
        parts.pop()
    while len(parts) > 1 and parts[0][0] in ELIDED:
        parts.pop(0)
    if term := "".join(part for part, _ in parts):
        yield Token(term, parts[0][1], len(word))


def _run_pieces(run: str) -> Iterator[Token]:
    """Overlapping pairs of the folded characters of a run, then its last character alone."""
    folded = run if _is_han(run) else fold(run)
    last = len(folded) - 1
    if len(folded) == len(run):
        yield from [Token(folded[start : start + 2], start, start + 2) for start in range(last)]
        yield Token(folded[last], last, last + 1)
        return
    characters = [Token(letter, c.start(), c.end()) for c in re.finditer(_CLUSTER, run) for letter in fold(c[0])]
    for one, two in pairwise(characters):
        yield Token(one.term + two.term, one.start, two.end)
    if characters:
        yield characters[-1]


def _is_han(text: str) -> bool:
    """Say whether all of `text` is common ideographs, which fold to themselves."""
    return min(text) >= "\u4e00" and max(text) <= "\u9fff"


def _term(text: str) -> str:
    """Fold a word and drop what folding leaves that is no part of a word (the apostrophe of a transliteration)."""
    folded = fold(text)
    if folded.isalnum():
        return folded
    return "".join(sign for sign in folded if sign.isalnum() or category(sign)[0] == "M")


def stem(term: str, language: str | None) -> str:
    """Return what `term` (folded) shares with its inflections in `language` (ISO 639-1; None: not known).

    A term in a script the language is not written in (an English name in a Russian report) is taken for a word
    of the language most often met in that script; a document of unknown language is read as English.
    """
    return stemming.stem(term, language)


def query_stems(term: str, languages: Collection[str | None]) -> frozenset[str]:
    """Return every stem the query word `term` (folded) can have in documents of these languages."""
    return frozenset([stemming.stem(term, language) for language in languages or (None,)])


@cache
def fingerprint() -> str:
    """Return 8 hex digits that change whenever terms or stems may: an index made under others must be rebuilt.

    Counts in: this module's version, the exceptions to stemming, Snowball's release, Python's Unicode tables.
    """
    exceptions = data_path("stems.txt").read_text(encoding="utf-8")
    parts = (str(_VERSION), unidata_version, stemming.release(), exceptions)
    return f"{crc32(chr(10).join(parts).encode()):08x}"
