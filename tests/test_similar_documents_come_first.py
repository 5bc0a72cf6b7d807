"""`dossier similar` finds near copies first, then documents about the same, and never the document itself."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from dossier_command import dossier
from libraries import library, record

TOPICS = {
    "kilns": "brick kiln bonded labour advance moulder clay furnace season loan debt",
    "boats": "fishing vessel trawler crew skipper port catch squid sea deck",
    "brides": "marriage bride dowry wedding consent girl husband family betrothal custom",
}
FILLER = "report people work year country law state national case rights pay protect measure group area found"


def text(topic: str, seed: int, words: int = 150) -> str:
    """Prose of a kind: a fifth of the words are the topic's, some in their plural."""
    chance = random.Random(seed)
    pools = [TOPICS[topic].split(), FILLER.split(), ["the", "of", "and", "in"]]
    chosen = [chance.choice(chance.choices(pools, (2, 5, 3))[0]) for _ in range(words)]
    return " ".join(word + "s" * (len(word) > 4 and chance.random() < 0.3) for word in chosen)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten documents on each of three topics, and for each topic a near copy of the first under another title."""
    documents = {}
    for topic in TOPICS:
        for number in range(10):
            documents[f"{topic}{number}.pdf"] = record(
                text(topic, number), text(topic, 100 + number), title=f"Paper {number}", language="en"
            )
        kept = [word for place, word in enumerate(text(topic, 0).split()) if place % 8]
        documents[f"{topic}-copy.pdf"] = record(" ".join(kept), text(topic, 100), title="A title", language="en")
    documents["empty.pdf"] = record("", title="Zzyzx")
    folder = tmp_path_factory.mktemp("library")
    library(folder / "index_data", documents)
    return folder


@pytest.fixture(autouse=True)
def _here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


def similar(*arguments: str) -> list[dict[str, Any]]:
    ran = dossier("similar", *arguments, "--format", "json")
    assert ran.status == 0, ran.err
    hits: list[dict[str, Any]] = json.loads(ran.out)["hits"]
    return hits


@pytest.mark.parametrize("topic", TOPICS)
def test_a_near_copy_is_first_and_the_topic_follows(topic: str) -> None:
    paths = [hit["path"] for hit in similar(f"{topic}0.pdf")]
    assert paths[0] == f"{topic}-copy.pdf"
    assert f"{topic}0.pdf" not in paths
    assert len(paths) == 10
    assert all(path.startswith(topic) for path in paths)
    assert similar(f"{topic}-copy.pdf")[0]["path"] == f"{topic}0.pdf"


def test_filters_and_limit_hold() -> None:
    assert len(similar("kilns0.pdf", "--limit", "3")) == 3
    later = [hit["path"] for hit in similar("kilns0.pdf", "--limit", "3", "--offset", "2")]
    assert later == [hit["path"] for hit in similar("kilns0.pdf")][2:5]
    assert dossier("similar", "kilns0.pdf", "--lang", "fr").status == 1
    assert dossier("similar", "kilns0.pdf", "--any").status == 2


def test_the_words_that_were_asked_are_told() -> None:
    ran = dossier("-v", "similar", "kilns0.pdf", "--format", "json")
    listed = {line.split()[0] for line in ran.err.splitlines()}
    assert len(listed) <= 25
    assert listed & set(TOPICS["kilns"].split())
    assert not listed & {"the", "of", "and", "in"}
    assert not listed & set(TOPICS["boats"].split())
    said = json.loads(ran.out)
    assert said["query"] == json.loads(dossier("show", "kilns0.pdf", "--format", "json").out)["id"]
    for word in listed:
        assert word in said["interpreted"]
    assert dossier("similar", "kilns0.pdf", "--format", "jsonl").err.count("\n") == 1  # the count alone


def test_a_document_that_shares_no_word_is_like_no_other() -> None:
    ran = dossier("similar", "empty.pdf")
    assert ran.status == 1
    assert "nothing to compare" in ran.err


def test_an_unknown_document() -> None:
    ran = dossier("similar", "nowhere.pdf")
    assert ran.status == 1
    assert "nowhere.pdf" in ran.err


def test_in_a_library_of_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    library(tmp_path / "index_data", {"a.pdf": record("debt bondage"), "b.pdf": record("bondage for debts")})
    assert [hit["path"] for hit in similar("a.pdf")] == ["b.pdf"]
