"""Why a search found what it found: the query as the engine reads it, and how each score came about.

Rule: everything here is computed by the code that searches and ranks; nothing is estimated for show. The result
holds plain values (texts, numbers, lists, mappings), which any printer can write.
"""

from __future__ import annotations

from collections.abc import Sequence

from searchidx import query
from searchidx.compiled import count
from searchidx.leaf import Leaf
from searchidx.matching import Plan, Planner, Synonymous, Text
from searchidx.print_query import to_text
from searchidx.ranking import Ranked, Scorer
from searchidx.results import Hit
from searchidx.snapshot import OpenSegment

#: Of the words that the best results have in common, so many are named.
_SHOWN = 8


def explain(
    tree: query.Node, planner: Planner, plan: Plan, scorer: Scorer, found: Sequence[Ranked], hits: Sequence[Hit]
) -> dict[str, object]:
    """query: as the engine reads it, every operator written out; words: what each stands for and in how many
    documents; synonyms; what was left out; the hits' scores, each the sum of its parts."""
    return {
        "query": to_text(tree),
        "words": [_word(leaf, scorer) for leaf in _leaves(plan)],
        "synonyms": [{"typed": typed, "also": list(others)} for typed, others in planner.widened],
        "left_out": list(planner.notes),
        "scores": [
            {
                "rank": hit.rank,
                "id": hit.id,
                "score": round(score, 6),
                "parts": _parts(scorer, hit.id, segment, doc),
            }
            for hit, (score, _, segment, doc) in zip(hits, found, strict=True)
        ],
    }


def _leaves(plan: Plan) -> list[Leaf]:
    leaves: list[Leaf] = []
    for part in plan.scored():
        if isinstance(part, Text):
            leaves.append(part.leaf)
        else:
            leaves += [text.leaf for text in (*part.words, *part.others)]
    return leaves


def _word(leaf: Leaf, scorer: Scorer) -> dict[str, object]:
    return {
        "typed": leaf.typed,
        "terms": [leaf.expansions(slot) for slot in leaf.slots],
        "stems": any(slot.stemmed for slot in leaf.slots),
        "documents": count(Text(leaf), scorer.snapshot),
        "idf": round(scorer.idf(leaf), 6),
    }


def _parts(scorer: Scorer, id_: str, segment: OpenSegment, doc: int) -> list[dict[str, object]]:
    """What adds to the score of one document, the largest first."""
    found: list[tuple[float, dict[str, object]]] = []
    for part in scorer.parts:
        if isinstance(part, Synonymous):
            found.append(_synonymous(part, scorer, segment, doc))
        else:
            found.append(_text(part, scorer.idf(part.leaf), scorer, segment, doc))
    for pair in scorer.pairs if id_ in scorer.looked_at_twice else ():
        for leaf, worth, how in (
            (pair.words.beside, pair.ordered, "side by side"),
            (pair.words.near, pair.nearby, "near each other"),
        ):
            score, described = _text(Text(leaf), worth, scorer, segment, doc)
            found.append((score, described | {"word": f"{leaf.typed} ({how})"}))
    if gain := scorer.gains.get(id_, 0.0):
        telling = ", ".join(term.partition("/")[0] for term in list(scorer.common)[:_SHOWN])
        found.append(
            (gain, {"word": f"like the best results ({telling})", "score": round(gain, 6), "occurrences": {}})
        )
    found.sort(key=lambda pair: -pair[0])
    return [described for score, described in found if score]


def _synonymous(
    part: Synonymous, scorer: Scorer, segment: OpenSegment, doc: int
) -> tuple[float, dict[str, object]]:
    score = scorer.synonymous(part, segment, {doc}).get(doc, 0.0)
    described: dict[str, object] = {
        "word": " ".join(word.leaf.typed for word in part.words),
        "score": round(score, 6),
        "occurrences": _occurrences([word.leaf for word in part.words], segment, doc),
    }
    others = {
        other.leaf.typed: _occurrences([other.leaf], segment, doc)
        for other in part.others
        if doc in other.match(segment)
    }
    return score, described | ({"synonyms": others} if others else {})


def _text(
    text: Text, worth: float, scorer: Scorer, segment: OpenSegment, doc: int
) -> tuple[float, dict[str, object]]:
    score = scorer.scored(text, worth, segment, {doc}).get(doc, 0.0)
    return score, {
        "word": text.leaf.typed,
        "score": round(score, 6),
        "occurrences": _occurrences([text.leaf], segment, doc),
    }


def _occurrences(leaves: Sequence[Leaf], segment: OpenSegment, doc: int) -> dict[str, int]:
    """{field: how often any of the leaves stands in it}."""
    found: dict[str, int] = {}
    for leaf in leaves:
        for field in leaf.fields:
            times = leaf.occurrences(segment, field.name).get(doc, 0)
            if times:
                found[field.name] = found.get(field.name, 0) + times
    return found
