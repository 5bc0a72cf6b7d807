"""How fast an open library answers, beside Tantivy and bm25s, on a judged collection, in one run.

    python benchmarks/search_speed.py ../shared/corpora/judged/lisa --repeat 3

Each query is asked as a bag of words (any of them, as its text reads) and as its first three longer words, all of
which must occur; ten results each. Dossier is measured with nothing but ranks, and with what the command line
shows: the documents' records and a passage. The peers give back names and scores alone; bm25s cannot require
words. All run in this process, one after the other in each round, so that noise falls on all alike. Prints
milliseconds (median, 95th percentile, largest) and queries a second over all rounds, and the slowest and the
fastest round, which is the noise. Peers that are not installed are left out and named.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ranking_peers import bm25s_search, tantivy_search

from ingest.pipeline import ingest
from ingest.settings import Settings
from searchidx.bag import bag_of_words
from searchidx.evaluate import read_judged_queries
from searchidx.index import update
from searchidx.library import Library
from searchidx.print_query import to_text
from searchidx.results import SearchRequest

Ask = Callable[[str], object]
LIMIT = 10


def few_words(text: str) -> list[str]:
    """The first three words of at least five letters, which no engine takes for stop words."""
    return re.findall(r"[^\W\d_]{5,}", text.lower())[:3]


def ways(folder: Path, library: Library) -> dict[str, dict[str, Ask]]:
    """{kind of query: {engine: how to ask it}}."""

    def dossier(snippets: int, any_word: bool) -> Ask:
        def ask(text: str) -> object:
            query = to_text(bag_of_words(text)) if any_word else " ".join(few_words(text))
            return library.search(SearchRequest(query=query, limit=LIMIT, snippets=snippets))

        return ask

    found: dict[str, dict[str, Ask]] = {
        "any word": {"dossier": dossier(0, True), "dossier, passages": dossier(1, True)},
        "all words": {"dossier": dossier(0, False), "dossier, passages": dossier(1, False)},
    }
    records = [json.loads(line) for line in (folder / "corpus.jsonl").open(encoding="utf-8")]
    for name, make in (("tantivy", tantivy_search), ("bm25s", bm25s_search)):
        try:
            found["any word"][name] = make(records, "en", LIMIT)
        except ImportError:
            print(f"{name} is not installed", file=sys.stderr)
    if "tantivy" in found["any word"]:
        found["all words"]["tantivy"] = required(records)
    return found


def required(records: list[dict[str, str]]) -> Ask:
    """Tantivy with all words required: its query syntax is made by the peer's function, so this asks by itself."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body", tokenizer_name="en_stem")
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    index = tantivy.Index(builder.build())
    writer = index.writer(heap_size=64_000_000, num_threads=1)
    for record in records:
        writer.add_document(tantivy.Document(body=f"{record['title']} {record['text']}", id=record["_id"]))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def ask(text: str) -> object:
        query = index.parse_query(" ".join(f"+{word}" for word in few_words(text)), ["body"])
        return [(searcher.doc(address)["id"][0], score) for score, address in searcher.search(query, LIMIT).hits]

    return ask


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collection", type=Path, help="folder with corpus.jsonl and queries.jsonl")
    parser.add_argument("--repeat", type=int, default=3, help="rounds (default 3)")
    args = parser.parse_args()
    texts = [query.text for query in read_judged_queries(args.collection / "queries.jsonl")]
    with tempfile.TemporaryDirectory() as temporary:
        data_dir = Path(temporary) / "index_data"
        ingest([args.collection / "corpus.jsonl"], data_dir, settings=Settings())
        update(data_dir)
        with Library.open(data_dir) as library:
            asked = ways(args.collection, library)
            times: dict[tuple[str, str], list[list[float]]] = {}
            for _ in range(args.repeat + 1):
                for kind, engines in asked.items():
                    for engine, ask in engines.items():
                        taken = []
                        for text in texts:
                            started = time.perf_counter()
                            ask(text)
                            taken.append((time.perf_counter() - started) * 1000)
                        times.setdefault((kind, engine), []).append(taken)
            documents = library.snapshot.doc_count
    lengths = [len(text.split()) for text in texts]
    print(
        f"{args.collection.name}: {documents:,} documents, {len(texts)} queries of {min(lengths)} to"
        f" {max(lengths)} words, {args.repeat} rounds (a first one not counted)"
    )
    print(f"{'':28} {'p50':>8} {'p95':>8} {'max':>8} ms  {'queries/s':>9}  (slowest to fastest round)")
    for (kind, engine), rounds in times.items():
        every = sorted(value for taken in rounds[1:] for value in taken)
        speeds = [len(taken) / sum(taken) * 1000 for taken in rounds[1:]]
        p50, p95 = every[len(every) // 2], every[int(len(every) * 0.95)]
        speed = len(every) / sum(every) * 1000
        print(
            f"{kind + ', ' + engine:28} {p50:8.2f} {p95:8.2f} {every[-1]:8.2f}     {speed:9.0f}"
            f"  ({min(speeds):.0f} to {max(speeds):.0f})"
        )


if __name__ == "__main__":
    main()
