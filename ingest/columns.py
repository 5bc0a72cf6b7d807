"""Pages of several columns whose text is painted across all of them, line by line.

Rule: the order in which a page paints its text is kept (on 172 two-column pages of real reports and papers it
went back from the right column to the left 10 times in all, the order of pdfminer's layout analysis 138 times),
unless the page is plainly painted across its columns. That is so when narrow gutters divide it into columns,
each at least a fifth of the text's width with at least eight lines of one piece that mostly fill it (prose; the
cells of a table do not), and the paint order goes back to a column further left at least six times in ten
lines of the first column. Then each stretch between lines that cross a gutter is read column by column.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

_MIN_LINES = 8
_RETURNS_PER_LINE = 0.6
_FULL_SHARE = 0.6  # of the lines of a column must be full
_FULL_WIDTH = 0.75  # of the column's usual widest line
_MIN_COLUMN = 0.2  # of the width of the text
_CROSSING_SHARE = 0.1  # of the lines' pieces may cross a gutter: headings, full-width paragraphs
_SAME_LINE = 0.4  # of the height of the lower one is shared by pieces of a line
_WORD_SPACE = 1.0  # times the height of the letters: a wider gap ends a piece of a line
MAX_PIECES = 4_000  # a drawing, not a page to read


class Piece(NamedTuple):
    """A piece of a line: its box in points, y upwards as in PDF."""

    left: float
    bottom: float
    right: float
    top: float


#: A piece as it comes from a reader.
Box = tuple[float, float, float, float]


def column_order(pieces: Sequence[Box]) -> list[int] | None:
    """The indices of `pieces` column by column from the top down; None where the paint order is for reading.

    pieces: the boxes (as of `Piece`) of the page's text in paint order, of any length from a word to a line.
    """
    if not _may_step_right(pieces):
        return None
    groups, merged = _merge(pieces)
    if len(merged) < 2 * _MIN_LINES:
        return None
    # Cheap first look: such a page often steps to the right on the same line.
    if sum(_beside(before, after) for before, after in pairwise(merged)) < _MIN_LINES * _RETURNS_PER_LINE:
        return None
    gutters = _gutters(merged)
    columns = [_column(piece, gutters) for piece in merged]
    painted = [column for column in columns if column is not None]
    returns = sum(after < before for before, after in pairwise(painted))
    if not gutters or returns < _RETURNS_PER_LINE * columns.count(0):
        return None
    for number in range(len(gutters) + 1):
        if not _is_prose([piece for piece, column in zip(merged, columns, strict=True) if column == number]):
            return None
    return [index for number in _by_column(merged, columns) for index in groups[number]]


def _may_step_right(boxes: Sequence[Box]) -> bool:
    """Whether boxes follow one another to the right often enough to look closer; many pages are one column of
    whole lines."""
    if not 2 * _MIN_LINES <= len(boxes) <= MAX_PIECES:
        return False
    return sum(after[0] > before[2] for before, after in pairwise(boxes)) >= _MIN_LINES * _RETURNS_PER_LINE


def _by_column(pieces: Sequence[Piece], columns: Sequence[int | None]) -> list[int]:
    ordered: list[int] = []
    stretch: list[int] = []
    for number in sorted(range(len(pieces)), key=lambda number: -pieces[number].top):
        if columns[number] is None:
            ordered += [*sorted(stretch, key=lambda waiting: columns[waiting] or 0), number]
            stretch = []
        else:
            stretch.append(number)
    return ordered + sorted(stretch, key=lambda waiting: columns[waiting] or 0)


def _merge(pieces: Sequence[Box]) -> tuple[list[list[int]], list[Piece]]:
    """Put together what follows on the same line with no more than a word space between: indices and boxes.

    Every box of every page comes by here: what `_same_line` says is written out.
    """
    groups, merged = [[0]], []
    left, bottom, right, top = pieces[0]
    for index, (start, low, end, high) in enumerate(pieces[1:], start=1):
        lower, higher = top - bottom, high - low
        if lower > higher:
            lower, higher = higher, lower
        if -higher <= start - right <= _WORD_SPACE * higher and (
            (top if top < high else high) - (bottom if bottom > low else low) > _SAME_LINE * lower
        ):
            left, right = start if start < left else left, end if end > right else right
            bottom, top = low if low < bottom else bottom, high if high > top else top
            groups[-1].append(index)
        else:
            merged.append(Piece(left, bottom, right, top))
            left, bottom, right, top = start, low, end, high
            groups.append([index])
    merged.append(Piece(left, bottom, right, top))
    return groups, merged


def _same_line(one: Piece, other: Piece) -> bool:
    overlap = min(one.top, other.top) - max(one.bottom, other.bottom)
    return overlap > _SAME_LINE * min(one.top - one.bottom, other.top - other.bottom)


def _beside(before: Piece, after: Piece) -> bool:
    return after.left > before.right and _same_line(before, after)


def _gutters(pieces: Sequence[Piece]) -> list[float]:
    """The x of each gutter from left to right: hardly any piece crosses it, and columns are wide enough."""
    start, end = min(piece.left for piece in pieces), max(piece.right for piece in pieces)
    steps = 100
    changes = [0] * (steps + 2)  # of the number of pieces that cross, from one step to the next
    for piece in pieces:
        if piece.left < piece.right:
            changes[int((piece.left - start) / (end - start) * steps) + 1] += 1
            changes[int((piece.right - start) / (end - start) * steps) + 1] -= 1
    crossings = list(accumulate(changes))
    allowed = _CROSSING_SHARE * len(pieces)
    gutters: list[float] = []
    last = 0.0
    step = 1
    while step < steps:
        if crossings[step] > allowed:
            step += 1
            continue
        stop = step
        while stop < steps and crossings[stop] <= allowed:
            stop += 1
        place = (step + stop - 1) / 2 / steps
        if place - last >= _MIN_COLUMN and 1 - place >= _MIN_COLUMN:
            gutters.append(start + place * (end - start))
            last = place
        step = stop
    return gutters


def _column(piece: Piece, gutters: Sequence[float]) -> int | None:
    """The number of the column from 0, None for a piece that crosses a gutter."""
    number = sum(piece.left >= gutter for gutter in gutters)
    crosses = number < len(gutters) and piece.right > gutters[number]
    return None if crosses else number


def _is_prose(lines: Sequence[Piece]) -> bool:
    """Whether there are enough lines, one piece each, most of them about as wide as the widest."""
    if len(lines) < _MIN_LINES:
        return False
    from_top = sorted(lines, key=lambda line: -line.top)
    alone = 1 + sum(not _same_line(above, below) for above, below in pairwise(from_top))
    widths = sorted(line.right - line.left for line in lines)
    usual = widths[int(0.9 * (len(widths) - 1))]
    full = sum(width >= _FULL_WIDTH * usual for width in widths)
    return alone >= 0.9 * len(lines) and full >= _FULL_SHARE * len(lines)
