"""Queries that are made to be slow are answered or refused in bounded time and memory.

How fast the machine is says nothing, so the limit is a minute: what must not happen is that time or memory grow with
the trick.
"""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path

import pytest
from libraries import library, record

from ingest.errors import DossierError
from searchidx.library import Library
from searchidx.time_limit import time_limit

LETTERS = "abcdefghijklmnopqrstuvwxyz"
#: Seconds after which a query is as good as endless: each of them takes a fraction of one where nothing else runs.
ENDLESS = 60

HOSTILE = {
    "stars": "*a*b*c*d*e*f*g*h*i*j*k*l*",
    "three thousand stars": "*" + "a*" * 3000,
    "question marks": "?" * 4000 + "a?",
    "stars and question marks": "*?" * 2000 + "x",
    "a path of stars": "path:" + "*a" * 200 + "*z",
    "a path of pairs": "path:" + "*ab" * 100 + "*c",
    "a path like a regular expression": 'path:"(a|a)*b"',
    "a publisher of stars": "publisher:" + "*p" * 90 + "*x",
    "a long fuzzy word": "a" * 7000 + "~2",
    "a long word": "x" * 8000,
    "a word that grows when it is folded": "ﷺ" * 2000,
    "accents": "a" + "\u0301" * 7000,
    "characters": "人" * 2500,
    "syllables": "각" * 2500,
    "nothing to see": "\u200d" * 7000,
    "directions": "\u202e" * 4000,
    "signs": "\\" * 7000,
    "brackets": "(" * 49 + "kiln" + ")" * 49,
    "a thousand alternatives": " OR ".join(f"a{number}" for number in range(800)),
    "a distance": '"kiln debt bond kiln"~1000',
    "the same words far apart": '"' + "a " * 20 + '"~1000',
}
REFUSED = {
    "too many brackets": ("(" * 60 + "kiln" + ")" * 60, "nested deeper than 50"),
    "ten thousand alternatives": (" OR ".join(f"a{n}" for n in range(10_000)), "characters"),
    "too many words": ("a " * 1200, "more than 1,000 words"),
    "too many words in quotes": ('"' + "a " * 1200 + '"', "more than 1,000 words"),
    "too many words in many quotes": ('"a a" ' * 600, "more than 1,000 words"),
    "too many expansions": ("?*", "stands for more than 10,000 different words"),
    "too great a distance": ('"a b"~1001', "more than the largest distance"),
    "too many edits": ("kiln~9", "no number of changed letters"),
}  # fmt: skip


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Library:
    place: Path = tmp_path_factory.mktemp("library") / "index_data"
    chance = random.Random(1)
    words = ["".join(chance.choices(LETTERS, k=chance.randint(3, 9))) for _ in range(12_000)]
    documents = {
        f"folder/{'a' * 40}/{'b' * 30}/{number}-{'ab' * 20}.txt": record(
            " ".join(words[number * 400 : number * 400 + 400]), title=words[number], publisher="p" * 200
        )
        for number in range(30)
    }
    documents |= {"same.txt": record("a " * 5000), "long.txt": record("kiln debt bond " * 2000)}
    library(place, documents)
    return Library.open(place)


@pytest.mark.parametrize("query", HOSTILE.values(), ids=HOSTILE)
def test_it_is_answered_in_time(opened: Library, query: str) -> None:
    with time_limit(ENDLESS):
        result = opened.search(query, snippets=1)
    assert 0 <= result.total <= 32


@pytest.mark.parametrize(
    "name", ["a distance", "the same words far apart", "a long fuzzy word", "a path of stars"]
)
def test_it_is_answered_in_little_memory(opened: Library, name: str) -> None:
    tracemalloc.start()
    try:
        with time_limit(ENDLESS):
            opened.search(HOSTILE[name], snippets=1)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 100 * 2**20


@pytest.mark.parametrize(("query", "why"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_with_its_reason(opened: Library, query: str, why: str) -> None:
    with time_limit(ENDLESS), pytest.raises(DossierError, match=why) as refused:
        opened.search(query)
    assert len(str(refused.value)) < 400
