"""Counts of the matching documents by region, tag, year, language, type and publisher.

Rule: a document counts once for each value it has, and once for each region that contains one of its regions, so
the count of a node of the tree is exact and may be less than the sum of its children. Only curated regions count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from ingest import regions
from searchidx.document_terms import region_key, value_key
from searchidx.ranking import Matched
from searchidx.results import FacetValue


def count_facets(matched: Matched) -> dict[str, tuple[FacetValue, ...]]:
    """All facets of a result. Values are sorted by count, then by name; years by year, the newest first."""
    years = _counts(matched, "year")
    return {
        "region": _region_tree(matched),
        "tag": _flat(_by_key(matched, "tag_shown")),
        "year": tuple(FacetValue(year, years[year]) for year in sorted(years, reverse=True)),
        "language": _flat(_counts(matched, "lang")),
        "type": _flat(_counts(matched, "type")),
        "publisher": _flat(_by_key(matched, "publisher_shown")),
    }


def _counts(matched: Matched, field: str, key: Callable[[str], str] = str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for segment, docs in matched:
        for value, number in segment.value_counts(field, docs):
            if number:
                counts[key(value)] += number
    return counts


def _by_key(matched: Matched, field: str) -> Counter[str]:
    """Counts of values as people wrote them; spellings that compare equal are one, the most frequent is shown."""
    spellings = _counts(matched, field)
    shown: dict[str, str] = {}
    for value, _ in sorted(spellings.items(), key=lambda item: (-item[1], item[0])):
        shown.setdefault(value_key(value), value)
    counts: Counter[str] = Counter()
    for value, number in spellings.items():
        counts[shown[value_key(value)]] += number
    return counts


def _flat(counts: Counter[str]) -> tuple[FacetValue, ...]:
    return tuple(FacetValue(value, counts[value]) for value in sorted(counts, key=lambda v: (-counts[v], v)))


def _region_tree(matched: Matched) -> tuple[FacetValue, ...]:
    """The regions that have matching documents, nested as in the vocabulary from the world's regions down.

    Groups of countries (OSCE, ASEAN) stand at the top level, where a document carries the group itself.
    """
    counts = _counts(matched, "region")
    itself = _counts(matched, "region_itself")
    shown = {region_key(value): value for segment, _ in matched for value in segment.lexicon("region_shown")}
    known = {key: region for key in counts if (region := _find(key))}
    children: dict[str, list[str]] = {}
    top: list[str] = []
    for key in counts:
        region = known.get(key)
        if region and region.kind in ("region", "country"):
            parent = region.parents[0]
            if parent in known and known[parent].kind == "region":
                children.setdefault(parent, []).append(key)
                continue
            top.append(key)
        elif region is None or key in itself:
            top.append(key)

    def node(key: str) -> FacetValue:
        name = known[key].name if key in known else shown.get(key, key)
        return FacetValue(name, counts[key], ordered(children.get(key, [])))

    def ordered(keys: Sequence[str]) -> tuple[FacetValue, ...]:
        return tuple(sorted(map(node, keys), key=lambda value: (-value.count, value.value)))

    return ordered(top)


def _find(key: str) -> regions.Region | None:
    try:
        return regions.get(key)
    except KeyError:
        return None
