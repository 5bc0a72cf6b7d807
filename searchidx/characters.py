"""Which characters make up words: the classes the tokeniser's patterns are built from.

Rule: Python's `\\w` knows letters and digits but no combining marks, without which words of Indic scripts fall to
pieces, and counts superscripts as digits, which would glue a footnote's number to its word. The ranges are
written out because finding them at start takes longer than a search; a test compares them with `unicodedata`.
"""

from __future__ import annotations

# Combining marks (categories Mn, Mc, Me) and invisible characters that may stand inside a word. A range may run
# over letters and unassigned code points, in the Basic Multilingual Plane never over a separator.
MARKS = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7\u0610-\u061a"
    "\u061c\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0711-\u07f3\u07fd\u0816-\u082d"
    "\u0859-\u085b\u0898-\u08e1\u08e3-\u0963\u0981-\u09e3\u09fe-\u0a75\u0a81-\u0ae3\u0afa-\u0b63"
    "\u0b82-\u0bd7\u0c00-\u0c63\u0c81-\u0c83\u0cbc-\u0d4d\u0d57\u0d62-\u0d63\u0d81-\u0df3\u0e31-\u0e3a"
    "\u0e47-\u0e4e\u0eb1-\u0ecd\u0f18-\u0f19\u0f35\u0f37\u0f39\u0f3e-\u0f84\u0f86-\u0fbc\u0fc6"
    "\u102b-\u103e\u1056-\u109d\u135d-\u135f\u1712-\u1734\u1752-\u17d3\u17dd\u180b-\u193b\u1a17-\u1a1b"
    "\u1a55-\u1a7f\u1ab0-\u1b44\u1b6b-\u1b73\u1b80-\u1bf3\u1c24-\u1c37\u1cd0-\u1cd2\u1cd4-\u1dff"
    "\u200b-\u200f\u2060-\u2064\u20d0-\u20f0\u2cef-\u2cf1\u2d7f\u2de0-\u2dff\u302a-\u302f\u3099-\u309a"
    "\ua66f-\ua672\ua674-\ua67d\ua69e-\ua6f1\ua802-\ua827\ua82c\ua880-\ua8c5\ua8e0-\ua8f1\ua8ff-\ua92d"
    "\ua947-\ua953\ua980-\ua9c0\ua9e5-\uaa4d\uaa7b-\uaac1\uaaeb-\uaaef\uaaf5-\uaaf6\uabe3-\uabea"
    "\uabec-\uabed\ufb1e\ufe00-\ufe0f\ufe20-\ufe2f\U00011000-\U00011fff\U0001e8d0-\U0001e94f"
    "\U000e0100-\U000e01ef"
)

# Numbers that are no digits (category No): superscripts, subscripts, fractions, circled numbers.
FOOTNOTE_DIGITS = (
    "\u00b2\u00b3\u00b9\u00bc-\u00be\u2070\u2074-\u2079\u2080-\u2089\u2150-\u215f\u2189"
    "\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3192-\u3195\u3220-\u3229\u3248-\u324f\u3251-\u325f\u3280-\u3289\u32b1-\u32bf"
)

# Scripts written without spaces between words (or, Hangul, with endings grown onto them): Thai, Lao, Burmese,
# Khmer, Hangul, kana, bopomofo, Han. Their digits and punctuation are left out.
UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u108f\u109a-\u109d\u1100-\u11ff"
    "\u1780-\u17d3\u17d7\u17dc\u17dd\u2e80-\u2fdf\u3005-\u3007\u302a-\u302f\u3031-\u3035\u303b\u303c\u3041-\u309a\u309d-\u309f"
    "\u30a1-\u30fa\u30fc-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7fb\uf900-\ufaff"
    "\uff66-\uff9f\uffa1-\uffdc\U00020000-\U0003ffff"
)

# Chinese characters that are mostly grammatical words by themselves: a pair that holds one seldom tells anything.
FUNCTION_CHARACTERS = frozenset("的了是在和与及或而被把对从到以于为之其这那哪什么谁怎吗呢个种些")


def has_function_character(term: str) -> bool:
    """Say whether a term is a pair of characters one of which is a Chinese grammatical word."""
    return len(term) == 2 and (term[0] in FUNCTION_CHARACTERS or term[1] in FUNCTION_CHARACTERS)
