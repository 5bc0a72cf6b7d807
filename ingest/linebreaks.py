"""Words broken at the end of a line: which hyphens were the typesetter's and which the author's.

Rule, for `left-` at a line's end and `right` at the start of the next (compared without case, counting only
words that are not themselves broken); the first that applies decides:
1. inside a web or mail address (the part on the first line has "/", "@" or "www.") the hyphen stays;
2. the joined form occurs elsewhere in the document, or the hyphenated one does: the more frequent one is
   right, the joined one if equal;
3. the hyphen stays where it touches a digit or a capital (COVID-19, Asia-Pacific) unless both sides are in
   capitals, and after an acronym (ILO-sponsored);
4. it stays in a chain of known or short words (out-of-school), after prefixes that are nearly always followed by
   one (self, non, anti), and before words that end many compounds (gender-based, large-scale, decision-makers);
5. it stays where both parts occur elsewhere as words of their own, in the singular or plural (supply-chain), and
   where the right one does after a prefix that often takes a hyphen (mid-term);
6. else the parts are joined.
A soft hyphen (U+00AD) at a line's end follows the same rule; inside a line it is dropped, unless the hyphenated
form occurs in the document or it stands between digits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

HYPHENS = "-\u2010\u00ad"
_ENDS = frozenset(HYPHENS)
_LAST_WORD = re.compile(r"[^\W_][\w'’]*$")
_FIRST_WORD = re.compile(r"[^\W_][\w'’]*")
_WORD = re.compile(r"[^\W_][\w'’]*(?:-[^\W_][\w'’]*)*")
_ADDRESS = re.compile(r"[/@]|www\.")
_AROUND = '.,;:!?()[]"“”'  # stand around words, in none of them
_SOFT_INSIDE = re.compile("([\\w'’]*)\u00ad+([\\w'’]*)")

#: Prefixes that English mostly writes with a hyphen but that start plain words too: the right part decides.
_OFTEN_HYPHENATED = frozenset(
    (
        "all", "counter", "full", "half", "high", "ill", "inter", "long", "low", "mid", "multi", "post", "pre",
        "pro", "short", "socio", "vice", "well",
    )
)  # fmt: skip
_ALWAYS_HYPHENATED = frozenset(("self", "non", "anti", "ex", "cross", "quasi", "semi", "ci"))
#: Words that end many compounds written with a hyphen, and hardly any word written without one.
_COMPOUND_ENDS = frozenset(
    (
        "backed", "based", "borne", "building", "centered", "centred", "controlled", "cost", "country", "cutting",
        "dependent", "designated", "driven", "earning", "facing", "focused", "free", "friendly", "funded",
        "government", "governmental", "growing", "headed", "inclusive", "income", "keeping", "level", "looking",
        "made", "makers", "making", "oriented", "operated", "owned", "party", "priority", "profile", "prone",
        "raising", "ranking", "related", "reported", "responsive", "risk", "run", "saving", "scale", "sector",
        "seeker", "seekers", "sensitive", "sharing", "specific", "speaking", "sponsored", "stage", "supported",
        "term", "third", "thirds", "trafficking", "up", "year", "years",
    )
)  # fmt: skip
#: Short words that start many longer ones (with-out, there-fore, under-stand): being a word is no sign here.
_WORD_STARTS = frozenset(
    (
        "after", "any", "back", "be", "can", "every", "fore", "for", "her", "here", "him", "how", "in", "may",
        "mean", "never", "no", "not", "on", "other", "our", "out", "over", "some", "them", "there", "through",
        "to", "under", "up", "when", "where", "with", "your", "un", "contra", "entre", "para", "por", "sobre",
        "sin", "con", "par", "sur", "tout",
    )
)  # fmt: skip


class Vocabulary:
    """How often each word, joined or hyphenated, stands unbroken in a document."""

    def __init__(self, pages: Sequence[str]) -> None:
        """Look into these pages, lines separated by a newline, when first asked."""
        self._pages = pages
        self._counts: Counter[str] | None = None

    def count(self, word: str) -> int:
        """How often `word` occurs, whatever its case; a compound's parts count as words too."""
        if self._counts is None:  # most documents without broken words never get here
            self._counts = self._counted()
        return self._counts[word.casefold()]

    def _counted(self) -> Counter[str]:
        written: Counter[str] = Counter()
        for page in self._pages:
            written.update(page.split())
            lines = page.split("\n")
            for number, line in enumerate(lines):
                if line[-1:] in _ENDS:  # the parts of a broken word are no words
                    words = line.split()
                    if len(words) > 1 or not number or lines[number - 1][-1:] not in _ENDS:
                        written[words[-1]] -= 1
                    if number + 1 < len(lines):
                        written.subtract(lines[number + 1].split()[:1])
        counts: Counter[str] = Counter()
        for raw, times in written.items():  # each spelling once: far fewer than words
            word = raw.strip(_AROUND)
            if word.isascii() and word.isalpha():  # most of them
                counts[word.lower()] += times
                continue
            for word in _WORD.findall(raw.replace("\u00ad", "").replace("\u2010", "-").casefold()):
                counts[word] += times
                if "-" in word:
                    for part in word.split("-"):
                        counts[part] += times
        return counts

    def keeps_hyphen(self, left: str, right: str, *, in_chain: bool = False) -> bool:
        """Whether `left-` + line end + `right` is a hyphenated compound (see the module's rule).

        in_chain: whether a hyphen stands before `left` already, as in "out-of-".
        """
        joined, hyphenated = self.count(left + right), self.count(f"{left}-{right}")
        if joined or hyphenated:
            return hyphenated > joined
        if left[-1].isdigit() or right[0].isdigit():
            return True
        acronym = len(left) > 1 and left.isupper()
        if right[0].isupper():
            return not (acronym and right.isupper())
        first, second = left.casefold(), right.casefold()
        starts_words = len(left) < 3 or first in _WORD_STARTS
        if acronym or first in _ALWAYS_HYPHENATED or (second in _COMPOUND_ENDS and not starts_words):
            return True
        if in_chain and (len(left) <= 3 or self._knows(left)):
            return True
        if len(right) < 3 or not self._knows(right):
            return False
        return first in _OFTEN_HYPHENATED or (not starts_words and self._knows(left))

    def _knows(self, word: str) -> bool:
        """Whether the word occurs on its own, in the singular or the plural."""
        return any(self.count(form) for form in (word, word + "s", word.removesuffix("s")))


