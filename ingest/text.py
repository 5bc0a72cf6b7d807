"""Folding: the one normalisation that makes different spellings of the same letters equal.

Rule: text is compared, indexed and looked up only as `fold(text)`, on both sides, so `Côte d’Ivoire` and
`cote d'ivoire` are the same letters. Folding drops what people leave out when they type (accents, vowel points,
soft hyphens, letter case, width) and keeps what makes another word: й is not и, Indic and Thai vowel signs are
letters, and so are the dakuten of Japanese kana.

Standard library only: a search from a cold shell imports this module.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# Letters that no Unicode decomposition takes apart, as people without the key type them.
_LETTERS = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss",
    "ı": "i", "ĸ": "k", "ŋ": "n", "ə": "e", "ǝ": "e", "ɛ": "e", "ɔ": "o", "ƒ": "f", "ɓ": "b", "ɗ": "d", "ɖ": "d",
    "ƙ": "k", "ƴ": "y", "ɲ": "n", "ɣ": "g", "ƀ": "b", "ɨ": "i", "ʉ": "u", "ƶ": "z", "ǥ": "g", "ȼ": "c", "ɟ": "j",
}  # fmt: skip
# Arabic script: forms of alef, hamza seats, teh marbuta, alef maksura; the Persian and Urdu yeh, kaf and heh.
_ARABIC = {
    "ٱ": "ا", "ٲ": "ا", "ٳ": "ا", "ة": "ه", "ۃ": "ه", "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ڪ": "ك",
    "ہ": "ه", "ە": "ه", "ھ": "ه", "ـ": "",
}  # fmt: skip
# Spacing marks have compatibility decompositions (space + accent) that would split a word: they go first.
_PUNCTUATION = {
    **dict.fromkeys("‘’‚‛ʻʼʽʾʿˈʹ′‵`´՚׳＇ꞌ", "'"),
    **dict.fromkeys("“”„‟″‶«»״＂", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
}
_TABLE = str.maketrans({**_LETTERS, **_ARABIC, **_PUNCTUATION})

# Combining marks that people leave out, by block: general diacritics, Hebrew points, Arabic vowel signs and
# Koranic marks, variation selectors. Marks of all other scripts are part of their words.
_MARKED = (
    "(?s)(.?)(["
    "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08e1\u08e3-\u08ff"
    "\ufe00-\ufe0f\U000e0100-\U000e01ef"
    "]+)"
)
# In Cyrillic only stress marks and the dots of ё go: й, ї, ў, ѓ, ќ are letters of their own.
_CYRILLIC_VOWELS = frozenset("аеиоуыэюяіѵѣє")
_STRESS = "\u0300\u0301"
_DIAERESIS = "\u0308"
# Format characters: soft hyphen, zero-width space and joiners, direction marks, byte order mark, fillers.
# A zero-width non-joiner only says how Persian and Indic letters are drawn, and is mostly not typed.
_INVISIBLE = (
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0]+"
)
_FOREIGN_DIGIT = "[^\\D0-9]"


# Most queries are in plain ASCII, and to compile these takes half a millisecond.
@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    return re.compile(_INVISIBLE), re.compile(_MARKED), re.compile(_FOREIGN_DIGIT)


def fold(text: str) -> str:
    """Return `text` in the one form in which texts are compared; fold(fold(x)) == fold(x).

    Compatibility forms (ligatures, full-width, Arabic presentation forms) become plain ones, letters lose case
    and accents, decimal digits of every script become ASCII digits, curly quotes straight ones, dashes hyphens.
    The length may change. Unicode: normalisation forms of UAX #15, full case folding of section 3.13.
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    folded = _fold_once(text)
    # One pass settles all but a handful of characters, none of them ASCII, whose folded form can be folded anew.
    while not folded.isascii() and (again := _fold_once(folded)) != folded:
        folded = again
    return folded


def _fold_once(text: str) -> str:
    invisible, marked, foreign_digit = _patterns()
    text = invisible.sub("", text.translate(_TABLE))
    text = unicodedata.normalize("NFKD", text).casefold()
    text = marked.sub(_drop_marks, text).translate(_TABLE)
    text = foreign_digit.sub(_ascii_digit, text)
    return unicodedata.normalize("NFC", text)


def _drop_marks(match: re.Match[str]) -> str:
    base, marks = match.groups()
    if not "\u0400" <= base <= "\u052f":
        return str(base)
    dropped = (_STRESS if base in _CYRILLIC_VOWELS else "") + (_DIAERESIS if base == "е" else "")
    return str(base) + "".join(mark for mark in marks if mark not in dropped)


def _ascii_digit(match: re.Match[str]) -> str:
    return str(unicodedata.decimal(match[0]))
