"""What to try when nothing was found.

Rule: each suggestion says what would find how many documents: which word or filter stands in the way, how a word
is spelled in the collection, what any of the words would find. Every number is that of a search one can make; none
of it is mixed into the results. The work is bounded: every part of a query is looked up once, but no more than
EXAMINED parts are left out by turns (and a suggestion says so where there are more), and no more than SPELLED
words are compared with those of the collection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest import regions
from searchidx import query
from searchidx.analysis import query_tokens
from searchidx.compiled import count
from searchidx.fields import TEXT_FIELD_NAMES, TEXT_FIELDS, TextField
from searchidx.leaf import Leaf, Slot
from searchidx.matching import Planner, Text
from searchidx.print_query import to_text
from searchidx.snapshot import Snapshot
from searchidx.synonyms import Synonyms
from searchidx.tag_names import with_tag_names

EXAMINED = 20
SPELLED = 5
#: Words of the collection, or values of a filter field, that are shown for one that is not there.
_NEAR = 3


class Suggester:
    """Looks for what is in the way of one query on one snapshot."""

    def __init__(self, snapshot: Snapshot, synonyms: Synonyms | None, data_dir: Path) -> None:
        self._snapshot = snapshot
        self._synonyms = synonyms
        self._data_dir = data_dir
        self._compared = 0

    def suggestions(self, tree: query.Node, any_tree: query.Node) -> tuple[str, ...]:
        """Sentences for a query that found nothing; any_tree: the same query with any of its words."""
        parts = tree.children if isinstance(tree, query.And | query.Or) else (tree,)
        absent = [part for part in parts if not isinstance(part, query.Not) and not self._count(part)]
        # What no document has stands in the way for certain, so it is looked at first.
        examined = [*absent, *(part for part in parts if not any(part is other for other in absent))][:EXAMINED]
        found = [sentence for part in absent[:EXAMINED] for sentence in self._absent(part)]
        if isinstance(tree, query.And):
            found += self._without(parts, examined, absent)
        if any_tree != tree and (number := self._count(any_tree)):
            found.append(f"any of the words instead of all (--any): {_documents(number)}")
        if len(examined) < len(parts):
            found.append(f"only {EXAMINED} of the {len(parts):,} parts of the query were looked at one by one")
        return tuple(found)

    def _count(self, tree: query.Node) -> int:
        planner = Planner(self._snapshot.languages, self._synonyms, self._snapshot.main_languages)
        return count(planner.plan(with_tag_names(tree, self._data_dir)), self._snapshot)

    def _frequency(self, term: str, fields: Sequence[TextField]) -> int:
        return count(Text(Leaf([Slot(term, frozenset((term,)))], fields)), self._snapshot)

    def _absent(self, part: query.Node) -> Iterator[str]:
        """What to say of a word or a value that no document has."""
        shown = to_text(part)
        match part:
            case query.Word():
                near = self._spellings(part)
            case query.Filter():
                near = self._near_values(part)
            case query.Phrase(text, field, None) if len(text.split()) > 1:
                yield f"no document has {shown}"
                words = query.And(tuple(query.Word(word, field) for word in text.split()))
                if number := self._count(words):
                    yield f"the words without the quotes, {to_text(words)}: {_documents(number)}"
                return
            case _:
                yield f"nothing matches {shown}"
                return
        yield f"no document has {shown}" + (f": did you mean {' or '.join(near)}?" if near else "")

    def _spellings(self, word: query.Word) -> list[str]:
        """The nearest words of the collection, each with the number of its documents, the most frequent first."""
        tokens = query_tokens(word.text)
        if len(tokens) != 1 or len(tokens[0].term) < 3 or self._compared == SPELLED:
            return []
        self._compared += 1
        term = tokens[0].term
        names = TEXT_FIELD_NAMES if word.field is None else (word.field,)
        for edits in (1, 2) if len(term) > 4 else (1,):
            near = {
                candidate
                for segment in self._snapshot.segments
                for candidate in segment.within_edits(names, term, edits)
            }
            fields = [field for field in TEXT_FIELDS if field.name in names]
            counts = Counter({candidate: self._frequency(candidate, fields) for candidate in near})
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

    def _without(
        self, parts: Sequence[query.Node], examined: Sequence[query.Node], absent: Sequence[query.Node]
    ) -> Iterator[str]:
        """What is found when a part is left out, or all those that no document has."""
        for part in examined:
            if number := self._without_all(parts, [part]):
                yield f"without {to_text(part)}: {_documents(number)}"
        if len(absent) > 1 and (number := self._without_all(parts, absent)):
            few = " and ".join(map(to_text, absent)) if len(absent) <= SPELLED else f"all {len(absent):,} of these"
            yield f"without {few}: {_documents(number)}"

    def _without_all(self, parts: Sequence[query.Node], removed: Sequence[query.Node]) -> int:
        rest = tuple(part for part in parts if not any(part is other for other in removed))
        return self._count(rest[0] if len(rest) == 1 else query.And(rest)) if rest else 0


def _documents(number: int) -> str:
    return f"{number:,} {'document' if number == 1 else 'documents'}"