def join_broken_words(page: str, vocabulary: Vocabulary) -> str:
    """Return the page with every word broken at a line's end put together on the line where it begins.

    What clings to the word's second part (a full stop, a bracket) comes with it.
    """
    lines = page.split("\n")
    kept: list[str] = []
    for line in lines:
        if kept and kept[-1][-1:] in _ENDS and (whole := _joined(kept[-1], line, vocabulary)):
            kept[-1], rest = whole
            if rest:
                kept.append(rest)
        else:
            kept.append(line)
    text = "\n".join(kept)
    return _SOFT_INSIDE.sub(lambda match: _soft(match, vocabulary), text) if "\u00ad" in text else text


def _joined(line: str, following: str, vocabulary: Vocabulary) -> tuple[str, str] | None:
    """The line with its broken last word completed, and what is left of the following one; None if not broken."""
    if not line or line[-1] not in HYPHENS:
        return None
    left, right = _LAST_WORD.search(line[-60:-1]), _FIRST_WORD.match(following)
    if left is None or right is None:
        return None
    token = line.rpartition(" ")[2]
    in_chain = "-" in token[: -1 - len(left[0])]
    keeps = bool(_ADDRESS.search(token)) or vocabulary.keeps_hyphen(left[0], right[0], in_chain=in_chain)
    hyphen = "-" if keeps else ""
    first, _, rest = following.partition(" ")
    return f"{line[:-1]}{hyphen}{first}", rest


def _soft(match: re.Match[str], vocabulary: Vocabulary) -> str:
    left, right = match.groups()
    if left and right:
        between_digits = left[-1].isdigit() and right[0].isdigit()
        if between_digits or vocabulary.count(f"{left}-{right}") > vocabulary.count(left + right):
            return f"{left}-{right}"
    return left + right


def join_across_pages(pages: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """Put a word broken between two pages together on the page where it begins.

    Only a last line that ends in a hyphen and a next page that starts with a small letter count.
    """
    joined = list(pages)
    for number in range(len(joined) - 1):
        before, last, line = joined[number].rpartition("\n")
        following, newline, after = joined[number + 1].partition("\n")
        if following[:1].islower() and (whole := _joined(line, following, vocabulary)):
            completed, rest = whole
            joined[number] = f"{before}{last}{completed}"
            joined[number + 1] = f"{rest}{newline}{after}".lstrip("\n")
    return joined
