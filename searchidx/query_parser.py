"""The rules of the query language, one method for each.

Rule: recursive descent over the tokens of `searchidx.scanner`; what the rules are, `searchidx.grammar` says, which
loads this module for queries that are more than plain words.
"""

from __future__ import annotations

from typing import NamedTuple

from searchidx.grammar import MAX_CLAUSES, MAX_DEPTH
from searchidx.query import And, Everything, Filter, Node, Not, Or, Range
from searchidx.query_hints import Hints
from searchidx.query_terms import leaf
from searchidx.scanner import Token, scan
from searchidx.syntax_error import QuerySyntaxError


class _Required(NamedTuple):
    """A term with `+`, on its way up to the sequence it stands in."""

    node: Node
    column: int


_Term = Node | _Required


_NO_TERM = frozenset({"end", ")", "AND", "OR"})


class Parser:
    """Recursive descent over the tokens; one method for each rule of the grammar."""

    def __init__(self, text: str, any_word: bool) -> None:
        self.text = text
        self.any_word = any_word
        self.hints = Hints()
        self._tokens = scan(text)
        self._previous: Token | None = None
        self._current = next(self._tokens)
        self._clauses = 0
        self._depth = 0

    def query(self) -> Node:
        if self._current.kind == "end":
            return Everything()
        tree = self._expression(None)
        if self._current.kind == ")":
            raise self._error(self._current, "this bracket closes nothing", "a ( before it, or no bracket")
        if _only_excludes(tree):
            self.hints.only_exclusions()
        return tree

    def _expression(self, field: str | None) -> Node:
        operands = [self._alternatives(field)]
        while self.any_word and self._starts_term():
            operands.append(self._alternatives(field))
        if not self.any_word:
            return _bare(operands[0])
        words = [_bare(node) for node in operands if not _selects(node)]
        always = [_bare(node) for node in operands if _selects(node)]
        return _all([*always, _any(words)] if words else always)

    def _alternatives(self, field: str | None) -> _Term:
        start = self._current.start
        several = self._all(field)
        if self._current.kind != "OR":
            return _together(several)
        operands = [_together(several)]
        readings = [self._reading(start, several)]
        joined = len(several) > 1
        while self._current.kind == "OR":
            self._advance()
            start = self._current.start
            several = self._all(field)
            operands.append(_together(several))
            readings.append(self._reading(start, several))
            joined = joined or len(several) > 1
        alternatives = []
        for node in operands:
            if isinstance(node, _Required):
                problem = "+ makes a word required, OR makes it optional"
                raise QuerySyntaxError(self.text, node.column, problem, "one of the two")
            alternatives.append(node)
        if joined:
            self.hints.mixed(" OR ".join(readings))
        for node in alternatives:
            if _only_excludes(node):
                self.hints.exclusion_in_alternative()
        return _any(alternatives)

    def _all(self, field: str | None) -> list[_Term]:
        operands = [self._unary(field)]
        while self._current.kind == "AND" or (not self.any_word and self._starts_term()):
            if self._current.kind == "AND":
                self._advance()
            operands.append(self._unary(field))
        return operands

    def _unary(self, field: str | None) -> _Term:
        operator = self._current
        if operator.kind not in ("NOT", "-", "+"):
            return self._primary(field)
        self._advance()
        if self._current.kind in ("NOT", "-", "+"):
            raise self._doubled(operator)
        child = self._primary(field)
        return _Required(child, operator.start + 1) if operator.kind == "+" else Not(child)

    def _primary(self, field: str | None) -> Node:
        if self._current.kind == "word":
            return self._leaf(self._current, field, exact=False)
        if not self._starts_term():
            raise self._missing_term()
        if self._current.kind == "field":
            if field is not None:
                name = self.text[self._current.start : self._current.end]
                problem = f"'{name}' inside a bracket that belongs to '{field}:'"
                raise self._error(self._current, problem, "one field for one value")
            field = self._current.text
            self._advance()
        if self._current.kind == "(":
            return self._group(field)
        equals = self._current
        if equals.kind == "=":
            self._advance()
        token = self._current
        if token.kind not in ("word", "quoted"):
            raise self._error(equals, "= takes one exact word", "a word right after it")
        return self._leaf(token, field, exact=equals.kind == "=")

    def _leaf(self, token: Token, field: str | None, *, exact: bool) -> Node:
        self._count(token)
        node = leaf(self.text, token, field, exact=exact)
        self._advance()
        self.hints.leaf(token, node, first=self._clauses == 1, last=not self._starts_term())
        return node

    def _group(self, field: str | None) -> Node:
        opening = self._current
        if self._depth == MAX_DEPTH:
            problem = f"brackets are nested deeper than {MAX_DEPTH}"
            raise self._error(opening, problem, "fewer brackets: a (b (c d)) is a b c d")
        before = self.text[opening.start - 1] if opening.start else " "
        if before.isascii() and before.isalnum() and self._previous and self._previous.kind == "word":
            self.hints.brackets_in_word()
        self._depth += 1
        self._advance()
        if self._current.kind == ")":
            raise self._error(opening, "nothing between the brackets", "a word")
        if self._current.kind == "end":
            raise self._error(opening, "this bracket is not closed", "a closing )")
        tree = self._expression(field)
        if self._current.kind != ")":
            raise self._error(opening, "this bracket is not closed", "a closing )")
        self._depth -= 1
        self._advance()
        return tree

    # -- reading on -------------------------------------------------------------------------------------------

    def _advance(self) -> None:
        self._previous = self._current
        self._current = next(self._tokens)

    def _starts_term(self) -> bool:
        return self._current.kind not in _NO_TERM

    def _reading(self, start: int, several: list[_Term]) -> str:
        """What was typed since a place, in brackets where it is several terms."""
        typed = self.text[start : self._previous.end] if self._previous else ""
        return typed if len(several) == 1 else f"({typed})"

    def _count(self, token: Token) -> None:
        self._clauses += 1 if token.kind == "word" else max(1, len(token.text.split()))
        if self._clauses > MAX_CLAUSES:
            problem = f"the query has more than {MAX_CLAUSES:,} words"
            raise self._error(token, problem, "fewer; ask several queries, for instance with `dossier batch`")

    # -- errors -----------------------------------------------------------------------------------------------

    def _error(self, token: Token, problem: str, expected: str, suggestion: str | None = None) -> QuerySyntaxError:
        return QuerySyntaxError(self.text, token.start + 1, problem, expected, suggestion)

    def _doubled(self, first: Token) -> QuerySyntaxError:
        one, two = (self.text[token.start : token.end] for token in (first, self._current))
        return self._error(self._current, f"{two} after {one}", "a word; one operator is enough")

    def _missing_term(self) -> QuerySyntaxError:
        before, here = self._previous, self._current
        literal = 'a word (the word itself as text goes in quotes: "{}")'
        if here.kind in ("AND", "OR"):
            if before is not None and before.kind in ("AND", "OR", "NOT", "-", "+"):
                return self._doubled(before)
            return self._error(here, f"{here.kind} has nothing before it", literal.format(here.kind))
        if before is not None:
            return self._error(before, f"{before.kind} has nothing after it", literal.format(before.kind))
        return self._error(here, "this bracket closes nothing", "a ( before it, or no bracket")


def _only_excludes(node: Node) -> bool:
    if isinstance(node, And):
        return all(map(_only_excludes, node.children))
    return isinstance(node, Not) and not isinstance(node.child, Not)


def _selects(node: _Term) -> bool:
    """Whether a term holds for every result even where any word is enough: filters, exclusions, `+word`."""
    if isinstance(node, (And, Or)):
        return all(_selects(child) for child in node.children)
    return isinstance(node, (Filter, Range, Not, _Required))


def _together(nodes: list[_Term]) -> _Term:
    """All of the nodes; required as a whole if one of them is."""
    if len(nodes) == 1:
        return nodes[0]
    node = _all([_bare(node) for node in nodes])
    column = next((node.column for node in nodes if isinstance(node, _Required)), None)
    return node if column is None else _Required(node, column)


def _bare(node: _Term) -> Node:
    return node.node if isinstance(node, _Required) else node


def _all(nodes: list[Node]) -> Node:
    flat = [part for node in nodes for part in (node.children if isinstance(node, And) else (node,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def _any(nodes: list[Node]) -> Node:
    flat = [part for node in nodes for part in (node.children if isinstance(node, Or) else (node,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))
