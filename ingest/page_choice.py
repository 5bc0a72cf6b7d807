"""Which of two engines' readings of a page is taken.

Rule: a reading is suspicious when its quality (`textquality`) is below 0.9. The other reading replaces it only
if it is clearly better: its quality times the square root of its number of visible characters is at least a
tenth higher, so that neither a little clean text beats a page of slightly noisy text nor the reverse.
"""

from __future__ import annotations

import math

from ingest.textquality import text_quality

SUSPICIOUS_BELOW = 0.9
_CLEARLY_BETTER = 1.1


def is_suspicious(text: str) -> bool:
    """Whether a page's raw text asks for a second reading."""
    return text_quality(text) < SUSPICIOUS_BELOW


def better_text(first: str, second: str) -> str:
    """The better of two readings of a page, the first one in doubt."""
    return second if _worth(second) > _CLEARLY_BETTER * _worth(first) else first


def _worth(text: str) -> float:
    visible = sum(not character.isspace() for character in text)
    return text_quality(text) * math.sqrt(visible)
