"""A query with places to fill in: `"{name}" AND (bribe OR traffic*)`.

Rule: what is filled in is text, never query language. Between quotes a value loses its own quotes; elsewhere
also brackets, operators and wildcards, and several words are put in brackets, so no value can break the query
or change what the rest of it means. `{{` and `}}` stand for braces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ingest.errors import SettingsError
from searchidx.scanner import CLOSE_BRACKETS, OPEN_BRACKETS, OPERATORS, QUOTES

_PLACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_QUOTE_SET = re.escape("".join(sorted({char for pair in QUOTES.items() for char in "".join(pair)})))
# A quote between two Hebrew letters is part of the word, as in the query language.
_QUOTE = re.compile(rf"\\|(?<![א-ת])[{_QUOTE_SET}]|[{_QUOTE_SET}](?![א-ת])")
_MEANING = re.compile(f"[{re.escape(OPEN_BRACKETS + CLOSE_BRACKETS)}~*?^:：]")


class QueryTemplate:
    """A template, checked when it is made. columns: the names between braces, each once, in order."""

    def __init__(self, template: str) -> None:
        """Raises SettingsError for a brace that is not closed, a place without a name, or no place at all."""
        self._parts: list[str] = []  # literal text at even places, column names at odd ones
        self._quoted: list[bool] = []
        closing: str | None = None
        literal, last = "", 0
        for found in _PLACE.finditer(template):
            between = template[last : found.start()]
            closing = _quote_after(between, closing)
            literal += between
            last = found.end()
            if found[0] in ("{{", "}}"):
                literal += found[0][0]
            elif found[1] is None or not found[1].strip():
                raise SettingsError(
                    f"the template has a {found[0]} at column {found.start() + 1} that names no column: "
                    f"write {{name}}, or {{{{ for a brace."
                )
            else:
                self._parts += [literal, found[1].strip()]
                self._quoted.append(closing is not None)
                literal = ""
        self._parts.append(literal + template[last:])
        self.columns = list(dict.fromkeys(self._parts[1::2]))
        if not self.columns:
            raise SettingsError("the template has no {column} in it, so every query would be the same.")

    def fill(self, values: Mapping[str, str]) -> str | None:
        """The query, or None if a value has no word. values: a text for every name in `columns`."""
        query = self._parts[0]
        for place, quoted in enumerate(self._quoted):
            name, after = self._parts[2 * place + 1 : 2 * place + 3]
            text = _within_quotes(values[name]) if quoted else _as_words(values[name])
            if not any(map(str.isalnum, text)):
                return None
            query += text + after
        return query


def _quote_after(text: str, closing: str | None) -> str | None:
    """What would close the quote that is open at the end of the text; None if none is."""
    escaped = False
    for char in text:
        if escaped or char == "\\":
            escaped = not escaped
        elif closing is None:
            closing = QUOTES.get(char)
        elif char in closing:
            closing = None
    return closing


def _within_quotes(value: str) -> str:
    return " ".join(_QUOTE.sub(" ", value).split())


def _as_words(value: str) -> str:
    words = [word.lstrip("-+=") for word in _MEANING.sub(" ", _within_quotes(value)).split()]
    words = [word.lower() if word in OPERATORS else word for word in words if word]
    return f"({' '.join(words)})" if len(words) > 1 else "".join(words)
