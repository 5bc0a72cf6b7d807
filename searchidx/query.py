"""The query tree: what a query means, apart from how it is typed and how it is answered.

Rule: these records are the seam between the query language and any engine. Texts are kept as typed
(no folding, no stemming: that is the engine's analysis); each node's docstring is its specification, which the
brute-force test of the suite implements word by word. A document has *token positions* in the fields title,
summary, labels (tags, regions, publisher, authors) and text; `field=None` means "in any of these".
"""

from __future__ import annotations

from ingest.frozen import Frozen


class Node(Frozen):
    """Base of all nodes."""


class Word(Node):
    """Documents in which the word, or with exact=False an inflection of it, occurs in the field.

    A word that analysis splits (`supply-chain`, `2014/36/EU`) stands for its parts next to each other in order.
    A word of which analysis leaves nothing (`&`) matches what its neighbours match: it constrains nothing, and
    the engine says so in a warning.
    """

    text: str
    field: str | None = None
    exact: bool = False


class Phrase(Node):
    """Documents with the words of `text` in one field.

    slop=None: an exact phrase; surface forms, stop words included, next to each other in this order.
    slop=n: the inflected words, in any order, within a window of (number of words + n) positions.
    """

    text: str
    field: str | None = None
    slop: int | None = None


class Prefix(Node):
    """Documents with a surface form that begins with the folded text."""

    text: str
    field: str | None = None


class Wildcard(Node):
    """Documents with a surface form that matches the pattern: `?` one character, `*` any number."""

    pattern: str
    field: str | None = None


class Fuzzy(Node):
    """Documents with a surface form within `edits` (1 or 2) Damerau-Levenshtein edits of the folded text."""

    text: str
    edits: int = 1
    field: str | None = None


class Filter(Node):
    """Documents that have the value in a filter field (tag, region, region~, lang, type, publisher, path, id).

    Values compare folded, whole. region: the value and everything below it in the tree, with exact=True the
    value alone. publisher: whole value, or with `*` a pattern. path: substring, or with `*` a pattern. In every
    field the value `*` by itself means: documents that have some value there (`-tag:*` finds the untagged ones).
    Filters select; they add nothing to the score.
    """

    field: str
    value: str
    exact: bool = False


class Range(Node):
    """Documents whose year of publication lies between low and high, both included; None is open.

    Both open: documents whose year is known. A document without a year is in no range.
    """

    field: str  # "year"
    low: int | None
    high: int | None


class And(Node):
    """Documents that match every child. A stop word that is not quoted constrains nothing beside other words."""

    children: tuple[Node, ...]


class Or(Node):
    """Documents that match at least one child. A stop word that is not quoted finds nothing beside other words."""

    children: tuple[Node, ...]


class Not(Node):
    """Documents that do not match the child."""

    child: Node


class Everything(Node):
    """All documents."""
