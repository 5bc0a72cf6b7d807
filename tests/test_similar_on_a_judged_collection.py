"""Documents that judges found relevant to one question are near each other, far more than chance."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from libraries import library, record

from searchidx.library import Library
from searchidx.results import SearchRequest
from searchidx.similar import similar

DOCUMENTS = 500
SEEDS = 40


@pytest.mark.slow
def test_relevant_documents_are_similar(corpora: Path, tmp_path: Path) -> None:
    folder = corpora / "judged" / "cranfield"
    if not folder.is_dir():
        pytest.skip("the Cranfield collection is not on this machine")
    with (folder / "corpus.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for _, line in zip(range(DOCUMENTS), lines, strict=False)]
    documents = {row["_id"]: record(row["text"], title=row["title"], language="en") for row in rows if row["text"]}
    ids = library(tmp_path / "data", documents)
    relevant: dict[str, set[str]] = {}
    with (folder / "qrels.tsv").open(encoding="utf-8", newline="") as judgements:
        for row in csv.DictReader(judgements, delimiter="\t"):
            if int(row["score"]) > 0 and row["corpus-id"] in ids:
                relevant.setdefault(row["query-id"], set()).add(ids[row["corpus-id"]])
    near: dict[str, set[str]] = {}
    for group in relevant.values():
        for id_ in group:
            near.setdefault(id_, set()).update(group - {id_})
    seeds = sorted(id_ for id_, others in near.items() if len(others) >= 5)[:SEEDS]
    assert len(seeds) == SEEDS
    with Library.open(tmp_path / "data") as opened:
        found = [
            hit.id in near[seed]
            for seed in seeds
            if (document := opened.document(seed)) is not None
            for hit in similar(opened, document, SearchRequest(limit=5, snippets=0))
        ]
    chance = sum(len(near[seed]) for seed in seeds) / len(seeds) / (len(ids) - 1)
    precision = sum(found) / len(found)
    assert len(found) == 5 * SEEDS
    assert precision > 0.3
    assert precision > 10 * chance
