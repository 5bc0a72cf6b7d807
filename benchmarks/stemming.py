"""What stemming does for ranking: none, Snowball's own stemmer and Dossier's side by side, on judged collections.

Each collection is a folder with corpus.jsonl ({"_id", "title", "text"}), queries.jsonl ({"_id", "text"}) and
qrels.tsv (query, document, relevance; one header line). Ranking is plain BM25 (k1 1.2, b 0.75) over title and text
without stop words, so that only the terms differ. Example:

    python benchmarks/stemming.py --language en ../shared/corpora/judged/lisa ../shared/corpora/judged/time
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from math import log, log2
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from searchidx import stemming
from searchidx.analysis import index_tokens, is_stop_word, query_tokens

Stemmer = Callable[[str], str]
K1, B, DEPTH = 1.2, 0.75, 100


def stemmers(language: str) -> dict[str, Stemmer]:
    """The ways of stemming to compare, each with a memory of its own."""
    snowball = stemming._snowball(language)
    ways: dict[str, Stemmer] = {"none": str, "snowball": snowball, "dossier": lambda t: stemming.stem(t, language)}
    return {name: remembering(way) for name, way in ways.items()}


def remembering(way: Stemmer) -> Stemmer:
    known: dict[str, str] = {}

    def stem(term: str) -> str:
        if term not in known:
            known[term] = way(term)
        return known[term]

    return stem


def records(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def judgements(path: Path) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        query, document, relevance = line.split("\t")
        if int(relevance) > 0:
            judged[query][document] = int(relevance)
    return judged


class Ranking:
    """BM25 over one collection's terms."""

    def __init__(self, documents: dict[str, list[str]], stem: Stemmer) -> None:
        self.postings: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self.lengths = {name: len(terms) for name, terms in documents.items()}
        self.average = sum(self.lengths.values()) / len(documents)
        for name, terms in documents.items():
            for term, count in Counter(map(stem, terms)).items():
                self.postings[term].append((name, count))

    def best(self, terms: list[str]) -> list[str]:
        scores: dict[str, float] = defaultdict(float)
        for term, weight in Counter(terms).items():
            found = self.postings.get(term, [])
            idf = log(1 + (len(self.lengths) - len(found) + 0.5) / (len(found) + 0.5))
            for name, count in found:
                norm = K1 * (1 - B + B * self.lengths[name] / self.average)
                scores[name] += weight * idf * count / (count + norm)
        return sorted(scores, key=lambda name: (-scores[name], name))[:DEPTH]


def ndcg10(ranked: list[str], gains: dict[str, int]) -> float:
    """Normalised discounted cumulative gain of the first ten (Järvelin and Kekäläinen 2002, log2 discount)."""
    got = sum(gains.get(name, 0) / log2(place + 2) for place, name in enumerate(ranked[:10]))
    ideal = sum(gain / log2(place + 2) for place, gain in enumerate(sorted(gains.values(), reverse=True)[:10]))
    return got / ideal


def measure(folder: Path, language: str) -> None:
    def content(tokens: list[str]) -> list[str]:
        return [term for term in tokens if not is_stop_word(term, {language})]

    documents = {
        r["_id"]: content([t.term for t in index_tokens(f"{r.get('title') or ''}\n{r['text']}")])
        for r in records(folder / "corpus.jsonl")
    }
    queries = {
        r["_id"]: content([t.term for t in query_tokens(r["text"])]) for r in records(folder / "queries.jsonl")
    }
    judged = judgements(folder / "qrels.tsv")
    per_query: dict[str, list[float]] = {}
    for name, stem in stemmers(language).items():
        start = time.perf_counter()
        ranking = Ranking(documents, stem)
        seconds = time.perf_counter() - start
        gains, recalls = [], []
        for query, relevant in judged.items():
            if query not in queries:
                continue
            ranked = ranking.best([stem(term) for term in queries[query]])
            gains.append(ndcg10(ranked, relevant))
            recalls.append(len(relevant.keys() & set(ranked)) / len(relevant))
        per_query[name] = gains
        base = per_query.get("snowball", gains)
        better = sum(a > b + 1e-9 for a, b in zip(gains, base, strict=True))
        worse = sum(a < b - 1e-9 for a, b in zip(gains, base, strict=True))
        mean_gain, mean_recall = sum(gains) / len(gains), sum(recalls) / len(recalls)
        print(
            f"{folder.name:12} {name:9} nDCG@10 {mean_gain:.4f}  recall@{DEPTH} {mean_recall:.4f}  terms"
            f" {len(ranking.postings):6}  build {seconds:5.2f} s  vs snowball +{better} -{worse} of {len(gains)}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collections", nargs="+", type=Path, help="folders of judged collections")
    parser.add_argument("--language", default="en", help="their language (ISO 639-1; default: en)")
    options = parser.parse_args()
    for folder in options.collections:
        measure(folder, options.language)


if __name__ == "__main__":
    main()
