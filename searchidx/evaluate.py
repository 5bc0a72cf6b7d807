"""How good the ranking is, measured with judged queries.

Rule: a run is what `Library.search` gives, the measures are those of ir-measures (which wraps trec_eval), so that
figures compare with those of other engines. Judgements name documents by what they were indexed from: the `_id` of
a JSON Lines record, or the path of a file as it ends (`asia/report.pdf`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import DossierError
from searchidx.bag import bag_of_words
from searchidx.print_query import to_text
from searchidx.results import SearchRequest

if TYPE_CHECKING:
    from searchidx.library import Library

#: The names that ir-measures knows; nDCG as trec_eval computes it.
MEASURES = ("nDCG@10", "AP", "R@100")

Qrels = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query of a test collection."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of a run: a document as the judgements name it, and its score."""

    query: str
    document: str
    score: float


def read_judged_queries(path: Path) -> list[JudgedQuery]:
    """Queries from JSON Lines with `_id` and `text`. Raises DossierError with file and line."""
    found = []
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            found.append(JudgedQuery(str(record["_id"]), str(record["text"])))
        except (ValueError, KeyError, TypeError) as error:
            raise DossierError(f'{path}, line {number}: expected {{"_id": ..., "text": ...}}') from error
    return found


def read_qrels(path: Path) -> Qrels:
    """{query id: {document: gain}} from a tab-separated file of query, document and gain, with or without a
    header, or in the four columns of TREC. Raises DossierError with file and line."""
    found: Qrels = {}
    for number, line in enumerate(_lines(path), 1):
        cells = line.split("\t") if "\t" in line else line.split()
        if len(cells) == 4:
            del cells[1]
        if not line.strip():
            continue
        try:
            query_id, document, gain = cells
            found.setdefault(query_id, {})[document] = int(gain)
        except ValueError as error:
            if number == 1:
                continue  # a header
            raise DossierError(f"{path}, line {number}: expected query, document and gain") from error
    return found


def run(
    library: Library,
    queries: Iterable[JudgedQuery],
    names: Iterable[str],
    *,
    depth: int = 1000,
    any_word: bool = True,
) -> Iterator[Ranked]:
    """Search for every query. any_word: as a bag of words; otherwise as the query language reads the text.

    names: the documents that judgements name. A document indexed from several of them is listed once for each.
    """
    known = set(names)
    for judged in queries:
        text = to_text(bag_of_words(judged.text)) if any_word else judged.text
        for hit in library.search(SearchRequest(query=text, limit=depth, snippets=0)):
            for name in document_names(hit.paths, known) or [hit.id]:
                yield Ranked(judged.id, name, hit.score)


def document_names(paths: Sequence[str], known: set[str]) -> list[str]:
    """The judgements' names for a document: the longest ending of each path that they use."""
    found = []
    for path in paths:
        record = path.rpartition("#")[2]
        parts = path.split("/")
        endings = ["/".join(parts[start:]) for start in range(len(parts))]
        found += [name for name in (record, *endings) if name in known][:1]
    return list(dict.fromkeys(found))


def measure(
    qrels: Qrels, ranked: Iterable[Ranked], measures: Sequence[str] = MEASURES
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """({measure: mean}, {query: {measure: value}}) over the judged queries; one without results counts 0.

    Ties keep the order of the run. Raises DossierError where ir-measures is not installed or a measure is unknown.
    """
    try:
        import ir_measures
    except ImportError as error:
        raise DossierError(
            "evaluation needs the package ir-measures: pip install 'dossier-search[evaluate]'"
        ) from error
    try:
        wanted = [ir_measures.parse_measure(name) for name in measures]
    except (NameError, ValueError, SyntaxError) as error:
        raise DossierError(f"{', '.join(measures)}: not all of these are measures ({error})") from error
    lines = [ir_measures.ScoredDoc(query_id, name, score) for query_id, name, score in _strictly(ranked)]
    judged = [
        ir_measures.Qrel(query_id, name, gain) for query_id, gains in qrels.items() for name, gain in gains.items()
    ]
    per_query: dict[str, dict[str, float]] = {}
    for metric in ir_measures.iter_calc(wanted, judged, lines):
        per_query.setdefault(metric.query_id, {})[str(metric.measure)] = float(metric.value)
    relevant = [query_id for query_id, gains in qrels.items() if any(gain > 0 for gain in gains.values())]
    names = [str(metric) for metric in wanted]
    means = {
        name: sum(per_query.get(query_id, {}).get(name, 0.0) for query_id in relevant) / max(1, len(relevant))
        for name in names
    }
    return means, per_query


def read_run(path: Path) -> list[Ranked]:
    """A TREC run (`qid Q0 document rank score tag`). Raises DossierError with file and line."""
    found = []
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            query_id, _, name, _, score, _ = line.split()
            found.append(Ranked(query_id, name, float(score)))
        except ValueError as error:
            raise DossierError(
                f"{path}, line {number}: expected six columns: qid Q0 document rank score tag"
            ) from error
    return found


def unjudged(qrels: Mapping[str, object], queries: Iterable[JudgedQuery]) -> list[str]:
    """Ids of queries that no judgement names."""
    return [judged.id for judged in queries if judged.id not in qrels]


def _strictly(ranked: Iterable[Ranked]) -> Iterator[tuple[str, str, float]]:
    """Scores that fall from line to line, because trec_eval orders equal scores by name and not by rank."""
    previous: dict[str, float] = {}
    for line in ranked:
        score = min(line.score, previous.get(line.query, float("inf")) - 1e-6)
        previous[line.query] = score
        yield line.query, line.document, score


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise DossierError(f"{path} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise DossierError(f"{path} is not UTF-8 text") from error
