"""A search finds what means the same as what was typed, below what says it as typed, and only where one would
want it: not in phrases, not for `=word`, not under a negation, not with --no-synonyms."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import run
from libraries import library, record

from searchidx.datafile import data_path
from searchidx.library import Library
from searchidx.results import SearchRequest

FILLER = ["committee", "annual", "north", "table", "village", "volume", "figure", "autumn", "yellow", "river"]
GROUPS = [
    [phrase.strip() for phrase in line.split("=")]
    for line in data_path("synonyms.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]


def found(opened: Library, query: str, **more: bool) -> list[str]:
    """The names of the documents found, best first."""
    return [hit.path.rpartition("/")[2] for hit in opened.search(SearchRequest(query=query, limit=None, **more))]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group[0])
def test_what_was_typed_is_never_below_a_synonym(group: list[str], tmp_path: Path) -> None:
    """One document for each phrase of the group, all in the same text and of the same length."""
    chance = random.Random(group[0])
    phrases = [phrase.removesuffix("!") for phrase in group]
    filler = chance.choices(FILLER, k=chance.randint(40, 200))
    place = chance.randint(5, len(filler) - 20)
    documents = {}
    for number, phrase in enumerate(phrases):
        length = len(phrase.replace("-", " ").replace("/", " ").split())
        words = [*filler[:place], phrase, *filler[place : len(filler) - length]]
        documents[f"{number}.pdf"] = record(" ".join(words), title="Same", language="en")
    documents |= {f"other{n}.pdf": record(" ".join(filler), language="en") for n in range(3)}
    library(tmp_path / "index_data", documents)
    with Library.open(tmp_path / "index_data") as opened:
        for number, phrase in enumerate(phrases):
            result = opened.search(phrase, limit=None)
            places = {hit.path.rpartition("/")[2]: hit for hit in result}
            typed = set(found(opened, phrase, synonyms=False))
            assert f"{number}.pdf" in typed
            looked_for = {n for n, other in enumerate(group) if n == number or not other.endswith("!")}
            assert set(places) == {f"{n}.pdf" for n in looked_for} | typed
            own = places[f"{number}.pdf"]
            for name, hit in places.items():
                assert hit.score <= own.score
                assert name in typed or hit.score < own.score


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library in which every document says the same in another way."""
    data_dir = tmp_path_factory.mktemp("synonyms") / "index_data"
    texts = {
        "human.pdf": "a report on human trafficking",
        "persons.pdf": "a report on trafficking in persons",
        "beings.pdf": "a report on trafficking in human beings",
        "thb.pdf": "a report on THB in the region",
        "apart.pdf": "persons who deny that there was trafficking",
        "tip.pdf": "a tip for readers",
        "bonded.pdf": "bonded labour in fields",
        "debt.pdf": "debt bondage in kilns",
    }
    library(data_dir, {path: record(text, language="en") for path, text in texts.items()})
    with Library.open(data_dir) as found_:
        yield found_


def test_an_abbreviation_finds_what_is_spelled_out(opened: Library) -> None:
    assert found(opened, "THB")[0] == "thb.pdf"
    assert set(found(opened, "THB")) == {"human.pdf", "persons.pdf", "beings.pdf", "thb.pdf"}
    assert set(found(opened, "thb region")) == {"thb.pdf"}


def test_a_synonym_of_several_words_is_found_as_a_phrase_alone(opened: Library) -> None:
    assert "apart.pdf" not in found(opened, "human trafficking")
    assert "persons.pdf" in found(opened, "human trafficking")


def test_a_word_in_capitals_is_not_the_word_in_small_letters(opened: Library) -> None:
    assert set(found(opened, "tip")) == {"tip.pdf"}
    assert {"persons.pdf", "thb.pdf"} < set(found(opened, "TIP"))
    assert "tip.pdf" not in found(opened, "human trafficking")


@pytest.mark.parametrize(
    ("query", "documents"),
    [
        ('"human trafficking"', {"human.pdf"}),
        ('"thb"', {"thb.pdf"}),
        ("=THB", {"thb.pdf"}),
        ("=human =trafficking", {"human.pdf", "beings.pdf"}),
        ("report -THB", {"human.pdf", "persons.pdf", "beings.pdf"}),
        ("report NOT (human trafficking)", {"persons.pdf", "thb.pdf"}),
        ("title:(human trafficking)", set()),
        ("thb*", {"thb.pdf"}),
    ],
)
def test_what_is_not_widened(opened: Library, query: str, documents: set[str]) -> None:
    assert set(found(opened, query)) == documents


def test_it_can_be_switched_off(opened: Library) -> None:
    assert found(opened, "THB", synonyms=False) == ["thb.pdf"]
    assert set(found(opened, "human trafficking", synonyms=False)) == {"human.pdf", "beings.pdf"}


def test_any_word_widens_the_same_stretches(opened: Library) -> None:
    assert {"debt.pdf", "bonded.pdf"} == set(found(opened, "debt bondage", any_word=True))


def test_the_command_line_switches_it_off(opened: Library, capsys: pytest.CaptureFixture[str]) -> None:
    data_dir = opened.catalogue.data_dir
    for arguments, count in (((), 4), (("--no-synonyms",), 1)):
        out = run(capsys, data_dir, "search", "THB", "--format", "json", *arguments).out
        assert json.loads(out)["total"] == count


def test_a_list_in_the_data_folder_replaces_the_packaged_one(tmp_path: Path) -> None:
    documents = {"a.pdf": record("kamaiya"), "b.pdf": record("kamlari"), "c.pdf": record("human trafficking")}
    library(tmp_path / "index_data", documents)
    (tmp_path / "index_data" / "synonyms.txt").write_text("kamaiya = kamlari\n", encoding="utf-8")
    with Library.open(tmp_path / "index_data") as opened:
        assert found(opened, "kamaiya") == ["a.pdf", "b.pdf"]
        assert found(opened, "THB") == []


def test_a_mistake_in_it_is_named_with_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library(tmp_path / "index_data", {"a.pdf": record("kamaiya")})
    own = tmp_path / "index_data" / "synonyms.txt"
    own.write_text("# ours\nkamaiya = kamlari\nalone\n", encoding="utf-8")
    failed = run(capsys, tmp_path / "index_data", "search", "kamaiya")
    assert failed.status == 2
    assert f"{own}, line 3: a group needs at least two phrases" in failed.err
    assert run(capsys, tmp_path / "index_data", "search", "kamaiya", "--no-synonyms").status == 0
