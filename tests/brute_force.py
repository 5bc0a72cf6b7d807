"""The specification of the query nodes, word by word and without an index: what the engine has to equal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from ingest.document import Document
from ingest.text import fold
from searchidx import query
from searchidx.analysis import index_tokens, is_cjk_single, query_stems, query_tokens, stem
from searchidx.document_terms import LABEL_GAP, filter_values, own_title, region_key, value_key
from searchidx.fields import TEXT_FIELD_NAMES
from searchidx.stopwords import is_stop_word


class BruteForce:
    """Holds documents and answers a query tree with the ids that match, by looking at each document."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents = {document.id: document for document in documents}
        counts = Counter(document.language for document in self.documents.values())
        self.languages = sorted(counts, key=lambda name: (-counts[name], name or ""))
        self._fields = {document.id: _texts(document) for document in self.documents.values()}

    def match(self, node: query.Node) -> set[str]:
        """The ids of the documents that match."""
        constrains = self._constrains(node)
        return {id_ for id_, document in self.documents.items() if not constrains or self._fits(node, document)}

    def _constrains(self, node: query.Node) -> bool:
        """Whether anything of the node can be looked up."""
        match node:
            case query.Word(text=text) | query.Phrase(text=text) | query.Fuzzy(text=text):
                return bool(query_tokens(text))
            case query.And(children) | query.Or(children):
                return any(map(self._constrains, children))
            case query.Not(child):
                return self._constrains(child)
            case _:
                return True

    def _stop(self, node: query.Node) -> bool:
        if not isinstance(node, query.Word) or node.exact:
            return False
        tokens = query_tokens(node.text)
        return len(tokens) == 1 and is_stop_word(node.text, self.languages)

    def _kept(self, children: tuple[query.Node, ...]) -> list[query.Node]:
        kept = [child for child in children if self._constrains(child)]
        words = [c for c in children if not isinstance(c, query.Not | query.Filter | query.Range)]
        if any(not self._stop(word) for word in words):
            kept = [child for child in kept if not self._stop(child)]
        return kept

    def _fits(self, node: query.Node, document: Document) -> bool:
        match node:
            case query.And(children):
                return all(self._fits(child, document) for child in self._kept(children))
            case query.Or(children):
                return any(self._fits(child, document) for child in self._kept(children))
            case query.Not(child):
                return not self._fits(child, document)
            case query.Everything():
                return True
            case query.Filter():
                return _has_value(node, document)
            case query.Range(_, low, high):
                year = document.year
                return year is not None and (low is None or low <= year) and (high is None or year <= high)
            case _:
                names = TEXT_FIELD_NAMES if node.field is None else (node.field,)
                return any(self._in_text(node, self._fields[document.id][name], document) for name in names)

    def _in_text(self, node: query.Node, words: dict[int, str], document: Document) -> bool:
        match node:
            case query.Word(text, _, exact):
                if exact:
                    return _adjacent(_surface(text, words), words)
                stems = _stems(words, document)
                return _adjacent(self._inflected(text, stems), stems)
            case query.Phrase(text, _, None):
                return _adjacent(_surface(text, words), words)
            case query.Phrase(text, _, int(slop)):
                stems = _stems(words, document)
                wanted = self._inflected(text, stems)
                return _near(wanted, stems, len(wanted) + slop)
            case query.Prefix(text):
                return any(word.startswith(fold(text)) for word in words.values())
            case query.Wildcard(pattern):
                expression = "".join(
                    "." if c == "?" else ".*" if c == "*" else re.escape(c) for c in fold(pattern)
                )
                return any(re.fullmatch(expression, word) for word in words.values())
            case query.Fuzzy(text, edits):
                return any(edit_distance(fold(text), word) <= edits for word in words.values())
            case _:
                raise TypeError(node)

    def _inflected(self, text: str, stems: dict[int, str]) -> list[frozenset[str]]:
        return [
            _beginning(term, stems) if is_cjk_single(term) else query_stems(term, self.languages)
            for term in _terms(text)
        ]


def edit_distance(a: str, b: str) -> int:
    """Optimal string alignment, the whole table."""
    rows = [[i + j if 0 in (i, j) else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            cost = a[i - 1] != b[j - 1]
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


def _texts(document: Document) -> dict[str, dict[int, str]]:
    """{field: {position: word}}."""
    labels = [*document.tags, *document.regions, document.publisher or "", *document.authors]
    return {
        "title": _words([own_title(document)], 0),
        "summary": _words([document.summary or ""], 0),
        "labels": _words(labels, LABEL_GAP),
        "text": _words([page.text for page in document.pages], 0),
    }


def _words(parts: list[str], gap: int) -> dict[int, str]:
    words: dict[int, str] = {}
    position = 0
    for part in parts:
        tokens = index_tokens(part)
        for token in tokens:
            words[position] = token.term
            position += 1
        position += gap if tokens else 0
    return words


def _terms(text: str) -> list[str]:
    return [token.term for token in query_tokens(text)]


def _surface(text: str, words: dict[int, str]) -> list[frozenset[str]]:
    return [_beginning(term, words) if is_cjk_single(term) else frozenset((term,)) for term in _terms(text)]


def _beginning(character: str, words: dict[int, str]) -> frozenset[str]:
    """What one character of an unspaced script stands for: every word that begins with it."""
    return frozenset(word for word in words.values() if word.startswith(character))


def _stems(words: dict[int, str], document: Document) -> dict[int, str]:
    return {position: stem(word, document.language) for position, word in words.items()}


def _adjacent(wanted: list[frozenset[str]], words: dict[int, str]) -> bool:
    return any(all(words.get(start + i) in terms for i, terms in enumerate(wanted)) for start in words)


def _near(wanted: list[frozenset[str]], words: dict[int, str], window: int) -> bool:
    """Whether some window holds a different position for each wanted word."""
    for start in words:
        inside = {p: w for p, w in words.items() if start <= p < start + window}
        needed = Counter(wanted)
        if all(sum(w in terms for w in inside.values()) >= count for terms, count in needed.items()):
            return True
    return False


def _has_value(node: query.Filter, document: Document) -> bool:
    values = filter_values(document)
    name = {"region~": "region_mention"}.get(node.field, node.field)
    value = value_key(node.value)
    if value == "*":
        return any(values.get(name, [document.id]))
    if name == "id":
        return document.id.startswith(value)
    if name in ("region", "region_mention"):
        return region_key(node.value) in values["region_itself" if node.exact else name]
    if name == "path" and "*" not in value:
        return any(fold(node.value) in path for path in values["path"])
    if name in ("path", "publisher") and "*" in value:
        pattern = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in value)
        return any(re.fullmatch(pattern, item) for item in values[name])
    return value in values[name]
