"""Clean text of a document's pages, the same whatever engine read them.

Rules, in this order:
1. order and characters: right-to-left text given in visual order is turned (`rtl`);
   ligatures, Arabic presentation forms, Kangxi radicals and compatibility ideographs become the
   letters they stand for; superscripts, fractions and full-width forms stay as printed; every kind of space is
   a space; control, zero-width and direction characters go, and so do private-use characters except the common
   bullets, which become bullets;
2. running headers, footers and page numbers go (`running_lines`);
3. words broken at a line's or page's end are put together (`linebreaks`);
4. lines: a line that fills the page's width, and one before a line that starts with a small letter, runs on into
   the next with a space, so that a sentence reads in one piece; a shorter one ends with a newline (headings, list
   items, table rows); a shorter one that also ends a sentence, and an empty line, end a paragraph, shown as an
   empty line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ingest.linebreaks import Vocabulary, join_across_pages, join_broken_words
from ingest.rtl import logical_order
from ingest.running_lines import remove_running_lines
from ingest.textquality import beyond_ascii

#: A line at least this share of the page's usual long line runs on into the next.
FULL_LINE = 0.75
SHORTEST_FULL_LINE = 20  # letters; a page of shorter lines is a list, a table or a cover

_BULLETS = {0xF0B7: "•", 0xF0A7: "▪", 0xF0D8: "➢", 0xF0FC: "✓", 0xF06E: "▪", 0xF076: "❖", 0xF0E0: "→", 0xF02D: "-"}
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_NEWLINES = dict.fromkeys((0x0B, 0x0C, 0x85, 0x2028, 0x2029), "\n")
_NOTHING = dict.fromkeys(
    (
        *range(0x00, 0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0),
        0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF, 0xFFFF,
    )
)  # fmt: skip
_CHARACTERS: dict[int, str | None] = {**_NOTHING, **_BULLETS, **_LIGATURES, **_NEWLINES}
#: Compatibility forms that stand for one plain letter each; U+FDF0..U+FDFD are whole phrases and stay.
_COMPATIBILITY = re.compile("[\u2f00-\u2fd5\uf900-\ufaff\ufb13-\ufdef\ufe70-\ufefc]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff\ud800-\udfff]")
#: How PDFium writes a hyphen at a line's end (U+FFFE, in some calls U+0002); the line's break is left out then.
_LINE_END_MARK = "\ufffe"
_OTHER_LINE_END_MARK = re.compile("(?<=[^\\W\\d_])\x02(?=[^\\W\\d_])")
#: Any character that rule 1 changes, but for spaces: most pages have none.
_SPECIAL = re.compile(
    f"[{''.join(re.escape(chr(code)) for code in _CHARACTERS)}{_COMPATIBILITY.pattern[1:-1]}"
    f"{_PRIVATE.pattern[1:-1]}]"
)
_SPACES = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_SENTENCE_END = re.compile(r"[.!?:;。!?؟۔…][\"'”’»)\]]*$")
_ITEM = re.compile(r"(?:[•▪➢✓❖●○◦■□–—*-]|\(?\w{1,3}[.)])\s")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_SPACED_IDEOGRAPHS = re.compile(
    "([\u3001-\u30ff\u3400-\u9fff\uff01-\uff60]) (?=[\u3001-\u30ff\u3400-\u9fff\uff01-\uff60])"
)
_UNSPACED = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\u3000-\u30ff]")


def clean_pages(texts: Sequence[str]) -> list[str]:
    """Clean the raw texts of a document's pages, in order; the result has as many pages.

    Pure and independent of the engine. See the module for the rules.
    """
    pages = remove_running_lines([clean_characters(text) for text in texts])
    vocabulary = Vocabulary(pages)
    pages = [join_broken_words(page, vocabulary) for page in pages]
    return [reflow(page) for page in join_across_pages(pages, vocabulary)]


def clean_characters(text: str) -> str:
    """Apply rule 1 to one page; lines stay lines.

    Patterns and tables are slow where they find nothing: each is asked only where what it looks for is among the
    few characters that are not plain ASCII.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    rest = beyond_ascii(text)
    if rest:
        if _LINE_END_MARK in rest:
            text, rest = text.replace(_LINE_END_MARK, "-\n"), rest.replace(_LINE_END_MARK, "")
        if _SPECIAL.search(rest):
            text = _OTHER_LINE_END_MARK.sub("-\n", text) if "\x02" in rest else text
            text = unicodedata.normalize("NFC", text.translate(_CHARACTERS))
            text = _COMPATIBILITY.sub(lambda match: unicodedata.normalize("NFKC", match[0]).strip(), text)
            text = _PRIVATE.sub("", text)
            rest = beyond_ascii(text)
        else:
            text = unicodedata.normalize("NFC", text)
        if _SPACES.search(rest):
            text = _SPACES.sub(" ", text)
    text = text.replace("\t", " ")
    while "  " in text:
        text = text.replace("  ", " ")
    text = text.replace(" \n", "\n").replace("\n ", "\n").strip(" \n")
    return _close_up(logical_order(text)) if rest else text


def _close_up(text: str) -> str:
    """Chinese and Japanese set with a space after every character, closed up."""
    if not _IDEOGRAPH.search(beyond_ascii(text)):
        return text
    spaced = len(_SPACED_IDEOGRAPHS.findall(text))
    if spaced and spaced > 0.5 * len(_IDEOGRAPH.findall(text)):
        return _SPACED_IDEOGRAPHS.sub(r"\1", text)
    return text


def reflow(text: str) -> str:
    """Apply rule 4 to one page."""
    lines = text.split("\n")
    widths = list(map(len, lines)) if text.isascii() else [_width(line) for line in lines]
    usual = sorted(width for width in widths if width)
    if not usual:
        return ""
    full = max(SHORTEST_FULL_LINE, FULL_LINE * usual[int(0.9 * (len(usual) - 1))])
    parts: list[str] = []
    for line, width, following in zip(lines, widths, [*lines[1:], ""], strict=True):
        if line:
            parts.append(line)
            parts.append(_separator(line, following, is_full=width >= full))
        elif parts:
            parts[-1] = "\n\n"
    return "".join(parts).strip()


def _width(line: str) -> int:
    """The width of a line in letters, a Chinese or Japanese character counting as two."""
    return len(line) if line.isascii() else len(line) + len(_IDEOGRAPH.findall(line))


def _separator(line: str, following: str, *, is_full: bool) -> str:
    if is_full and not _ITEM.match(following):
        return "" if _UNSPACED.match(line[-1]) and following and _UNSPACED.match(following[0]) else " "
    if _SENTENCE_END.search(line):
        return "\n\n"
    return " " if following[:1].islower() and not _ITEM.match(following) else "\n"
