"""What to try when nothing was found.

Rule: each suggestion says what would find how many documents: which word or filter stands in the way, how a word
is spelled in the collection, what any of the words would find. Nothing of it is mixed into the results.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ingest import regions
from searchidx import query
from searchidx.analysis import query_tokens
from searchidx.fields import TEXT_FIELD_NAMES
from searchidx.lexicon import within_edits
from searchidx.matching import Planner
from searchidx.print_query import to_text
from searchidx.snapshot import Snapshot
from searchidx.synonyms import Synonyms

#: Values of a filter field that are shown when one is not in use.
_NEAR = 3


class Suggester:
    """Looks for what is in the way of one query on one snapshot."""

    def __init__(self, snapshot: Snapshot, synonyms: Synonyms | None) -> None:
        self._snapshot = snapshot
        self._synonyms = synonyms

    def suggestions(self, tree: query.Node) -> tuple[str, ...]:
        """Sentences for a query that found nothing."""
        parts = tree.children if isinstance(tree, query.And) else (tree,)
        found: list[str] = []
        for part in parts:
            if not isinstance(part, query.Not) and not self._count(part):
                found += self._absent(part)
        if len(parts) > 1:
            found += self._without_one(parts)
            found += self._any_of(parts)
        return tuple(found)

    def _count(self, tree: query.Node) -> int:
        plan = Planner(self._snapshot.languages, self._synonyms, self._snapshot.main_languages).plan(tree)
        return sum(len(plan.match(segment)) for segment in self._snapshot.segments)

    def _absent(self, part: query.Node) -> Iterator[str]:
        """What to say of a word or a value that no document has."""
        shown = to_text(part)
        if isinstance(part, query.Word):
            spellings = self._spellings(part)
            hint = f": did you mean {' or '.join(spellings)}?" if spellings else ""
            yield f"no document has {shown}{hint}"
        elif isinstance(part, query.Filter):
            near = self._near_values(part)
            hint = f": did you mean {' or '.join(near)}?" if near else ""
            yield f"no document has {shown}{hint}"
        else:
            yield f"nothing matches {shown}"

    def _spellings(self, word: query.Word) -> list[str]:
        """The nearest words of the collection, each with the number of its documents, the most frequent first."""
        tokens = query_tokens(word.text)
        if len(tokens) != 1 or len(tokens[0].term) < 3:
            return []
        term = tokens[0].term
        names = TEXT_FIELD_NAMES if word.field is None else (word.field,)
        for edits in (1, 2) if len(term) > 4 else (1,):
            near = {
                candidate
                for segment in self._snapshot.segments
                for name in names
                for candidate, _ in within_edits(segment.data.terms(name), term, edits)
            }
            counts = Counter(
                {candidate: self._count(query.Word(candidate, word.field, True)) for candidate in near}
            )
            best = sorted((pair for pair in counts.items() if pair[1]), key=lambda pair: (-pair[1], pair[0]))[
                :_NEAR
            ]
            if best:
                return [f"{candidate} ({_documents(number)})" for candidate, number in best]
        return []

    def _near_values(self, part: query.Filter) -> list[str]:
        from difflib import get_close_matches

        if part.field in ("region", "region~"):
            known = regions.resolve(part.value)
            return [] if known else regions.suggest(part.value)
        names = {"tag": "tag_shown", "publisher": "publisher_shown"}
        values = {
            value
            for segment in self._snapshot.segments
            for value in segment.lexicon(names.get(part.field, part.field))
        }
        folded = {value.casefold(): value for value in sorted(values)}
        return [folded[value] for value in get_close_matches(part.value.casefold(), folded, n=_NEAR, cutoff=0.6)]

    def _without_one(self, parts: tuple[query.Node, ...]) -> Iterator[str]:
        for part in parts:
            rest = tuple(other for other in parts if other is not part)
            number = self._count(rest[0] if len(rest) == 1 else query.And(rest))
            if number:
                yield f"without {to_text(part)}: {_documents(number)}"

    def _any_of(self, parts: tuple[query.Node, ...]) -> Iterator[str]:
        words = tuple(part for part in parts if isinstance(part, query.Word | query.Phrase))
        others = tuple(part for part in parts if part not in words)
        if len(words) > 1:
            number = self._count(query.And((query.Or(words), *others)) if others else query.Or(words))
            if number:
                yield f"any of the words instead of all (--any): {_documents(number)}"


def _documents(number: int) -> str:
    return f"{number:,} {'document' if number == 1 else 'documents'}"
