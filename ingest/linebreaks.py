"""Words broken at the end of a line: which hyphens were the typesetter's and which the author's.

Rule, for `left-` at a line's end and `right` at the start of the next (compared without case, counting only
words that are not themselves broken):
1. the joined form occurs elsewhere in the document, or the hyphenated one does: the more frequent one is
   right, the joined one if equal;
2. neither occurs: the hyphen stays where it touches a digit or a capital (COVID-19, Asia-Pacific), unless both
   sides are in capitals; it stays where both parts occur elsewhere as words of their own (supply-chain) or the
   left one is a prefix commonly written with a hyphen before a known word (anti-trafficking); else the parts
   are joined.
A soft hyphen (U+00AD) at a line's end follows the same rule; inside a line it is dropped, unless the hyphenated
form occurs in the document or it stands between digits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_LETTERS = r"[^\W_]"
_HYPHENS = "-\u2010\u00ad"
#: A word broken over a line's end; spaces may follow the hyphen. Apostrophes are part of words.
BROKEN = re.compile(rf"({_LETTERS}[\w'’]*)([{_HYPHENS}])[ \t]*\n[ \t]*({_LETTERS}[\w'’]*)")
_SOFT_INSIDE = re.compile("([\\w'’]*)\u00ad+([\\w'’]*)")
_WORD = re.compile(r"[^\W_][\w'’]*(?:[-\u2010][^\W_][\w'’]*)*")
_BROKEN_ANYWHERE = re.compile(rf"[\w'’\-]+[{_HYPHENS}][ \t]*(?:\n[ \t]*[\w'’]+|$)")

#: Prefixes that English (and, where spelled alike, French and Spanish) mostly writes with a hyphen.
_HYPHENATED_PREFIXES = frozenset(
    (
        "all",
        "anti",
        "cross",
        "ex",
        "full",
        "half",
        "high",
        "ill",
        "long",
        "low",
        "mid",
        "multi",
        "non",
        "post",
        "pre",
        "pro",
        "quasi",
        "self",
        "semi",
        "short",
        "vice",
        "well",
    )
)
#: Short words that start many longer ones (with-out, there-fore, under-stand): being a word is no sign here.
_WORD_STARTS = frozenset(
    (
        "after",
        "any",
        "back",
        "be",
        "can",
        "every",
        "fore",
        "for",
        "her",
        "here",
        "him",
        "how",
        "in",
        "may",
        "mean",
        "never",
        "no",
        "not",
        "on",
        "other",
        "our",
        "out",
        "over",
        "some",
        "them",
        "there",
        "through",
        "to",
        "under",
        "up",
        "when",
        "where",
        "with",
        "your",
        "contra",
        "entre",
        "para",
        "por",
        "sobre",
        "sin",
        "con",
        "par",
        "sur",
        "tout",
    )
)


class Vocabulary:
    """How often each word, joined or hyphenated, stands unbroken in a document."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Count the words of all texts, leaving out what is broken at the end of a line."""
        self._counts: Counter[str] = Counter()
        self._texts = tuple(texts)
        self._counted = False

    def count(self, word: str) -> int:
        """How often `word` occurs, whatever its case."""
        if not self._counted:  # most documents have no broken word: then nothing is counted
            self._counted = True
            for text in self._texts:
                whole = _BROKEN_ANYWHERE.sub(" ", text)
                words = _WORD.findall(whole.replace("\u00ad", "").replace("\u2010", "-").casefold())
                self._counts.update(words)
                for compound in (word for word in words if "-" in word):
                    self._counts.update(compound.split("-"))
        return self._counts[word.casefold()]

    def keeps_hyphen(self, left: str, right: str) -> bool:
        """Whether `left-` + line end + `right` is a hyphenated compound (see the module's rule)."""
        joined, hyphenated = self.count(left + right), self.count(f"{left}-{right}")
        if joined or hyphenated:
            return hyphenated > joined
        if left[-1].isdigit() or right[0].isdigit():
            return True
        if right[0].isupper():
            return not (left.isupper() and right.isupper() and len(left) > 1)
        if not self.count(right) or len(right) < 3:
            return False
        lower = left.casefold()
        if lower in _HYPHENATED_PREFIXES:
            return True
        return len(left) >= 3 and lower not in _WORD_STARTS and self.count(left) > 0


def join_broken_words(text: str, vocabulary: Vocabulary) -> str:
    """Return `text` with every word broken at a line's end put together on the first of the two lines."""

    def whole(match: re.Match[str]) -> str:
        left, _, right = match.groups()
        hyphen = "-" if vocabulary.keeps_hyphen(left, right) else ""
        return f"{left}{hyphen}{right}\n"

    # A word broken twice (two narrow lines) needs a second pass; three times does not happen.
    for _ in range(2):
        text, found = BROKEN.subn(whole, text)
        if not found:
            break
    return _SOFT_INSIDE.sub(lambda match: _soft(match, vocabulary), text) if "\u00ad" in text else text


def _soft(match: re.Match[str], vocabulary: Vocabulary) -> str:
    left, right = match.groups()
    if left and right:
        if left[-1].isdigit() and right[0].isdigit():
            return f"{left}-{right}"
        if vocabulary.count(f"{left}-{right}") > vocabulary.count(left + right):
            return f"{left}-{right}"
    return left + right


def join_across_pages(texts: list[str], vocabulary: Vocabulary) -> list[str]:
    """Put a word broken between two pages together on the page where it begins.

    Only a last line that ends in a hyphen and a next page that starts with a small letter count.
    """
    joined = list(texts)
    for number in range(len(joined) - 1):
        head = re.search(rf"({_LETTERS}[\w'’]*)[{_HYPHENS}]\s*$", joined[number])
        tail = re.match(rf"\s*({_LETTERS}[\w'’]*)([.,;:!?)»”\"]*)\s*", joined[number + 1])
        if head and tail and tail[1][0].islower():
            hyphen = "-" if vocabulary.keeps_hyphen(head[1], tail[1]) else ""
            joined[number] = f"{joined[number][: head.end(1)]}{hyphen}{tail[1]}{tail[2]}"
            joined[number + 1] = joined[number + 1][tail.end() :]
    return joined
