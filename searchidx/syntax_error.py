"""The error of the query language.

Rule: a query that cannot be read is refused with the place (a column) and either what was expected there or a
corrected text; nothing in a query is repaired or left out in silence.
"""

from __future__ import annotations

from ingest.errors import DossierError

_SHOWN = 40  # characters of the query that a message repeats at most


class QuerySyntaxError(DossierError):
    """A query that does not follow the query language.

    query: the whole text; column: where it goes wrong, counted in characters from 1; problem: what is wrong;
    expected: what could stand there; suggestion: the corrected word or part, if there is a likely one;
    note: one more sentence for the message. `str()` is one line.
    """

    def __init__(
        self,
        query: str,
        column: int,
        problem: str,
        expected: str,
        suggestion: str | None = None,
        *,
        note: str = "",
    ) -> None:
        # A correction that cannot be shown whole on the line is none.
        if suggestion and not (len(suggestion) <= 2 * _SHOWN and suggestion.isprintable()):
            suggestion = None
        # Exception.args repeats the parameters, so that the error survives pickling between batch workers.
        super().__init__(query, column, problem, expected, suggestion)
        self.query = query
        self.column = column
        self.problem = problem
        self.expected = expected
        self.suggestion = suggestion
        self.note = note

    def __str__(self) -> str:
        tail = f"did you mean {self.suggestion}?" if self.suggestion else f"expected {self.expected}"
        return " ".join(f"column {self.column}: {self.problem}: {tail} {self.note}".split())


def shown(text: str) -> str:
    """A part of a query as it may stand in a message: printable, and no longer than a few words."""
    printable = "".join(char if char.isprintable() else " " for char in text[: _SHOWN + 1])
    return printable if len(text) <= _SHOWN else printable[:_SHOWN] + "…"
