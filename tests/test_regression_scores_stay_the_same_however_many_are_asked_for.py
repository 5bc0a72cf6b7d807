"""The best ten are the first ten of all, also where a search passes over what cannot be among them.

In a library of more documents than the kernel looks at in one go, what was counted of documents that were passed over
was once added to the scores of others.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from libraries import put, record

from searchidx.index import update
from searchidx.kernel import SETTING
from searchidx.library import Library
from searchidx.results import SearchRequest

WINDOW = 4_096
DOCUMENTS = 2 * WINDOW + 1_500
QUERIES = [
    "debt OR kiln",
    "debt OR kiln OR bond OR child",
    "debt (kiln OR bond)",
    "debt kiln",
    '"debt kiln" OR bond',
    '"debt bond"~4 OR kiln OR -child',
    '"debt bond"~4 OR kiln OR "bond kiln"~6 tag:A',
    "debt -kiln tag:A",
    "b* OR rare",
    "rare OR debt OR title:kiln",
    "debt OR kiln OR bond OR child OR rare OR human",
]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with words that are everywhere, and others that are rare in the second of three windows."""
    rng = random.Random(11)
    folder = tmp_path_factory.mktemp("library")
    words = ["debt", "debts", "kiln", "kilns", "bond", "bonded", "child", "children", "human", "of", "the"]
    documents = {}
    for number in range(DOCUMENTS):
        often = 0.02 if WINDOW <= number < 2 * WINDOW else 0.2
        likely = words if rng.random() < often else ["debt", "debts", "of"]
        text = " ".join(rng.choices(likely, k=rng.randint(1, 9))) + (" rare" if rng.random() < 0.002 else "")
        tags = ["A"] if number % 7 == 0 else []
        documents[f"{number}.pdf"] = record(text, title=rng.choice([*words, "Untitled"]), tags=tags)
    put(folder, documents)
    update(folder)
    return folder


@pytest.mark.parametrize("query", QUERIES)
def test_the_best_ten_are_the_first_of_all(data_dir: Path, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library.open(data_dir) as library:
        total, best = library.rank(SearchRequest(query=query, limit=10))
        everything = library.rank(SearchRequest(query=query, limit=None))
    assert total > 10
    assert (total, best) == (everything[0], everything[1][:10])
    monkeypatch.setenv(SETTING, "python")
    with Library.open(data_dir) as library:
        assert library.rank(SearchRequest(query=query, limit=None)) == everything
