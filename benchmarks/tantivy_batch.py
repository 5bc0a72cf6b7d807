"""A list of questions answered by Tantivy, written as CSV with snippets: the peer of `benchmarks/batch.py`.

    python benchmarks/tantivy_batch.py INDEX QUESTIONS.jsonl FOUND.csv

One process. A row for each hit: the question's number and text, rank, score, id, title, snippet, exact total.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

from engines import LIMIT, SNIPPET_CHARACTERS, TantivyTotal


def main() -> None:
    """Answer and write."""
    index, questions, found = map(Path, sys.argv[1:])
    engine = TantivyTotal(index)
    engine.open()
    generators = engine.tantivy.SnippetGenerator
    with questions.open(encoding="utf-8") as lines, found.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(("query_id", "query", "rank", "score", "id", "title", "snippet", "total"))
        for number, question in enumerate(map(json.loads, lines), 1):
            query = engine.query(question)
            answer = engine.searcher.search(query, LIMIT, count=True)
            generator = generators.create(engine.searcher, query, engine.index.schema, "body")
            generator.set_max_num_chars(SNIPPET_CHARACTERS)
            addresses = [address for _, address in answer.hits]
            numbers = engine.searcher.fast_field_values("number", addresses) if addresses else []
            asked = json.dumps(question)
            for rank, ((score, address), at) in enumerate(zip(answer.hits, numbers, strict=True), 1):
                document = engine.searcher.doc(address)
                title = document["body"][0].partition("\n")[0]
                snippet = generator.snippet_from_doc(document).fragment()
                rows.writerow((number, asked, rank, f"{score:.4f}", engine.ids[at], title, snippet, answer.count))
            if not answer.hits:
                rows.writerow((number, asked, "", "", "", "", "", 0))


if __name__ == "__main__":
    main()
