"""How plausible extracted text is, from 0 (noise) to 1 (clean).

Rule: the score is the product of four shares, each 1 for ordinary prose of any script:
characters that mean something (no U+FFFD, private-use, control or unassigned characters, no "(cid:12)");
letters not standing in a run of single letters ("T h i s  i s"); letters not in words too long to be words
(a page without spaces); longer Latin words that hold a vowel (a font whose letters are all shifted has few).
Text without any visible character scores 1: there is nothing wrong in it; that it is empty is for others to say.
"""

from __future__ import annotations

import re

_MEANINGLESS = re.compile(
    r"\(cid:\d+\)|[\ufffd\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufdd0-\ufdef\uffff"
    r"\U000f0000-\U0010ffff\ud800-\udfff]"
)
#: Four or more single letters in a row, each alone between spaces.
_SINGLE_LETTERS = re.compile(r"(?<!\S)(?:[^\W\d_]\s+){3,}[^\W\d_](?!\S)")
#: Scripts written with spaces between words: Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic.
_ENDLESS_WORD = re.compile(r"[a-zA-Z\u00c0-\u024f\u0370-\u06ff]{31,}")
_LATIN_WORD = re.compile(r"[a-zA-Z\u00c0-\u024f]{5,}")
_VOWEL = re.compile(r"[aeiouyAEIOUY\u00c0-\u024f]")
_VISIBLE = re.compile(r"\S")


def text_quality(text: str) -> float:
    """Score raw extracted text (before cleaning, which hides the signs) from 0 to 1, as the module says."""
    visible = len(_VISIBLE.findall(text))
    if not visible:
        return 1.0
    noise = sum(len(found) for found in _MEANINGLESS.findall(text))
    spaced = sum(len(_VISIBLE.findall(found)) for found in _SINGLE_LETTERS.findall(text))
    endless = sum(len(found) for found in _ENDLESS_WORD.findall(text))
    words = _LATIN_WORD.findall(text)
    # Fewer than ten words say nothing: a page of abbreviations is not noise.
    mute = sum(1 for word in words if not _VOWEL.search(word)) / len(words) if len(words) >= 10 else 0.0
    score = 1.0
    for share in (noise / visible, spaced / visible, endless / visible, mute):
        score *= 1.0 - min(1.0, share)
    return round(score, 3)
