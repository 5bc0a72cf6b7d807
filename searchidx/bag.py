"""Bags of words: a text as the alternatives of its words.

Rule: where any of the words will do, what is written without a space (`supply-chain`, `tombe-t-il`, Chinese) is
not one thing to be found whole but each of its parts; where all words are wanted it stands as it was written.
"""

from __future__ import annotations

from searchidx import query
from searchidx.analysis import is_cjk_single, is_unspaced, query_tokens


def bag_of_words(text: str) -> query.Node:
    """A text as the alternatives of its words, whatever signs it holds."""
    found = [word for part in text.split() if query_tokens(part) for word in _words(query.Word(part))]
    # A spaced word that comes twice counts twice; pairs of characters come again by chance.
    words = tuple(
        word for place, word in enumerate(found) if word not in found[:place] or not is_unspaced(word.text)
    )
    if not words:
        return query.Word(text or "?")
    return words[0] if len(words) == 1 else query.Or(words)


def loosened(tree: query.Node) -> query.Node:
    """A query of alternatives in which the parts of compounds are alternatives too."""
    match tree:
        case query.Or(children):
            return query.Or(
                tuple(
                    part
                    for child in children
                    for part in (_words(child) if isinstance(child, query.Word) else [child])
                )
            )
        case query.And(children):
            return query.And(tuple(loosened(child) for child in children))
        case query.Word():
            words = _words(tree)
            return words[0] if len(words) == 1 else query.Or(tuple(words))
        case _:
            return tree


def _words(word: query.Word) -> list[query.Word]:
    if word.exact:
        return [word]
    terms = [token.term for token in query_tokens(word.text)]
    if len(terms) < 2:
        return [word]
    # One character alone is in too many words to tell anything beside others.
    return [query.Word(term, word.field) for term in terms if not is_cjk_single(term)] or [word]
