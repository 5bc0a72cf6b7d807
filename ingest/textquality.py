"""How plausible extracted text is, from 0 (noise) to 1 (clean).

Rule: the score is the product of five shares, each 1 for ordinary prose of any script:
characters that mean something (no U+FFFD, private-use, control or unassigned characters, no "(cid:12)");
letters not standing in a run of single letters ("T h i s  i s"); letters not in words too long to be words
(a page without spaces); longer Latin words that hold a vowel (a font whose letters are all shifted has few);
accented and other Latin-1 characters up to a quarter of all (more are another encoding read as Latin-1).
Scripts written without spaces are not held to the rules about words.
Text without any visible character scores 1: there is nothing wrong in it; that it is empty is for others to say.
"""

from __future__ import annotations

import re
from functools import lru_cache

_CID = re.compile(r"\(cid:\d+\)")
_MEANINGLESS = re.compile(
    "[\ufffd\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufdd0-\ufdef\uffff\U000f0000-\U0010ffff\ud800-\udfff]"
)
_ORDINARY = bytes((0x09, 0x0A, 0x0D, *range(0x20, 0x7F)))
#: For a look at all words at once: consonants as "c", other letters (of Latin-1) as "v", the rest as space.
_SHAPES = bytes(
    0x20 if not chr(code).isalpha() else 0x63 if chr(code) in "bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ" else 0x76
    for code in range(256)
)
#: Letters of scripts written with spaces between words: Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic.
_SPACED = "a-zA-Z\u00c0-\u024f\u0370-\u06ff"
_SINGLE_LETTERS = re.compile(rf"(?<!\S)(?:[{_SPACED}]\s+){{3,}}[{_SPACED}](?!\S)")
_ENDLESS_WORD = re.compile(rf"[{_SPACED}]{{31,}}")
_LATIN_WORD = re.compile("[a-zA-Z\u00c0-\u024f]{5,}")
_CONSONANTS = re.compile("[b-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ]{5,}")
_LATIN_1 = re.compile("[\u00a1-\u00ff]")
_LATIN_1_SHARE = 0.25
#: A letter beside a meaningless character: a ligature or an accented letter that the font does not explain.
_DAMAGED_WORD = re.compile(
    "[^\\W\\d_][\ufffd\x00\x01\x03-\x08\x0e-\x1f\ue000-\uf8ff]|[\x03-\x08\x0e-\x1f\ufffd][^\\W\\d_]"
)


def beyond_ascii(text: str) -> str:
    """The characters of a text that are not printable ASCII, space, tab or line end, in order.

    A table of bytes takes the others out some thirty times as fast as a pattern would look at them, and they are
    nearly all of most pages.
    """
    return text.encode("utf-8", "surrogatepass").translate(None, _ORDINARY).decode("utf-8", "surrogatepass")


@lru_cache(maxsize=1024)  # a page is judged when it is read and again when it is stored
def text_quality(text: str) -> float:
    """Score raw extracted text (before cleaning, which hides the signs) from 0 to 1, as the module says."""
    lengths = list(map(len, text.split()))
    visible = sum(lengths)
    if not visible:
        return 1.0
    rest = beyond_ascii(text)
    # Some control characters count as space, so there may be more meaningless ones than visible ones.
    score = max(0.0, 1.0 - (len(_MEANINGLESS.findall(rest)) if rest else 0) / visible)
    if "(cid:" in text:
        score *= 1.0 - sum(map(len, _CID.findall(text))) / visible
    if b"\1\1\1\1" in bytes(map((1).__eq__, lengths)):
        spaced = sum(len("".join(run.split())) for run in _SINGLE_LETTERS.findall(text))
        score *= 1.0 - spaced / visible
    if max(lengths) > 30:
        score *= 1.0 - sum(map(len, _ENDLESS_WORD.findall(text))) / visible
    if rest:
        foreign = len(_LATIN_1.findall(rest)) / visible
        score *= 1.0 - max(0.0, foreign - _LATIN_1_SHARE) / (1.0 - _LATIN_1_SHARE)
    if _may_lack_vowels(text):
        score *= 1.0 - _share_without_vowel(text)
    return round(score, 3)


def _may_lack_vowels(text: str) -> bool:
    """Whether there may be a word of five or more letters without a vowel. It is a pattern's question, answered by
    a table of bytes, which takes a tenth of the time."""
    shapes = text.encode("latin-1", "replace").translate(_SHAPES)
    return b"ccccc" in shapes and any(shape.count(b"c") == len(shape) >= 5 for shape in set(shapes.split()))


def _share_without_vowel(text: str) -> float:
    words = _LATIN_WORD.findall(text)
    if len(words) < 10:  # a few abbreviations are not noise
        return 0.0
    return sum(1 for word in words if _CONSONANTS.fullmatch(word)) / len(words)


def damaged_words(text: str) -> int:
    """How many places in raw text have a meaningless character inside or at the end of a word."""
    return len(_DAMAGED_WORD.findall(text)) if _MEANINGLESS.search(beyond_ascii(text)) else 0
