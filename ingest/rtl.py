"""Right-to-left text that an engine gives in the order of the eye instead of the order of reading.

Rule: some letters stand only at the end of a word (Arabic teh marbuta and alef maksura, the five final letters of
Hebrew), and many Arabic words begin with the article. A page on which such signs stand at the wrong end of
words, at least three times and three times as often as at the right end, is in visual order: each of its lines
is then reversed, and the numbers and Latin words in it are turned back.
"""

from __future__ import annotations

import re

from ingest.textquality import beyond_ascii

_RTL = re.compile("[\u0590-\u08ff]")
_WORD = re.compile("[\u05d0-\u05ea\u0620-\u064a\u066e-\u06d3]{4,}")
_FINAL_LETTERS = "ةىךםןףץ"
_ARTICLE = "ال"
_LEFT_TO_RIGHT = re.compile(r"[0-9A-Za-z\u00c0-\u024f]+(?:[ .,:/'’@_%+&-]+[0-9A-Za-z\u00c0-\u024f]+)*")
_MIRRORED = str.maketrans("()[]{}«»<>", ")(][}{»«><")


def logical_order(text: str) -> str:
    """Return `text` in reading order; text that is in it already, and text without such letters, as it is."""
    if not _RTL.search(beyond_ascii(text)):
        return text
    wrong = right = 0
    for word in _WORD.findall(text):
        wrong += (word[0] in _FINAL_LETTERS) + word.endswith(_ARTICLE[::-1])
        right += (word[-1] in _FINAL_LETTERS) + word.startswith(_ARTICLE)
    if wrong < 3 or wrong <= 3 * right:
        return text
    return "\n".join(_reversed(line) if _RTL.search(line) else line for line in text.split("\n"))


def _reversed(line: str) -> str:
    turned = line[::-1].translate(_MIRRORED)
    return _LEFT_TO_RIGHT.sub(lambda match: match[0][::-1], turned)
