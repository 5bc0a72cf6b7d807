"""Words broken at a line's end are found whole, and compounds keep their hyphen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pagetext import clean_pages


def clean(text: str) -> str:
    return " ".join(clean_pages([text])[0].split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Said elsewhere in the document, joined or hyphenated: that decides.
        ("climate policy\nand the cli-\nmate", "climate policy and the climate"),
        ("a supply-chain law\nfor every supply-\nchain", "a supply-chain law for every supply-chain"),
        (
            "co-operation, co-operation, cooperation\nco-\noperation",
            "co-operation, co-operation, cooperation co-operation",
        ),
        ("SUPPLY-CHAIN\nthe supply-\nchain", "SUPPLY-CHAIN the supply-chain"),
        # Said nowhere else.
        ("against traf-\nficking.", "against trafficking."),
        ("the anti-\ntrafficking law", "the anti-trafficking law"),
        ("during COVID-\n19 and later", "during COVID-19 and later"),
        ("in 2015-\n2020 it fell", "in 2015-2020 it fell"),
        ("the Asia-\nPacific region", "the Asia-Pacific region"),
        ("THE TRAF-\nFICKING", "THE TRAFFICKING"),
        ("an ILO-\nsponsored study", "an ILO-sponsored study"),
        ("a gender-\nbased policy", "a gender-based policy"),
        ("out-of-\nschool children", "out-of-school children"),
        ("with a without with out\nwith-\nout", "with a without with out without"),
        ("the chain of debt and\na debt-\nchain", "the chain of debt and a debt-chain"),
        ("see www.example.org/forced-\nlabour today", "see www.example.org/forced-labour today"),
        # PDFium's marks, soft hyphens, and the other hyphen.
        ("traf\ufffeficking", "trafficking"),
        ("the Secretary\ufffeGeneral", "the Secretary-General"),
        ("traf\x02ficking", "trafficking"),
        ("traf\u00ad\nficking", "trafficking"),
        ("traf\u00adficking", "trafficking"),
        ("traf\u2010\nficking", "trafficking"),
        ("pages 12\u00ad15", "pages 12-15"),
        # What clings to the word comes along; a dash is no hyphen.
        ("of persons (traf-\nficking), and", "of persons (trafficking), and"),
        ("the law -\nand its effect", "the law - and its effect"),
        ("migrants’ rela-\ntives’ names", "migrants’ relatives’ names"),
        # A word over three narrow lines.
        ("insti-\ntution-\nalised", "institutionalised"),
        ("противо-\nдействие", "противодействие"),
    ],
)
def test_line_end_hyphens(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_the_whole_document_is_asked() -> None:
    pages = clean_pages(["the harm-\nonised rules", "the kiln-\nfired bricks", "harmonised and kiln-fired"])
    assert [" ".join(page.split()) for page in pages[:2]] == ["the harmonised rules", "the kiln-fired bricks"]


def test_a_word_broken_between_two_pages_is_whole_on_the_first() -> None:
    assert clean_pages(["All about traf-", "ficking, and more"]) == ["All about trafficking,", "and more"]
    assert clean_pages(["All about traf-", "", "ficking"]) == ["All about traf-", "", "ficking"]
    assert clean_pages(["The law -", "and more"]) == ["The law -", "and more"]


@given(st.lists(st.text("ab-\n \u00ad\ufffe.", max_size=40), max_size=2))
def test_no_letter_is_lost_or_moved(pages: list[str]) -> None:
    letters = ["".join(filter(str.isalpha, text)) for text in (*pages, *clean_pages(pages))]
    assert "".join(letters[: len(pages)]) == "".join(letters[len(pages) :])
