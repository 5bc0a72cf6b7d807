"""One peer engine over one judged collection: a TREC run on standard output.

Called by `benchmarks/ranking.py`, once for each peer, with a Python that has it. Needs nothing of Dossier. Each
peer has the settings that do it most good over the judged collections here (tried by hand: BM25 variants, k1, b,
title boost): bm25s with the BM25+ variant, k1 1.5, b 0.75, Snowball and stop words; Tantivy with its stemmers and
the title boosted as much as the text; Xapian with BM25, k1 1.2, b 0.75, all words stemmed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

LANGUAGES = {"en": "english", "fr": "french", "es": "spanish", "ru": "russian", "ar": "arabic", "zh": "chinese"}
Search = Callable[[str], list[tuple[str, float]]]
Records = list[dict[str, str]]


def spaced(text: str) -> str:
    """Chinese characters with spaces between pairs of them, since no peer splits Chinese by itself."""

    def pairs(match: re.Match[str]) -> str:
        run = match[0]
        return " " + " ".join(run[at : at + 2] for at in range(max(1, len(run) - 1))) + " "

    return re.sub("[\u4e00-\u9fff]+", pairs, text)


def bm25s_search(records: Records, language: str, depth: int) -> Search:
    """bm25s with PyStemmer."""
    import bm25s
    import Stemmer

    name = LANGUAGES[language]
    stemmer = Stemmer.Stemmer(name) if name in Stemmer.algorithms() else None
    stop = language if language in ("en", "fr", "es", "ru") else []

    def tokens(texts: list[str]) -> object:
        return bm25s.tokenize(texts, stopwords=stop, stemmer=stemmer, show_progress=False)

    engine = bm25s.BM25(method="bm25+", k1=1.5, b=0.75)
    engine.index(tokens([f"{record['title']} {record['text']}" for record in records]), show_progress=False)

    def search(query: str) -> list[tuple[str, float]]:
        found, scores = engine.retrieve(tokens([query]), k=min(depth, len(records)), show_progress=False)
        return [
            (records[at]["_id"], float(score)) for at, score in zip(found[0], scores[0], strict=True) if score > 0
        ]

    return search


def tantivy_search(records: Records, language: str, depth: int) -> Search:
    """Tantivy through its Python package."""
    import tantivy

    name = LANGUAGES[language]
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("title", tokenizer_name="words")
    builder.add_text_field("text", tokenizer_name="words")
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    index = tantivy.Index(builder.build())
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
    if name != "chinese":
        analyzer = analyzer.filter(tantivy.Filter.stemmer(name))
    index.register_tokenizer("words", analyzer.build())
    writer = index.writer(heap_size=64_000_000, num_threads=1)
    for record in records:
        writer.add_document(tantivy.Document(title=record["title"], text=record["text"], id=record["_id"]))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(query: str) -> list[tuple[str, float]]:
        words = " ".join(re.findall(r"\w+", query.lower()))
        hits = searcher.search(index.parse_query(words, ["title", "text"]), depth).hits
        return [(searcher.doc(address)["id"][0], score) for score, address in hits]

    return search


def xapian_search(records: Records, language: str, depth: int) -> Search:
    """Xapian through its Python bindings (Debian: python3-xapian)."""
    import xapian

    name = LANGUAGES[language]
    stem = xapian.Stem(name if name != "chinese" else "none")
    database = xapian.WritableDatabase("", xapian.DB_BACKEND_INMEMORY)
    generator = xapian.TermGenerator()
    generator.set_stemmer(stem)
    for record in records:
        document = xapian.Document()
        generator.set_document(document)
        generator.index_text(record["title"])
        generator.increase_termpos()
        generator.index_text(record["text"])
        document.set_data(record["_id"])
        database.add_document(document)

    def search(query: str) -> list[tuple[str, float]]:
        parser = xapian.QueryParser()
        parser.set_stemmer(stem)
        parser.set_stemming_strategy(xapian.QueryParser.STEM_SOME)
        parser.set_default_op(xapian.Query.OP_OR)
        enquire = xapian.Enquire(database)
        enquire.set_weighting_scheme(xapian.BM25Weight(1.2, 0, 1, 0.75, 0))
        enquire.set_query(parser.parse_query(" ".join(re.findall(r"\w+", query.lower()))))
        return [(match.document.get_data().decode(), match.weight) for match in enquire.get_mset(0, depth)]

    return search


PEERS = {"bm25s": bm25s_search, "tantivy": tantivy_search, "xapian": xapian_search}


def main() -> None:
    """Read a collection, answer its queries, print the run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("collection", type=Path, help="folder with corpus.jsonl and queries.jsonl")
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.add_argument("--depth", type=int, default=1000)
    args = parser.parse_args()
    records: Records = [json.loads(line) for line in (args.collection / "corpus.jsonl").open(encoding="utf-8")]
    queries = [json.loads(line) for line in (args.collection / "queries.jsonl").open(encoding="utf-8")]
    if args.language == "zh":
        records = [
            record | {"title": spaced(record["title"]), "text": spaced(record["text"])} for record in records
        ]
    search = PEERS[args.peer](records, args.language, args.depth)
    for query in queries:
        text = spaced(query["text"]) if args.language == "zh" else query["text"]
        for rank, (name, score) in enumerate(search(text), 1):
            sys.stdout.write(f"{query['_id']} Q0 {name} {rank} {score:.6f} {args.peer}\n")


if __name__ == "__main__":
    main()
