"""Which documents match: the query tree turned into a plan over the index.

Rule: matching is exact and complete, and apart from ranking: a plan gives the set of documents of a segment, the
ranking only orders it. A plan is made once per query for one snapshot; what the plan ignores (stop words beside
other words, signs without letters) it says in `notes`. Synonyms widen what matches, never narrow it: a stretch of
unquoted words that stands in the list of synonyms also matches as each of its other phrases.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from ingest.errors import IndexDamaged
from ingest.text import fold
from searchidx import query
from searchidx.analysis import is_cjk_single, is_unspaced, query_stems, query_tokens
from searchidx.fields import TEXT_FIELDS, TextField
from searchidx.leaf import Leaf, Slot, fuzzy_slot, pattern_slot, prefix_slot, surface_slot
from searchidx.lexicon import compile_pattern
from searchidx.snapshot import OpenSegment
from searchidx.stopwords import is_stop_word

if TYPE_CHECKING:
    from searchidx.synonyms import Synonyms

#: Two words of the query count as near each other in a document when they lie in so many positions.
NEAR = 8
#: So many words are remembered from query to query.
_KNOWN = 5000


class Plan:
    """A part of a query that can say which documents of a segment match it."""

    __slots__ = ()

    def match(self, segment: OpenSegment) -> set[int]:
        """The matching live documents."""
        raise NotImplementedError

    def scored(self) -> Sequence[Text | Synonymous]:
        """What counts for the score: words, phrases and patterns that are not under a negation."""
        return ()

    def neighbours(self) -> Sequence[Neighbours]:
        """Words that follow one another in the query: that they stand together adds to the score and decides
        nothing about matching."""
        return ()


class Neighbours:
    """Two single words, searched in the same fields."""

    def __init__(self, one: Leaf, two: Leaf) -> None:
        self.one = one
        self.two = two

    @cached_property
    def beside(self) -> Leaf:
        """The words side by side in order."""
        return Leaf((*self.one.slots, *self.two.slots), self.one.fields)

    @cached_property
    def near(self) -> Leaf:
        """The words near each other in any order."""
        return self.beside.within(NEAR)


class Text(Plan):
    """A word, phrase or pattern."""

    __slots__ = ("leaf",)

    def __init__(self, leaf: Leaf) -> None:
        self.leaf = leaf

    def match(self, segment: OpenSegment) -> set[int]:
        return self.leaf.match(segment)

    def scored(self) -> Sequence[Text | Synonymous]:
        return (self,)


class Synonymous(Plan):
    """Words as typed, or one of the phrases that mean the same."""

    __slots__ = ("others", "typed", "words")

    def __init__(self, words: Sequence[Text], typed: Plan, others: Sequence[Text]) -> None:
        self.words = words
        self.typed = typed
        self.others = others

    def match(self, segment: OpenSegment) -> set[int]:
        found = self.typed.match(segment)
        for other in self.others:
            found |= other.match(segment)
        return found

    def scored(self) -> Sequence[Text | Synonymous]:
        return (self,)


class Choice(Plan):
    """Documents that have one of some values of a filter field."""

    __slots__ = ()

    field: str

    def values(self, segment: OpenSegment) -> Sequence[str]:
        """The values, as far as the segment may have them."""
        raise NotImplementedError

    def match(self, segment: OpenSegment) -> set[int]:
        return segment.having(self.field, self.values(segment))


class Values(Choice):
    """Documents that have one of the values of a filter field which `wanted` picks from the lexicon."""

    __slots__ = ("field", "wanted")

    def __init__(self, field: str, wanted: Sequence[str] | re.Pattern[str]) -> None:
        self.field = field
        self.wanted = wanted

    def values(self, segment: OpenSegment) -> Sequence[str]:
        if isinstance(self.wanted, re.Pattern):
            search = self.wanted.search
            return [value for value in segment.lexicon(self.field) if search(value)]
        return self.wanted


class Years(Choice):
    """Documents whose year lies in a closed range; None is open."""

    __slots__ = ("high", "low")

    field = "year"

    def __init__(self, low: int | None, high: int | None) -> None:
        self.low = low
        self.high = high

    def values(self, segment: OpenSegment) -> Sequence[str]:
        found = []
        for value in segment.lexicon(self.field):
            if not value.isdecimal():
                raise IndexDamaged(f"the index names a year {value!r}: run `dossier rebuild`")
            year = int(value)
            if (self.low is None or year >= self.low) and (self.high is None or year <= self.high):
                found.append(value)
        return found


class Both(Plan):
    """All of the required plans and none of the excluded ones."""

    __slots__ = ("excluded", "pairs", "required")

    def __init__(
        self, required: Sequence[Plan], excluded: Sequence[Plan], pairs: Sequence[Neighbours] = ()
    ) -> None:
        self.required = required
        self.excluded = excluded
        self.pairs = pairs

    def match(self, segment: OpenSegment) -> set[int]:
        sets = [plan.match(segment) for plan in self.required]
        found = set.intersection(*sorted(sets, key=len)) if sets else segment.everything()
        for plan in self.excluded:
            if not found:
                break
            found -= plan.match(segment)
        return found

    def scored(self) -> Sequence[Text | Synonymous]:
        return [part for plan in self.required for part in plan.scored()]

    def neighbours(self) -> Sequence[Neighbours]:
        return [*self.pairs, *[words for plan in self.required for words in plan.neighbours()]]


class Either(Plan):
    """At least one of the plans."""

    __slots__ = ("pairs", "plans")

    def __init__(self, plans: Sequence[Plan], pairs: Sequence[Neighbours] = ()) -> None:
        self.plans = plans
        self.pairs = pairs

    def match(self, segment: OpenSegment) -> set[int]:
        found: set[int] = set()
        for plan in self.plans:
            found |= plan.match(segment)
        return found

    def scored(self) -> Sequence[Text | Synonymous]:
        return [part for plan in self.plans for part in plan.scored()]

    def neighbours(self) -> Sequence[Neighbours]:
        return [*self.pairs, *[words for plan in self.plans for words in plan.neighbours()]]


class Planner:
    """Turns query trees into plans for the languages of one snapshot.

    languages: those whose inflections a word may have. main_languages: those whose stop words are left out (one
    Dutch report must not make `die` and `over` meaningless for the others); None: all of them. known: words that
    were planned for earlier queries, which are shared and added to. notes: what was left out, in sentences.
    widened: for each stretch that has synonyms, the words as typed and the phrases that are searched for besides.
    """

    def __init__(
        self,
        languages: Sequence[str | None],
        synonyms: Synonyms | None = None,
        main_languages: Sequence[str | None] | None = None,
        known: dict[object, Text] | None = None,
    ) -> None:
        self.languages = tuple(languages)
        self.main_languages = self.languages if main_languages is None else tuple(main_languages)
        self.synonyms = synonyms
        self._known = {} if known is None else known
        self.notes: list[str] = []
        self.widened: list[tuple[str, tuple[str, ...]]] = []

    def plan(self, tree: query.Node) -> Plan:
        """The plan of a whole query; one in which nothing can be looked up matches everything."""
        return self._node(tree) or Both((), ())

    def _node(self, node: query.Node) -> Plan | None:
        """The plan of a node, None for one that constrains nothing."""
        match node:
            case query.Word():
                word = self._word(node)
                return self._widened((node,), ((node, word),), all_of=True)[0] if word else None
            case query.And(children):
                return self._and(children)
            case query.Or(children):
                return self._or(children)
            case query.Phrase():
                return self._phrase(node)
            case query.Prefix(text, field):
                return self._pattern(f"{text}*", _fields(field))
            case query.Wildcard(pattern, field):
                return self._pattern(pattern, _fields(field))
            case query.Fuzzy(text, edits, field):
                return self._fuzzy(text, edits, _fields(field))
            case query.Filter():
                return _filter(node)
            case query.Range(_, low, high):
                return Years(low, high)
            case query.Not(child):
                plan = self._excluded(child)
                return Both((), (plan,)) if plan else None
            case query.Everything():
                return Both((), ())
            case _:
                raise TypeError(f"no plan for {type(node).__name__}")

    def _and(self, children: Sequence[query.Node]) -> Plan | None:
        required: list[tuple[query.Node, Plan]] = []
        excluded: list[Plan] = []
        for child in self._without_stop_words(children):
            if isinstance(child, query.Not):
                excluded += [plan] if (plan := self._excluded(child.child)) else []
            elif plan := self._member(child):
                required.append((child, plan))
        if not required and not excluded:
            return None
        return Both(self._widened(children, required, all_of=True), excluded, _pairs(required))

    def _or(self, children: Sequence[query.Node]) -> Plan | None:
        plans = [(child, plan) for child in self._without_stop_words(children) if (plan := self._member(child))]
        return Either(self._widened(children, plans, all_of=False), _pairs(plans)) if plans else None

    def _member(self, child: query.Node) -> Plan | None:
        """The plan of a child whose words are widened together with its neighbours'."""
        return self._word(child) if isinstance(child, query.Word) else self._node(child)

    def _excluded(self, child: query.Node) -> Plan | None:
        """The plan of what is excluded: without synonyms, which would take away more than was said."""
        synonyms, self.synonyms = self.synonyms, None
        try:
            return self._node(child)
        finally:
            self.synonyms = synonyms

    def _widened(
        self, children: Sequence[query.Node], planned: Sequence[tuple[query.Node, Plan]], *, all_of: bool
    ) -> list[Plan]:
        """The plans, with each stretch of words that has synonyms as one plan."""
        if self.synonyms is None:
            return [plan for _, plan in planned]
        plans = {id(child): plan for child, plan in planned}
        for run in _word_runs(children):
            for start, end, alternatives in self.synonyms.expansions([word.text for word in run]):
                stretch = [word for word in run[start:end] if id(word) in plans]
                words = [plan for word in stretch if isinstance(plan := plans[id(word)], Text)]
                if not words:
                    continue
                fields = _fields(run[start].field)
                others = [self._synonym(terms, fields) for terms in alternatives]
                typed: Plan = Both(words, ()) if all_of else Either(words)
                self.widened.append(
                    (
                        " ".join(word.text for word in run[start:end]),
                        tuple(" ".join(terms) for terms in alternatives),
                    )
                )
                plans[id(stretch[0])] = Synonymous(words, typed, others)
                for word in stretch[1:]:
                    del plans[id(word)]
        return list(plans.values())

    def _without_stop_words(self, children: Sequence[query.Node]) -> Sequence[query.Node]:
        """The children without unquoted stop words, as long as another word remains."""
        stop = [child for child in children if self._is_stop_word(child)]
        if not stop:
            return children
        words = [child for child in children if not isinstance(child, query.Not | query.Filter | query.Range)]
        if len(stop) == len(words):
            return children
        ignored = ", ".join(child.text for child in stop if isinstance(child, query.Word))
        self.notes.append(f"left out as too common: {ignored} (quote a word to require it)")
        return [child for child in children if child not in stop]

    def _is_stop_word(self, node: query.Node) -> bool:
        return (
            isinstance(node, query.Word)
            and not node.exact
            and is_stop_word(node.text, self.main_languages)
            and len(query_tokens(node.text)) == 1
        )

    def _word(self, node: query.Word) -> Text | None:
        key = (node.text, node.field, node.exact)
        found = self._known.get(key)
        if found is None and (terms := self._terms(node.text)):
            slots = [surface_slot(term) if node.exact else self._stem_slot(term) for term in terms]
            found = self._remember(key, Text(Leaf(slots, _fields(node.field), inflected=not node.exact)))
        return found

    def _synonym(self, terms: tuple[str, ...], fields: Sequence[TextField]) -> Text:
        key = (terms, fields)
        found = self._known.get(key)
        return found or self._remember(key, Text(Leaf([self._stem_slot(term) for term in terms], fields)))

    def _remember(self, key: object, text: Text) -> Text:
        if len(self._known) >= _KNOWN:
            self._known.clear()
        self._known[key] = text
        return text

    def _phrase(self, node: query.Phrase) -> Plan | None:
        terms = self._terms(node.text)
        if not terms:
            return None
        fields = _fields(node.field)
        if node.slop is None:
            return Text(Leaf([surface_slot(term) for term in terms], fields))
        slots = [self._stem_slot(term) for term in terms]
        return Text(Leaf(slots, fields, window=len(slots) + node.slop))

    def _terms(self, text: str) -> list[str]:
        terms = [token.term for token in query_tokens(text)]
        if not terms:
            self.notes.append(f"{text!r} holds no letter or digit, so it was not searched for")
        return terms

    def _stem_slot(self, term: str) -> Slot:
        if is_cjk_single(term):
            return prefix_slot(term, term)
        return Slot(term, query_stems(term, self.languages), stemmed=True)

    def _pattern(self, pattern: str, fields: Sequence[TextField]) -> Plan | None:
        """A word with wildcards; signs that separate words do so here too, so the parts stand side by side."""
        parts = re.findall(r"(?:[^\W_]|[*?])+", fold(pattern))
        slots = []
        for part in parts:
            bare = part.rstrip("*")
            if not re.search(r"[*?]", part):
                slots.append(surface_slot(part))
            elif re.search(r"[*?]", bare) or not bare:
                slots.append(pattern_slot(part, part))
            else:
                slots.append(prefix_slot(part, bare))
        return Text(Leaf(slots, fields)) if slots else None

    def _fuzzy(self, text: str, edits: int, fields: Sequence[TextField]) -> Plan | None:
        slots = [fuzzy_slot(f"{term}~{edits}", term, edits) for term in self._terms(text)]
        return Text(Leaf(slots, fields)) if slots else None


