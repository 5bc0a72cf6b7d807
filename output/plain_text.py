"""Text that is safe and tidy on a terminal: cleaning, width, wrapping.

Rule: what comes out of a document (title, path, tag, passage) never steers the terminal. Control characters,
escape sequences, bidirectional overrides and other invisible characters are taken out before it is printed as
text; the machine formats keep them, escaped. A character is as wide as the Unicode East Asian Width (UAX #11)
says: two cells for W and F, none for combining marks.
"""

from __future__ import annotations

import unicodedata

_JOINERS = {0x200C, 0x200D}  # Persian, Indic scripts and emoji need them
_VISIBLE_FORMATS = {*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD}
_SPACES = {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029}


class _Cleaner(dict[int, int | None]):
    """A table for str.translate that is filled by the characters met: each stays, becomes a space, or goes."""

    def __missing__(self, code: int) -> int | None:
        category = unicodedata.category(chr(code))
        result: int | None = code
        if code in _SPACES:
            result = 0x20
        elif category == "Cs":
            result = 0xFFFD
        elif category == "Cc" or (category == "Cf" and code not in _JOINERS and code not in _VISIBLE_FORMATS):
            result = None
        self[code] = result
        return result


_CLEANER = _Cleaner()


def clean(text: str) -> str:
    """The text on one line, without anything that could steer a terminal or hide what is written.

    Tabs and line ends become spaces; a byte of a file name that is not UTF-8 becomes U+FFFD.
    """
    return text.translate(_CLEANER)


def clean_lines(text: str) -> list[str]:
    """The lines of a text, each cleaned."""
    return [clean(line).rstrip() for line in text.splitlines()]


def clean_marked(text: str, marks: tuple[tuple[int, int], ...]) -> tuple[str, list[tuple[int, int]]]:
    """Clean a text and move its [start, end) marks along; marks that lose all their characters go."""
    moved = [(len(clean(text[:start])), len(clean(text[:end]))) for start, end in marks]
    return clean(text), [(start, end) for start, end in moved if start < end]


def _cells(char: str) -> int:
    if char < "\u0300":
        return 1
    if unicodedata.category(char) in {"Mn", "Me", "Cf"} or "\u1160" <= char <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def display_width(text: str) -> int:
    """How many terminal cells a cleaned text takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def pad(text: str, width: int) -> str:
    """The cleaned text, filled with spaces to `width` cells."""
    return text + " " * (width - display_width(text))


def wrap(text: str, width: int | None) -> list[tuple[int, int]]:
    """The lines of a cleaned text as [start, end) ranges, none wider than `width` cells; None: one line.

    Lines break at spaces, after wide characters (Chinese and Japanese set no spaces), and where neither is
    there, at the last character that fits; a combining mark stays with its letter.
    """
    if width is None:
        return [(0, len(text))] if text else []
    lines: list[tuple[int, int]] = []
    start, used = 0, 0
    fallback: tuple[int, int] | None = None  # (end of this line, start of the next)
    position = 0
    while position < len(text):
        cells = _cells(text[position])
        if text[position] == " ":
            if position == start:  # no line begins with a space
                start = position = position + 1
                continue
            fallback = (position, position + 1)
        elif used + cells > width and position > start:
            end, resume = fallback or (position, position)
            lines.append((start, _without_spaces(text, start, end)))
            start = position = resume
            used, fallback = 0, None
            continue
        elif cells == 2:
            following = position + 1
            while following < len(text) and _cells(text[following]) == 0:
                following += 1
            fallback = (following, following)
        used += cells
        position += 1
    end = _without_spaces(text, start, len(text))
    return [*lines, (start, end)] if start < end else lines


def _without_spaces(text: str, start: int, end: int) -> int:
    """Where a line ends without the spaces at its end."""
    return start + len(text[start:end].rstrip(" "))
