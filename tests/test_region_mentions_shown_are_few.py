"""Of the regions that a text names, those are shown that it may be about; a search for mentions finds all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from dossier_command import dossier
from hypothesis import given
from hypothesis import strategies as st
from libraries import library, record

from ingest.document import Claim, Source
from ingest.mentions import mentions, strong
from ingest.regions import get

#: Ten pages: Nepal on all, India on four, Peru and Chad on two, Fiji and Mali on one.
PAGES = ["Nepal, India and Peru.", "Nepal, India, Peru.", "Nepal, India, Chad.", "Nepal, India, Chad.",
         "Nepal, Fiji.", "Nepal, Mali.", "Nepal.", "Nepal.", "Nepal.", "Nepal."]  # fmt: skip


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    found = [Claim("region", get(key).name, Source.DETECTED, on) for key, on in mentions(PAGES, "en").items()]
    text = record(*PAGES, title="Kilns")
    library(tmp_path / "index_data", {"kilns.pdf": replace(text, claims=(*text.claims, *found))})
    return tmp_path / "index_data"


def test_the_first_three_and_those_on_a_quarter_of_the_pages() -> None:
    assert strong(mentions(PAGES, "en"), len(PAGES)) == ["nepal", "india", "chad"]
    often = {"nepal": 9, "india": 8, "peru": 7, "chad": 5, "fiji": 4}
    assert strong(often, 20) == ["nepal", "india", "peru", "chad"]


def test_one_page_is_enough_in_a_short_document_only() -> None:
    once = {"nepal": 1, "india": 1, "peru": 1, "chad": 1}
    assert strong(once, 3) == ["nepal", "india", "peru", "chad"]
    assert strong(once, 4) == ["nepal", "india", "peru"]


def test_few_are_shown_and_all_are_found(data: Path) -> None:
    shown = json.loads(dossier("show", "kilns.pdf", "--format", "json").out)
    assert shown["region_mentions"] == ["Nepal", "India", "Chad"]
    assert "mentions  Nepal, India, Chad\n" in dossier("show", "kilns.pdf").out
    for region in ("Nepal", "Peru", "Fiji", "oceania"):
        assert dossier("search", "--files", "--region-mentions", region).out == "kilns.pdf\n"
    assert dossier("search", "--files", "--region", "Nepal").out == ""


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 30)), st.integers(1, 40))
def test_what_is_shown_is_named_and_nothing_named_more_is_left_out(pages: dict[str, int], count: int) -> None:
    ordered = dict(sorted(pages.items(), key=lambda item: -item[1]))
    shown = strong(ordered, count)
    assert shown == list(ordered)[: len(shown)]
    assert len(shown) >= min(3, len(ordered))
