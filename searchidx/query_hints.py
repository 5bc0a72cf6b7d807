"""Remarks on a query that can be read, but may not mean what its writer thinks.

Rule: one remark of each kind, the first; a remark changes nothing in how the query is read.
"""

from __future__ import annotations

from searchidx.query import Fuzzy, Node, Phrase, Prefix, Wildcard, Word
from searchidx.scanner import FIELDS, Token
from searchidx.syntax_error import shown

#: What may have been meant as an operator, and the operator.
OPERATOR_LOOKALIKES = {"or": "OR", "and": "AND", "not": "NOT", "||": "OR", "|": "OR", "&&": "AND"}


class Hints:
    """Collects the remarks on one query while it is parsed, in reading order."""

    def __init__(self) -> None:
        self._first_of_kind: dict[str, str] = {}
        self._single_quote_open = False

    def texts(self) -> tuple[str, ...]:
        return tuple(self._first_of_kind.values())

    def add(self, kind: str, text: str) -> None:
        self._first_of_kind.setdefault(kind, text)

    def leaf(self, token: Token, node: Node, *, first: bool, last: bool) -> None:
        """Look at a word or quoted text; first, last: whether no other stands before or behind it."""
        if token.kind == "quoted":
            self._quoted(token, node)
            return
        if token.text.isalnum():  # all others are about signs
            if isinstance(node, Word) and node.field is None:
                self._operator_lookalike(token.text, first=first, last=last)
            return
        self._single_quotes(token.text)
        match node:
            case Word(field=None):
                self._operator_lookalike(token.text, first=first, last=last)
                self._question_mark(token.text, alone=first and last, last=last)
                self._colon(token.text)
            case Prefix(text=text) | Wildcard(pattern=text) | Fuzzy(text=text):
                self._punctuation_in_pattern(token.text, text)

    def brackets_in_word(self) -> None:
        self.add("bracket", "a bracket inside a word begins a group; quotes search worker(s) as it is written")

    def only_exclusions(self) -> None:
        self.add("exclusions", "only exclusions: this finds every document without them")

    def exclusion_in_alternative(self) -> None:
        self.add("alternative", "an exclusion as an alternative of OR finds every document without it")

    def mixed(self, reading: str) -> None:
        """AND and OR stand together without brackets, and were read as `reading`."""
        example = reading if shown(reading) == reading else "a b OR c is (a b) OR c"
        self.add("mixed", f"AND, also between plain words, binds tighter than OR: read as {example}")

    def _quoted(self, token: Token, node: Node) -> None:
        if isinstance(node, (Word, Phrase)) and "*" in token.text:
            self.add("star", "a * inside quotes is no wildcard")
        if isinstance(node, Word) and token.slop:
            word = shown(node.text)
            self.add("near", f'"{word}"~{token.slop} is near nothing; for other spellings write {word}~1')

    def _operator_lookalike(self, word: str, *, first: bool, last: bool) -> None:
        operator = OPERATOR_LOOKALIKES.get(word.lower())
        if operator and not last and (operator == "NOT" or not first):
            kind = "lower-case " if word.islower() else ""
            self.add(operator, f"{kind}'{word}' is searched as a word; write {operator} for the operator")

    def _question_mark(self, word: str, *, alone: bool, last: bool) -> None:
        # At the end of several words it ends a question; anywhere else a wildcard may have been meant.
        stem = word.rstrip("?")
        if stem and stem != word and (alone or not last):
            self.add("question", f"a ? at the end of a word is punctuation; {shown(stem)}* finds longer forms")

    def _colon(self, word: str) -> None:
        name = word.replace("：", ":").partition(":")[0]
        if name == word or not name.isalpha():
            return
        if not name.isascii():
            self.add("colon", f"'{shown(word)}' is searched as text; the fields are {', '.join(FIELDS)}")
        elif len(word) == len(name) + 1:
            self.add("colon", f"'{shown(word)}' is searched as a word; no field has this name")

    def _punctuation_in_pattern(self, word: str, text: str) -> None:
        mark = next((char for char in text if char.isascii() and not char.isalnum() and char not in "*?'."), None)
        if mark:
            self.add("pattern", f"'{shown(word)}' is compared with single words, and these never hold a {mark}")

    def _single_quotes(self, word: str) -> None:
        if word[0] in "'‘":
            self._single_quote_open = True
        if self._single_quote_open and len(word) > 1 and word[-1] in "'’":
            self.add("single", 'single quotes make no phrase; write "double quotes"')
