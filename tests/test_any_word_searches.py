"""With --any one of the words is enough: what has more and rarer of them comes first, the parts of compounds count
as words, and required words, exclusions and filters still hold."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from command_line import run
from hypothesis import given, settings
from hypothesis import strategies as st
from libraries import library, record

from searchidx.library import Library
from searchidx.results import SearchRequest

TEXTS = {
    "one.pdf": "kiln report",
    "two.pdf": "kiln bondage report",
    "three.pdf": "kiln bondage orchard report",
    "rare.pdf": "orchard report",
    "supply.pdf": "supply of goods, report",
    "chain.pdf": "chain of command, report",
    "both.pdf": "supply-chain report",
    "chinese.pdf": "打击人口贩运的法律",
    **{f"kiln{n}.pdf": "kiln report" for n in range(5)},
}
WORDS = ["kiln", "bondage", "orchard", "supply", "chain", "goods", "absent"]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The texts above; those with an orchard are from Asia."""
    data_dir = tmp_path_factory.mktemp("any") / "index_data"
    documents = {
        path: record(text, language="en", regions=["Nepal"] if "orchard" in text else [])
        for path, text in TEXTS.items()
    }
    library(data_dir, documents)
    with Library.open(data_dir) as found_:
        yield found_


def found(opened: Library, query: str, **more: str) -> list[str]:
    result = opened.search(query, any_word=True, limit=None, **more)  # type: ignore[arg-type]
    return [hit.path.rpartition("/")[2] for hit in result]


@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_one_of_the_words_is_enough_and_none_is_not(opened: Library, words: list[str]) -> None:
    expected = {
        path for path, text in TEXTS.items() if set(words) & set(text.replace(",", " ").replace("-", " ").split())
    }
    assert set(found(opened, " ".join(words))) == expected


@given(words=st.lists(st.sampled_from(WORDS), min_size=2, max_size=5, unique=True))
@settings(max_examples=60, deadline=None)
def test_all_words_find_a_part_of_what_any_word_finds(opened: Library, words: list[str]) -> None:
    request = SearchRequest(query=" ".join(words), limit=None)
    assert {hit.path.rpartition("/")[2] for hit in opened.search(request)} <= set(found(opened, " ".join(words)))


def test_more_of_the_words_come_first_and_of_equals_the_rarer(opened: Library) -> None:
    assert found(opened, "kiln bondage orchard")[:3] == ["three.pdf", "two.pdf", "rare.pdf"]


def test_the_parts_of_a_compound_are_words(opened: Library) -> None:
    assert found(opened, "supply-chain")[0] == "both.pdf"
    assert set(found(opened, "supply-chain")) == {"both.pdf", "supply.pdf", "chain.pdf"}
    assert opened.search("supply-chain").total == 1


def test_a_text_without_spaces_is_found_by_any_of_its_words(opened: Library) -> None:
    assert found(opened, "人口贩运问题") == ["chinese.pdf"]
    assert opened.search("人口贩运问题").total == 0


@pytest.mark.parametrize(
    ("query", "documents"),
    [
        ("+orchard kiln", {"three.pdf"}),
        ("orchard bondage -kiln", {"rare.pdf"}),
        ("kiln bondage region:asia", {"three.pdf"}),
        ('"kiln bondage" goods', {"two.pdf", "three.pdf", "supply.pdf"}),
        ("bond* goods", {"two.pdf", "three.pdf", "supply.pdf"}),
        ("", set(TEXTS)),
    ],
)
def test_what_is_required_or_excluded_holds_all_the_same(opened: Library, query: str, documents: set[str]) -> None:
    assert set(found(opened, query)) == documents


def test_a_filter_given_as_an_option_holds_all_the_same(opened: Library) -> None:
    assert set(found(opened, "kiln bondage", region="asia")) == {"three.pdf"}


def test_the_command_line_shows_how_it_was_read(opened: Library, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, opened.catalogue.data_dir, "search", "--any", "kiln", "orchard", "--format", "json").out
    assert json.loads(out)["interpreted"] == "kiln OR orchard"
