"""What one word, quoted text or field value means: a leaf of the query tree.

Rule: `*`, `?` and `~n` are read here and only in words without quotes; a value that could only find nothing
(a pattern where values compare whole, a list with commas, a reversed range) is refused.
"""

from __future__ import annotations

import re

from searchidx.query import Everything, Filter, Fuzzy, Node, Phrase, Prefix, Range, Wildcard, Word
from searchidx.scanner import RANGE_FIELDS, TEXT_FIELDS, Token
from searchidx.syntax_error import QuerySyntaxError, shown

MAX_EDITS = 2
_PATTERN_FIELDS = ("publisher", "path")
_EXACT_FIELDS = ("region", "region~")
# Compiled at the first year in a query, not at every start.
_YEARS = r"(\d{4})?(\.\.|-|–)?(\d{4})?"
_COMPARED = r"(>=|<=|>|<)(\d{4})"


def leaf(query: str, token: Token, field: str | None, *, exact: bool) -> Node:
    """The leaf for a token of kind "word" or "quoted" in a field; exact: a `=` stands before it.

    Raises QuerySyntaxError for a value that the field cannot have.
    """
    if field is None or field in TEXT_FIELDS:
        return _quoted(query, token, field, exact) if token.kind == "quoted" else _word(query, token, field, exact)
    if token.slop is not None:
        raise QuerySyntaxError(
            query, token.end, f"~ after a value of '{field}:'", "the value alone", _retyped(field, token)
        )
    if field in RANGE_FIELDS:
        return _years(query, token, field, exact)
    return _filter(query, token, field, exact)


def is_pattern(word: str) -> bool:
    """Whether `*` or `?` in the word are wildcards; question marks at its end alone are punctuation."""
    stem = word.rstrip("?")
    return "*" in stem or "?" in stem


def _quoted(query: str, token: Token, field: str | None, exact: bool) -> Node:
    if exact and token.slop is not None:
        raise QuerySyntaxError(query, token.start, "= asks for exact words, ~ for near ones", "one of the two")
    words = token.text.split()
    if len(words) == 1:
        # `"word"~0`: near itself; so any text at all can be searched with its inflections.
        return Word(words[0], field, exact=token.slop is None)
    return Phrase(" ".join(words), field, token.slop)


def _word(query: str, token: Token, field: str | None, exact: bool) -> Node:
    raw = token.text
    if raw.isalnum():
        return Word(raw, field, exact)
    if raw.startswith(("http:", "https:", "ftp:", "www.")) or "://" in raw:
        return Word(raw, field, exact)
    # A comma behind `child*` or a quote mark around it is punctuation; in plain words analysis drops it.
    core = raw.lstrip("'‘").rstrip(",;.:!'’")
    if is_pattern(core):
        if exact:
            raise QuerySyntaxError(query, token.start, "= asks for one exact word", "a word without * or ?")
        return _pattern(query, token, core, field)
    word, digits = _fuzzy(core)
    if any(char.isalnum() for char in word):
        if exact:
            raise QuerySyntaxError(query, token.start, "= asks for one exact word", "a word without ~")
        return Fuzzy(word, _edits(query, token, word, digits), field)
    return Word(raw, field, exact)


def _fuzzy(word: str) -> tuple[str, str]:
    """The word and the digits of `word~digits`; ("", "") for any other text."""
    before, _, digits = word.rpartition("~")
    return ("", "") if digits.strip("0123456789.") else (before, digits)


def _pattern(query: str, token: Token, core: str, field: str | None) -> Node:
    tilde = core.rfind("~")
    if (tilde > 0 and core[tilde + 1 :].isdecimal()) or core.endswith("~"):
        raise QuerySyntaxError(
            query, token.start + 1, "~ and * in one word", "either a pattern or a fuzzy word", core[:tilde]
        )
    while "**" in core:
        core = core.replace("**", "*")
    if core == "*" and field is None:
        return Everything()
    if len(core) > 1 and core.endswith("*") and "*" not in core[:-1] and "?" not in core[:-1]:
        return Prefix(core[:-1], field)
    return Wildcard(core, field)


def _edits(query: str, token: Token, word: str, digits: str) -> int:
    if digits in ("", "1"):
        return 1
    if digits == str(MAX_EDITS):
        return MAX_EDITS
    problem = f"~{shown(digits)} is no number of changed letters"
    near = f"{word}~{MAX_EDITS}"
    note = f'The characters as text go in quotes: "{shown(token.text)}".'
    raise QuerySyntaxError(query, token.start + 1, problem, "~1 or ~2", near, note=note)


def _filter(query: str, token: Token, field: str, exact: bool) -> Node:
    value = token.text
    if exact and field not in _EXACT_FIELDS:
        raise QuerySyntaxError(
            query, token.start, f"= has no meaning in '{field}:'", "= with region: only", _retyped(field, token)
        )
    if token.kind == "quoted" or value == "*":
        return Filter(field, value, exact)
    if field not in _PATTERN_FIELDS and ("*" in value or "?" in value):
        problem = f"* or ? in '{field}:', whose values compare whole"
        expected = f'the whole value (in quotes if it holds these characters), or {field}:* for "has any"'
        raise QuerySyntaxError(query, token.start + 1, problem, expected)
    if field != "path" and (word := _fuzzy(value)[0]):
        problem = f"~ in '{field}:', whose values compare whole"
        raise QuerySyntaxError(query, token.start + 1 + len(word), problem, "the value alone", word)
    if field != "path" and ("," in value or ";" in value):
        parts = [part for part in re.split("[,;]", value) if part]
        several = f"{field}:({' OR '.join(parts)})" if len(parts) > 1 else None
        one = f"{field}:{parts[0]}" if parts else None
        note = "A comma that belongs to the value goes in quotes."
        problem = f"a comma in the value of '{field}:'"
        raise QuerySyntaxError(query, token.start + 1, problem, "one value", several or one, note=note)
    return Filter(field, value, exact)


def _years(query: str, token: Token, field: str, exact: bool) -> Range:
    text = token.text
    if text == "*" and not exact:
        return Range(field, None, None)
    compared = re.fullmatch(_COMPARED, text)
    if compared and not exact:
        year = int(compared[2])
        # Range includes its ends, so > and < move by one year.
        bounds = {">=": (year, None), "<=": (None, year), ">": (year + 1, None), "<": (None, year - 1)}
        low, high = bounds[compared[1]]
        if (low or 0) <= 9999 and (high is None or high >= 0):
            return Range(field, low, high)
    match = re.fullmatch(_YEARS, text)
    if match and not exact:
        low, high = (int(digits) if digits else None for digits in (match[1], match[3]))
        if match[2] is None and low is not None and high is None:
            return Range(field, low, low)
        both = low is not None and high is not None
        if (match[2] == ".." and (low is not None or high is not None)) or (match[2] and both):
            if low is not None and high is not None and low > high:
                problem = f"the range {low:04d}..{high:04d} ends before it begins"
                earlier_first = f"{field}:{high:04d}..{low:04d}"
                raise QuerySyntaxError(query, token.start + 1, problem, "the earlier year first", earlier_first)
            return Range(field, low, high)
    expected = "a year of four digits or a range: 2015, 2015..2020, 2015.., ..2020, >=2015, <2000"
    raise QuerySyntaxError(query, token.start + 1, f"'{shown(text)}' is no year", expected)


def _retyped(field: str, token: Token) -> str:
    value = f'"{token.text}"' if token.kind == "quoted" else token.text
    return f"{field}:{value}"
