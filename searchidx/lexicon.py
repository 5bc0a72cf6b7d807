"""Finding terms of a field by prefix, pattern or edit distance.

Rule: each function yields every term of the dictionary that fits its specification, in order, and looks only at
the part of the sorted dictionary where one can be. Terms are in UTF-8 order, which is code point order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from searchidx.segment import Terms


def with_prefix(terms: Terms, prefix: str) -> Iterator[str]:
    """The terms that begin with the prefix."""
    yield from terms.among(terms.starting_with(prefix.encode("utf-8", "surrogatepass")))


def matching(terms: Terms, pattern: str) -> Iterator[str]:
    """The terms that fit the whole pattern: `?` stands for one character, `*` for any number."""
    fits = compile_pattern(pattern).fullmatch
    literal = re.split(r"[*?]", pattern, maxsplit=1)[0]
    for term in with_prefix(terms, literal):
        if fits(term):
            yield term


@lru_cache(maxsize=64)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The regular expression of a wildcard pattern.

    What stands between two `*` is taken where it first occurs, once and for all (an atomic group): looking further
    can never help, and trying it made the time grow with every `*` beyond all bounds.
    """
    first, *others = (
        "".join("." if c == "?" else re.escape(c) for c in part) for part in re.split(r"\*+", pattern)
    )
    if not others:
        return re.compile(first, re.DOTALL)
    middle = "".join(f"(?>.*?{part})" for part in others[:-1])
    return re.compile(f"{first}{middle}.*{others[-1]}", re.DOTALL)


def within_edits(terms: Terms, word: str, edits: int) -> Iterator[tuple[str, int]]:
    """(term, distance) of the terms at most `edits` edits away: insertions, deletions, substitutions and swaps of
    neighbours, no part edited twice (optimal string alignment, Damerau 1964).

    Walks the sorted dictionary like a trie: the rows of the distance table are kept for the prefix that one term
    shares with the next, and where no ending could bring a prefix back within reach, its whole range is skipped.
    Of each row only the cells are worked out that can be within reach, those at most `edits` beside the diagonal
    (Ukkonen 1985), so that a long word costs no more than a short one.
    """
    rows = [[column if 0 <= column <= len(word) else edits + 1 for column in range(-edits, edits + 1)]]
    previous = ""
    ordinal, count = 0, len(terms)
    while ordinal < count:
        term = terms.text(ordinal)
        if ordinal and term == previous:  # a word of two languages stands there twice
            ordinal += 1
            continue
        shared = _shared_length(previous, term, len(rows) - 1)
        del rows[shared + 1 :]
        dead_end = 0
        for depth in range(shared + 1, len(term) + 1):
            row = _next_row(rows, word, term, depth, edits)
            rows.append(row)
            # A swap can lower the distance by looking two rows back, so both must be out of reach.
            if min(row) > edits and min(rows[-2]) > edits - 1:
                dead_end = depth
                break
        previous = term
        if dead_end:
            ordinal = max(ordinal + 1, terms.starting_with(term[:dead_end].encode()).stop)
            continue
        end = len(word) - len(term) + edits
        if 0 <= end <= 2 * edits and rows[-1][end] <= edits and terms.occurs(ordinal):
            yield term, rows[-1][end]
        ordinal += 1


def _shared_length(a: str, b: str, limit: int) -> int:
    length = 0
    for x, y in zip(a, b, strict=False):
        if x != y or length == limit:
            break
        length += 1
    return length


def _next_row(rows: list[list[int]], word: str, term: str, depth: int, edits: int) -> list[int]:
    """Row `depth` of the table: distances of term[:depth] to the beginnings of the word that are at most `edits`
    shorter or longer; beyond the word's ends, and where it is more than `edits`, something above that."""
    above = [*rows[depth - 1], edits + 1]
    letter = term[depth - 1]
    row: list[int] = []
    before = beyond = edits + 1
    for place in range(2 * edits + 1):
        column = depth - edits + place
        if column < 0 or column > len(word):
            before = beyond
        elif column == 0:
            before = depth
        else:
            other = word[column - 1]
            before = min(above[place + 1] + 1, before + 1, above[place] + (letter != other))
            if depth > 1 and column > 1 and letter == word[column - 2] and term[depth - 2] == other:
                before = min(before, rows[depth - 2][place] + 1)
        row.append(before)
    return row
