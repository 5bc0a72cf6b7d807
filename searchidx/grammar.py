"""The query language: a text becomes a query tree, or an error that says where it went wrong.

Rule (the whole grammar; `docs/query-language.md` explains it for people):

    query       = [ expression ]                              an empty query is everything
    expression  = all { "OR" all }                            OR binds weakest
    all         = unary { [ "AND" ] unary }                   words next to each other are ANDed
    unary       = ( "NOT" | "-" ) primary | [ "+" ] primary
    primary     = [ field ] ( "(" expression ")" | [ "=" ] word | [ "=" ] quoted )

With any_word=True words next to each other are alternatives instead, and bind weakest:

    expression  = any { any }      any = both { "OR" both }      both = unary { "AND" unary }

where filters, exclusions and words with `+` still hold for every result. Each token is read once and the
nesting is limited, so parsing takes time linear in the length of the query.
"""

from __future__ import annotations

from ingest.frozen import Frozen
from searchidx.query import And, Node, Or, Word
from searchidx.syntax_error import QuerySyntaxError

__all__ = ["MAX_CLAUSES", "MAX_DEPTH", "MAX_LENGTH", "ParsedQuery", "QuerySyntaxError", "parse"]

MAX_LENGTH = 8000  # characters
MAX_DEPTH = 50  # brackets inside brackets
MAX_CLAUSES = 1000  # words, those of phrases among them, and values

# Words that are operators in capitals, and remarked upon otherwise.
_OPERATORS = frozenset({"and", "or", "not"})


class ParsedQuery(Frozen):
    """A query tree, and remarks for the person who typed it: what may have been meant otherwise."""

    tree: Node
    hints: tuple[str, ...] = ()


def parse(text: str, *, any_word: bool = False) -> ParsedQuery:
    """Read a query; any_word makes words next to each other alternatives.

    In the tree And and Or have two or more children, none of their own kind. Raises QuerySyntaxError with the
    first problem in reading order; also for more than MAX_LENGTH characters, MAX_CLAUSES words or MAX_DEPTH
    nested brackets.
    """
    if len(text) > MAX_LENGTH:
        problem = f"the query has {len(text):,} characters"
        expected = f"at most {MAX_LENGTH:,}; ask several shorter queries, for instance with `dossier batch`"
        raise QuerySyntaxError(text, MAX_LENGTH + 1, problem, expected)
    # Words with single spaces or ORs between them: most queries are no more than that, and mean themselves.
    alternatives = text.split(" OR ")
    words = alternatives if len(alternatives) > 1 else text.split(" ")
    joined = "".join(words)
    if (
        joined.isalnum()
        and joined.isascii()
        and "" not in words
        and len(words) <= MAX_CLAUSES
        and _OPERATORS.isdisjoint(map(str.lower, words))
    ):
        nodes = tuple([Word(word, None, False) for word in words])
        either = any_word or words is alternatives
        return ParsedQuery(nodes[0] if len(nodes) == 1 else Or(nodes) if either else And(nodes), ())
    from searchidx.query_parser import Parser

    parser = Parser(text, any_word)
    tree = parser.query()
    return ParsedQuery(tree, parser.hints.texts())
