"""The passage shown answers the question where the document does: whole sentences, headings set apart or left out,
no table of contents and no list of sources where a sentence says it too."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from libraries import library, record

from ingest.pipeline import ingest
from ingest.settings import Settings
from searchidx.index import update
from searchidx.library import Library
from searchidx.passage import SEPARATOR
from searchidx.results import Hit

FILLER = "Nothing of this has to do with the question that was asked. " * 10


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The sample library, indexed."""
    data_dir = tmp_path_factory.mktemp("sample") / "index_data"
    ingest([ROOT / "corpus"], data_dir, settings=Settings())
    update(data_dir)
    with Library.open(data_dir) as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "path", "answer"),
    [
        ("peshgi", "brick kilns.pdf", "In Pakistan the advance is called peshgi"),
        ("kafala", "kafala-gulf.html", "Kafala is the Arabic word for sponsorship."),
        ("NRM", "victim-identification-and-nrm.pdf", "The term national referral mechanism comes from the OSCE."),
        ("CSEC", "online-child-sexual-exploitation.html", "for the commercial sexual exploitation of children"),
        ("THB", "osce-action-plan-2003.pdf", "OSCE papers write THB for trafficking in human beings."),
        ("49.6 million", "global-estimates-2021.pdf", "49.6 million people were living in modern slavery"),
        ("fishing vessels", "fishing at sea.pdf", "A fishing vessel can stay on the high seas"),
        ("grooming", "online-child-sexual-exploitation.html", "Building a relationship with a child"),
        (
            "non-punishment principle",
            "scam-compounds-south-east-asia.pdf",
            "This is the principle of non-punishment.",
        ),
        ("refugees in Libya", "libya-central-mediterranean.html", "Libya is not a party to the 1951 Refugee"),
        ("compensation for victims", "greta-monitoring.html", "Few victims receive compensation."),
        (
            "traite des enfants",
            "travail domestique des enfants.pdf",
            "interdit les pires formes de travail des enfants",
        ),
        ("víctimas de trata", "respuesta a la trata en América Latina.pdf", "«trata de personas» corresponde a"),
        ("2011/36/EU", "victim-identification-and-nrm.pdf", "Directive 2011/36/EU obliges member States"),
        (
            "557",
            "victim-identification-and-nrm.pdf",
            "Decision No. 557 of the Permanent Council of 2003 recommended",
        ),
    ],
)
def test_the_passage_holds_the_answer(sample: Library, query: str, path: str, answer: str) -> None:
    hits = {hit.path.rpartition("/")[2]: hit for hit in sample.search(query)}
    assert answer in hits[path].snippet


def _hit(tmp_path: Path, query: str, *pages: str) -> Hit:
    library(tmp_path / "index_data", {"a.pdf": record(*pages, language="en"), "b.pdf": record(FILLER)})
    with Library.open(tmp_path / "index_data") as opened:
        (hit,) = opened.search(query).hits
    return hit


def test_a_heading_with_a_match_is_set_apart(tmp_path: Path) -> None:
    after = "Kilns are fired with coal from the first week of November until the rains begin, and whole families of kiln workers live beside them."
    hit = _hit(tmp_path, "kiln", f"{FILLER}\n\nWhat a kiln is\n{after}")
    assert hit.snippet == f"What a kiln is{SEPARATOR}{after}"
    (snippet,) = hit.snippets
    assert [snippet.text[start:end] for start, end in snippet.highlights] == ["kiln", "Kilns", "kiln"]


def test_a_heading_without_one_is_left_out(tmp_path: Path) -> None:
    hit = _hit(tmp_path, "kiln", f"{FILLER}\n\nAn introduction\n\nKilns are fired with coal. They are many.")
    assert hit.snippet == "Kilns are fired with coal. They are many."


def test_a_phrase_that_goes_across_is_shown_as_it_stands(tmp_path: Path) -> None:
    hit = _hit(tmp_path, '"kiln work"', f"The kiln\n\nWork is hard there. {FILLER}")
    assert hit.snippet.startswith("The kiln Work is hard there.")
    (snippet,) = hit.snippets
    assert [snippet.text[start:end] for start, end in snippet.highlights] == ["kiln Work"]


def test_the_end_of_another_paragraph_is_left_out(tmp_path: Path) -> None:
    hit = _hit(
        tmp_path, "kiln", f"{FILLER}\n\nThe kilns of the north are many. {'They burn coal. ' * 5}\n\n{FILLER}"
    )
    assert hit.snippet.startswith("The kilns of the north")
    assert hit.snippet.endswith("They burn coal.")


@pytest.mark.parametrize("number", ["No. 557", "No.\n557", "art. 4", "c. 30", "approx. half"])
def test_an_abbreviation_ends_no_sentence(tmp_path: Path, number: str) -> None:
    sentence = f"The kiln was closed by Decision {number} of the Council, which was not published then or later."
    hit = _hit(tmp_path, "kiln", f"{FILLER}{sentence} {FILLER}")
    assert " ".join(sentence.split()) in hit.snippet


@pytest.mark.parametrize(
    "poor",
    [
        "Debt bondage in kilns ........ 12",
        "Sources: Debt bondage, 1998; Kilns, 2001; Bondage in kilns, 2004; Coal, 2005; Ministry of Labour, 2009",
        "Debt bondage in kilns",
    ],
)
def test_a_sentence_is_shown_rather_than_a_list(tmp_path: Path, poor: str) -> None:
    good = "In the kilns of the north the debt is passed on from father to son, which makes it bondage."
    hit = _hit(tmp_path, "debt bondage kiln", poor, f"{FILLER}{good} {FILLER}")
    assert good in hit.snippet
    assert hit.page == 2


def test_a_list_is_shown_where_nothing_else_matches(tmp_path: Path) -> None:
    hit = _hit(tmp_path, "kiln", "Debt bondage in kilns ........ 12", FILLER)
    assert hit.page == 1
    assert "kilns" in hit.snippet


def test_a_document_full_of_matches_is_answered_soon_with_its_best_passage(tmp_path: Path) -> None:
    """50,000 matches on 2,000 pages; the one page with all the words lies near the end."""
    page = "The labour of the village is seen by the committee. " * 25
    pages = [page] * 2000
    pages[1989] = f"{page} Labour in a kiln is rare. {page}"
    library(tmp_path / "index_data", {"a.pdf": record(*pages, language="en")})
    with Library.open(tmp_path / "index_data") as opened:
        opened.search("labour kiln")
        started = time.perf_counter()
        (hit,) = opened.search("labour kiln").hits
        took = time.perf_counter() - started
    assert hit.page == 1990
    assert "Labour in a kiln is rare." in hit.snippet
    assert took < 1.0  # 30 ms on a quiet machine
