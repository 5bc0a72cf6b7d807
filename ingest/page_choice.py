"""Which of two engines' readings of a page is taken.

Rules: a reading is suspicious when its quality (`textquality`) is below 0.9, when at least three words have a
meaningless character in them (a lost ligature), or when it runs across the page's columns (`columns`). The other
reading replaces it only if it is clearly better:
- its worth, quality times the square root of its number of visible characters, is at least a tenth higher, so
  that neither a little clean text beats a page of slightly noisy text nor the reverse; or
- it has at most half as many damaged words, or the first one runs across columns, and it has at least four fifths
  of the visible characters and no lower quality.
"""

from __future__ import annotations

import math

from ingest.pdf_reader import PageText
from ingest.textquality import damaged_words, text_quality

SUSPICIOUS_BELOW = 0.9
_DAMAGED_WORDS = 3
_CLEARLY_BETTER = 1.1


def is_suspicious(page: PageText) -> bool:
    """Whether a page's raw text asks for a second reading."""
    return (
        page.across_columns
        or text_quality(page.text) < SUSPICIOUS_BELOW
        or damaged_words(page.text) >= _DAMAGED_WORDS
    )


def is_better(second: PageText, first: PageText) -> bool:
    """Whether the second reading of a page is clearly better than the first."""
    if _worth(second.text) > _CLEARLY_BETTER * _worth(first.text):
        return True
    damaged = damaged_words(first.text)
    repaired = damaged >= _DAMAGED_WORDS and damaged_words(second.text) <= damaged / 2
    as_good = text_quality(second.text) >= text_quality(first.text)
    return (repaired or first.across_columns) and as_good and _visible(second.text) >= 0.8 * _visible(first.text)


def _worth(text: str) -> float:
    return text_quality(text) * math.sqrt(_visible(text))


def _visible(text: str) -> int:
    return sum(not character.isspace() for character in text)
