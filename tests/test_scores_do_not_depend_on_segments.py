"""The same documents get the same scores and the same order, however they were committed, merged and deleted."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from libraries import put, record

from ingest.document import Extraction
from searchidx.index import update
from searchidx.library import Library

WORDS = ["forced", "labour", "child", "children", "slave", "slavery", "kiln", "border", "the", "debt", "bondage"]
QUERIES = [
    "kiln",
    "forced labour",
    "child OR slavery OR debt",
    '"debt bondage" OR kiln',
    '"labour child"~4',
    "sla*",
    "kiln~1 -border",
    "title:child",
    "tag:policy",
    "",
]


def _documents() -> dict[str, Extraction]:
    rng = random.Random(11)
    return {
        f"{number}.pdf": record(
            *(" ".join(rng.choices(WORDS, k=rng.choice([0, 5, 40, 400]))) for _ in range(rng.randint(0, 3))),
            title=" ".join(rng.choices(WORDS, k=3)),
            tags=rng.sample(["policy", "kiln"], rng.randint(0, 2)),
            language=rng.choice(["en", "fr"]),
        )
        for number in range(36)
    }


def _at_once(data_dir: Path, documents: dict[str, Extraction]) -> None:
    put(data_dir, documents)
    update(data_dir)


def _one_by_one(data_dir: Path, documents: dict[str, Extraction]) -> None:
    for path, extraction in documents.items():
        put(data_dir, {path: extraction})
        update(data_dir)


def _with_detours(data_dir: Path, documents: dict[str, Extraction]) -> None:
    """In pieces and in another order, among documents that are changed or removed later."""
    paths = sorted(documents, reverse=True)
    for start in range(0, len(paths), 9):
        piece = paths[start : start + 9]
        others = {path: record("kiln labour kiln other", title="Other child") for path in piece}
        put(data_dir, others | {f"x{path}": record("slave kiln debt") for path in piece})
        update(data_dir)
        put(data_dir, {path: documents[path] for path in piece}, removed=[f"x{path}" for path in piece[:6]])
        update(data_dir)
    put(data_dir, {}, removed=[f"x{path}" for path in paths])
    update(data_dir)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[tuple[str, float]]]]:
    """For each way of making the index: for each query the (id, score) of every hit, in order."""
    found = {}
    documents = _documents()
    for make in (_at_once, _one_by_one, _with_detours):
        data_dir = tmp_path_factory.mktemp("library") / "index_data"
        make(data_dir, documents)
        with Library.open(data_dir) as library:
            assert (len(library.snapshot.segments) > 1) == (make is not _at_once)
            found[make.__name__] = [
                [(hit.id, hit.score) for hit in library.search(query, limit=None, snippets=0)] for query in QUERIES
            ]
    return found


@pytest.mark.parametrize("way", ["_one_by_one", "_with_detours"])
def test_scores_and_order_are_those_of_one_commit(
    answers: dict[str, list[list[tuple[str, float]]]], way: str
) -> None:
    for query, plain, other in zip(QUERIES, answers["_at_once"], answers[way], strict=True):
        assert plain, query
        assert [id_ for id_, _ in other] == [id_ for id_, _ in plain], query
        assert [score for _, score in other] == pytest.approx([score for _, score in plain], abs=1e-9), query


def test_equal_scores_are_ordered_by_id(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    for commit in range(3):
        put(data_dir, {f"{commit} {n}.pdf": record("kiln border", title="Same") for n in range(20)})
        update(data_dir)
    with Library.open(data_dir) as library:
        ids = [hit.id for hit in library.search("kiln", limit=None)]
        assert len(ids) == 60
        assert ids == sorted(ids)
        for limit in (1, 7, 20, 59):
            assert [hit.id for hit in library.search("kiln", limit=limit)] == ids[:limit]
        assert [hit.id for hit in library.search("", limit=7)] == ids[:7]
