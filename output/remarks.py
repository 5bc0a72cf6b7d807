"""What is said about a search next to its data: how many there are, what was odd, what to try.

Rule: a result that is only a part of what matches says so. The formats that cannot hold these sentences (text,
CSV, JSON Lines, TREC) send them to the notes stream; JSON holds them as fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from output.plain_text import clean

if TYPE_CHECKING:
    from searchidx.results import SearchResult


def count_line(result: SearchResult) -> str:
    """'42 documents match a AND b; 1 to 10 are shown (1.9 ms)'."""
    what = f" {clean(result.interpreted)}" if result.interpreted else ""
    time = f"({result.took_ms:.1f} ms)"
    if result.total == 0:
        return f"No document matches{what} {time}"
    noun, verb = ("document", "matches") if result.total == 1 else ("documents", "match")
    line = f"{result.total:,} {noun} {verb}{what}" if what else f"{result.total:,} {noun}"
    if result.collapsed:
        stand = "stands" if result.collapsed == 1 else "stand"
        line += f"; {result.collapsed:,} nearly the same as another {stand} beside it"
    if len(result.hits) < result.total - result.collapsed:
        shown = (
            f"{result.hits[0].rank:,} to {result.hits[-1].rank:,} are shown" if result.hits else "none is shown"
        )
        line += f"; {shown}"
    return f"{line} {time}"


def write_remarks(result: SearchResult, notes: TextIO | None) -> None:
    """Warnings and suggestions, a line each."""
    if notes is None:
        return
    for warning in result.warnings:
        notes.write(f"warning: {clean(warning)}\n")
    for suggestion in result.suggestions:
        notes.write(f"hint: {clean(suggestion)}\n")
