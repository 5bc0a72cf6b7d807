"""Why a search found what it found: the query as the engine reads it, and how each score came about.

Rule: everything here is computed by the code that searches and ranks; nothing is estimated for show. The result
holds plain values (texts, numbers, lists, mappings), which any printer can write.
"""

from __future__ import annotations

from collections.abc import Sequence

from searchidx.leaf import Leaf
from searchidx.matching import Plan, Planner, Synonymous, Text
from searchidx.ranking import K1, Scorer
from searchidx.results import Hit
from searchidx.snapshot import OpenSegment

Found = Sequence[tuple[float, str, OpenSegment, int]]


def explain(planner: Planner, plan: Plan, scorer: Scorer, found: Found, hits: Sequence[Hit]) -> dict[str, object]:
    """words: what each stands for and in how many documents; synonyms; what was left out; the hits' scores."""
    return {
        "words": [_word(leaf, scorer) for leaf in _leaves(plan)],
        "synonyms": [{"typed": typed, "also": list(others)} for typed, others in planner.widened],
        "left_out": list(planner.notes),
        "scores": [
            {"rank": hit.rank, "id": hit.id, "score": round(score, 4), "parts": _parts(scorer, segment, doc)}
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
    segments = scorer.snapshot.segments
    return {
        "typed": leaf.typed,
        "terms": [leaf.expansions(slot) for slot in leaf.slots],
        "stems": any(slot.stemmed for slot in leaf.slots),
        "documents": sum(len(leaf.match(segment)) for segment in segments),
        "idf": round(scorer.idf(leaf), 4),
    }


def _parts(scorer: Scorer, segment: OpenSegment, doc: int) -> list[dict[str, object]]:
    """What adds to the score of one document, the largest first."""
    found: list[tuple[float, dict[str, object]]] = []
    for part in scorer.parts:
        if isinstance(part, Synonymous):
            found.append(_synonymous(part, scorer, segment, doc))
        else:
            found.append(_text(part, scorer.idf(part.leaf), scorer, segment, doc))
    for text, worth in scorer.pairs:
        score, described = _text(text, worth, scorer, segment, doc)
        how = "side by side" if text.leaf.window is None else "near each other"
        found.append((score, described | {"word": f"{text.leaf.typed} ({how})"}))
    found.sort(key=lambda pair: -pair[0])
    return [described for score, described in found if score]


def _synonymous(
    part: Synonymous, scorer: Scorer, segment: OpenSegment, doc: int
) -> tuple[float, dict[str, object]]:
    score = scorer.synonymous(part, segment, {doc}).get(doc, 0.0)
    typed = " ".join(word.leaf.typed for word in part.words)
    others = [other.leaf.typed for other in part.others if doc in other.match(segment)]
    described: dict[str, object] = {"word": typed, "score": round(score, 4)}
    return score, described | ({"synonyms": others} if others else {})


def _text(
    text: Text, worth: float, scorer: Scorer, segment: OpenSegment, doc: int
) -> tuple[float, dict[str, object]]:
    weight = scorer.weights(text, segment, {doc}).get(doc, 0.0)
    score = worth * (K1 + 1) * weight / (K1 + weight)
    fields = {}
    for field in text.leaf.fields:
        times = text.leaf.occurrences(segment, field.name).get(doc, 0)
        if times:
            fields[field.name] = times
    return score, {"word": text.leaf.typed, "score": round(score, 4), "occurrences": fields}
