"""A query tree as the text one would type for it.

Rule: `parse(to_text(tree)).tree == tree` for every tree that `parse` can give, and the text reads the same with
any_word=True, because every AND and OR is written out and every group has its brackets.
"""

from __future__ import annotations

from searchidx.grammar import parse
from searchidx.query import And, Everything, Filter, Fuzzy, Node, Not, Or, Phrase, Prefix, Range, Wildcard, Word
from searchidx.syntax_error import QuerySyntaxError


def to_text(tree: Node) -> str:
    """The canonical query text of a tree.

    Trees that no text can give (a group with one child or inside its own kind, a Word with a space) are
    written as what they mean.
    """
    match tree:
        case And(children=children) | Or(children=children) if len(children) == 1:
            return to_text(children[0])
        case And(children=()) | Everything():
            return "*"
        case Or(children=()):
            return "NOT *"
        case And(children=children):
            return " AND ".join(_grouped(child, And) for child in children)
        case Or(children=children):
            return " OR ".join(_grouped(child, Or) for child in children)
        case Not(child=child):
            text = _grouped(child, Not)
            return f"NOT ({text})" if text.startswith("NOT ") else f"NOT {text}"
        case _:
            return _leaf(tree)


def _grouped(node: Node, parent: type[Node]) -> str:
    """The text of a child: in brackets if it is a group of another kind than its parent."""
    is_group = isinstance(node, (And, Or)) and len(node.children) != 1 and not isinstance(node, parent)
    return f"({to_text(node)})" if is_group else to_text(node)


def _leaf(node: Node) -> str:
    match node:
        case Range(field=field, low=low, high=high):
            return f"{field}:{_years(low, high)}"
        case Filter(field=field, value=value, exact=exact):
            name = f"{field}:=" if exact else f"{field}:"
            return _plain_or(name + value, node, name + _quote(value))
        case Word(text=text, field=field, exact=exact):
            name = f"{field}:" if field else ""
            if not exact and text.isascii() and text.isalpha() and text.islower():  # the usual case: it reads back
                return name + text
            return name + _quote(text) if exact else _plain_or(name + text, node, f"{name}{_quote(text)}~0")
        case Phrase(text=text, field=field, slop=slop):
            body = _quote(text) + ("" if slop is None else f"~{slop}")
        case Prefix(text=text, field=field):
            body = f"{text}*"
        case Wildcard(pattern=body, field=field):
            pass
        case Fuzzy(text=text, edits=edits, field=field):
            body = f"{text}~{edits}"
        case _:
            raise TypeError(f"not a query node: {node!r}")
    return f"{field}:{body}" if field else body


def _years(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return "*"
    if low == high:
        return f"{low:04d}"
    return "..".join("" if year is None else f"{year:04d}" for year in (low, high))


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _plain_or(plain: str, node: Node, quoted: str) -> str:
    """The text without quotes if it reads back as the node, which the parser knows best."""
    try:
        return plain if parse(plain).tree == node else quoted
    except QuerySyntaxError:
        return quoted
