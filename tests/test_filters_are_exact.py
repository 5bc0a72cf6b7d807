"""Filters select exactly: nothing is dropped, split, widened or silently empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from libraries import library, record

from searchidx.library import Library
from searchidx.results import SearchRequest

DOCUMENTS = {
    "reports/asia one.pdf": record(
        "kiln",
        title="1",
        regions=["Bangladesh"],
        tags=["Sex, Labour & Organ Trafficking"],
        published="2010",
        language="en",
    ),
    "reports/asia two.html": record(
        "kiln",
        title="2",
        regions=["Asia"],
        tags=["Labour"],
        published="2015-06",
        media_type="text/html",
        publisher="ILO Office",
    ),
    "reports/east.pdf": record(
        "kiln", title="3", regions=["Middle East"], tags=["sex"], published="2020", language="fr"
    ),
    "reports/nowhere.pdf": record("kiln", title="4", publisher="Ilo  Office, Geneva"),
    "other/border.pdf": record("border east middle", title="5", regions=["Europe"], published="2024"),
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    data_dir: Path = tmp_path_factory.mktemp("library") / "index_data"
    library(data_dir, DOCUMENTS)
    with Library.open(data_dir) as found:
        yield found


def _titles(library: Library, query: str, **filters: object) -> str:
    return "".join(sorted(hit.title for hit in library.search(query, limit=None, **filters)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        # the case of letters and the number of blanks do not matter
        ("region:asia", "123"), ("region:ASIA", "123"), ("region:Bangladesh", "1"), ("region:bd", "1"),
        ('region:"Middle East"', "3"), ('region:"middle  east"', "3"), ("region:=asia", "2"),
        # "Middle East" without quotes is not the region Middle plus a word
        ("region:europe", "5"), ("-region:*", "4"), ("region:*", "1235"),
        # a tag with a comma is one tag
        ('tag:"sex, labour & organ trafficking"', "1"), ("tag:sex", "3"), ("tag:labour", "2"), ("tag:organ", ""),
        ("-tag:*", "45"), ("tag:*", "123"),
        # years: closed, open, single, none
        ("year:..2015", "12"), ("year:2015..", "235"), ("year:2015", "2"), ("year:2011..2014", ""),
        ("year:2010..2024", "1235"), ("year:..2009", ""), ("-year:2010..2024", "4"),
        ("lang:EN", "1"), ("type:html", "2"), ("type:PDF", "1345"),
        ('publisher:"ilo office"', "2"), ("publisher:ilo*", "24"), ("publisher:ilo", ""),
        ("path:asia", "12"), ("path:reports/*.pdf", "134"), ("path:REPORTS", "1234"), ("path:.pdf", "1345"),
        ("kiln -region:asia", "4"), ("kiln region:asia -tag:labour", "13"), ("border region:asia", ""),
        ("region:asia OR region:europe", "1235"), ("(tag:sex OR tag:labour) -year:2015", "3"),
    ],
)  # fmt: skip
def test_a_filter_in_the_query(opened: Library, query: str, titles: str) -> None:
    assert _titles(opened, query) == titles


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({"region": "asia"}, "123"), ({"region": "=asia"}, "2"), ({"region": ("bangladesh", "europe")}, "15"),
        ({"tag": "Sex, Labour & Organ Trafficking"}, "1"), ({"tag": ("sex", "labour")}, "23"),
        ({"year": 2015}, "2"), ({"year": (2011, None)}, "235"), ({"year": (None, 2015)}, "12"),
        ({"lang": "fr"}, "3"), ({"type": "html"}, "2"), ({"region": "asia", "year": (2015, None)}, "23"),
        ({"region": "asia", "tag": "nothing"}, ""), ({"year": (2020, 2015)}, ""),
        ({"year": (None, None)}, "12345"),
    ],
)  # fmt: skip
def test_a_filter_beside_the_query(opened: Library, filters: dict[str, object], titles: str) -> None:
    assert _titles(opened, "", **filters) == titles


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest", "title"])
@pytest.mark.parametrize("limit", [1, 2, None])
def test_a_filter_holds_for_every_order_and_limit(opened: Library, sort: str, limit: int | None) -> None:
    result = opened.search("kiln OR border", region="asia", sort=sort, limit=limit)
    assert result.total == 3
    assert {hit.title for hit in result} <= {"1", "2", "3"}


def test_a_filter_applies_to_every_alternative(opened: Library) -> None:
    assert _titles(opened, "kiln OR border", region="europe") == "5"
    assert _titles(opened, "kiln border", any_word=True, region="europe") == "5"
    assert _titles(opened, "-kiln", region="asia") == ""


def test_filters_add_nothing_to_the_score(opened: Library) -> None:
    plain = {hit.id: hit.score for hit in opened.search("kiln", limit=None)}
    filtered = {hit.id: hit.score for hit in opened.search("kiln region:asia year:2000..2030", tag="labour")}
    assert filtered
    assert all(plain[id_] == pytest.approx(score) for id_, score in filtered.items())


def test_a_value_that_looks_like_syntax_is_a_value(opened: Library) -> None:
    for value in ('"', "(", "a OR b", "x:y", "*", "-", "=", "", " "):
        assert opened.search(SearchRequest("kiln", tags=(value,))).total in (0, 3)