def _word_runs(children: Sequence[query.Node]) -> list[list[query.Word]]:
    """The stretches of unquoted words that follow one another and are searched in the same fields."""
    runs: list[list[query.Word]] = []
    previous: query.Node | None = None
    for child in children:
        if isinstance(child, query.Word) and not child.exact:
            if isinstance(previous, query.Word) and not previous.exact and previous.field == child.field:
                runs[-1].append(child)
            else:
                runs.append([child])
        previous = child
    return runs


def _pairs(planned: Sequence[tuple[query.Node, Plan]]) -> list[Neighbours]:
    """Each two single words that follow one another in the query and are searched in the same fields.

    Pairs of characters of unspaced scripts overlap: that they are neighbours says nothing.
    """
    leaves = [plan.leaf for _, plan in planned if isinstance(plan, Text)]
    words = [leaf for leaf in leaves if len(leaf.slots) == 1 and not is_unspaced(leaf.slots[0].typed)]
    found = []
    seen = set()
    for one, two in pairwise(words):
        alternatives = (one.slots[0].same, two.slots[0].same)
        if one.fields == two.fields and alternatives[0] != alternatives[1] and alternatives not in seen:
            seen.add(alternatives)
            found.append(Neighbours(one, two))
    return found


def _fields(name: str | None) -> tuple[TextField, ...]:
    return TEXT_FIELDS if name is None else tuple(field for field in TEXT_FIELDS if field.name == name)


def _filter(node: query.Filter) -> Plan:
    from searchidx.document_terms import region_key, value_key

    value = value_key(node.value)
    if value == "*":
        return Values("region_mention" if node.field == "region~" else node.field, re.compile(""))
    match node.field:
        case "region":
            return Values("region_itself" if node.exact else "region", (region_key(node.value),))
        case "region~":
            return Values("region_mention", (region_key(node.value),))
        case "path":
            value = fold(node.value)
            pattern = compile_pattern(value).pattern
            return Values("path", re.compile(rf"\A{pattern}\Z" if "*" in value else re.escape(value), re.DOTALL))
        case "publisher" if "*" in value:
            return Values("publisher", re.compile(rf"\A{compile_pattern(value).pattern}\Z", re.DOTALL))
        case "id":
            return Values("id", re.compile(rf"\A{re.escape(value)}"))
        case name:
            return Values(name, (value,))
