"""Which value a document shows when several sources speak."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import TRUST, Claim, Source
from ingest.language_codes import iso639_1
from ingest.metadata import Fields, iso_date, resolve


def fields(*claims: tuple[str, str, Source], **options: object) -> Fields:
    return resolve([Claim(*claim) for claim in claims], ["corpus/a_report-on-kilns.pdf"], **options)


def test_the_most_trusted_source_wins_and_the_first_of_its_claims() -> None:
    found = fields(
        ("title", "from the PDF", Source.FILE),
        ("title", "first of the page", Source.PAGE),
        ("title", "second of the page", Source.PAGE),
        ("title", "from the listing", Source.LISTING),
    )
    assert found.title == "first of the page"


def test_what_cannot_be_understood_gives_way_to_the_next() -> None:
    found = fields(
        ("published", "n.d.", Source.SIDECAR),
        ("published", "2003-05-21T10:00:00Z", Source.PAGE),
        ("language", "the usual", Source.SIDECAR),
        ("language", "fr-CA", Source.PAGE),
        ("title", "  ", Source.USER),
    )
    assert (found.published, found.language, found.title) == ("2003-05-21", "fr", "a report on kilns")


def test_sets_are_united_and_spellings_of_one_tag_are_one() -> None:
    found = fields(
        ("tag", "forced labour", Source.FILE),
        ("tag", "Traite des êtres humains", Source.PAGE),
        ("tag", "Forced  Labour", Source.SIDECAR),
        ("tag", "traite des etres humains", Source.LISTING),
        ("author", "B", Source.FILE),
        ("author", "A", Source.FILE),
    )
    assert found.tags == ("Forced Labour", "Traite des êtres humains")
    assert found.authors == ("B", "A")


def test_detected_regions_are_mentions_and_never_more() -> None:
    found = fields(
        ("region", "Bangladesh", Source.DETECTED),
        ("region", "INDIA", Source.DETECTED),
        ("region", "asia", Source.FILE),
        ("region", "Narnia", Source.PAGE),
    )
    assert found.regions == ("Narnia", "Asia")
    assert found.region_mentions == ("Bangladesh", "India")


def test_the_language_is_the_one_the_text_is_in_unless_a_person_says_otherwise() -> None:
    template = ("language", "en", Source.PAGE)
    text = ("language", "es", Source.DETECTED)
    assert fields(template, text).language == "es"
    assert fields(template).language == "en"
    assert fields(template, text, ("language", "pt", Source.SIDECAR)).language == "pt"


def test_what_the_user_took_away_stays_away() -> None:
    claims = [("tag", "Debt", Source.PAGE), ("tag", "kilns", Source.PAGE), ("region", "bangladesh", Source.FILE)]
    found = fields(*claims, denied={("tag", "debt"), ("region", "Bangladesh")})
    assert (found.tags, found.regions) == (("kilns",), ())


def test_a_document_without_a_title_is_called_by_its_file_or_by_its_first_words() -> None:
    assert resolve([], ["x/Trafficking_in_persons-2003.pdf"]).title == "Trafficking in persons 2003"
    assert (
        resolve([], ["x/00417.pdf"], opening="Report of the\nworking group").title == "Report of the working group"
    )
    assert resolve([], ["x/report (3).pdf"], opening="Kilns").title == "Kilns"
    assert resolve([], ["x/00417.pdf"]).title == "00417"
    assert resolve([], ["c.jsonl#d17"], opening="").title == "d17"
    assert resolve([], ["no #1 in cotton.pdf"]).title == "no #1 in cotton"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2003", "2003"), ("2003-05", "2003-05"), ("2003-05-21", "2003-05-21"), ("2003-13", "2003"),
        ("May 2003", "2003"), ("21/05/2003", "2003"), ("n.d.", None), ("", None), ("20035", None), ("0203", None),
    ],
)  # fmt: skip
def test_dates_as_people_write_them(written: str, read: str | None) -> None:
    assert iso_date(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("en-GB", "en"), ("eng", "en"), ("English", "en"), ("français", "fr"), ("FRE", "fr"), ("zh_Hant", "zh"),
        ("العربية", "ar"), ("sv", "sv"), ("xx-klingon", "xx"), ("unknown", None), ("", None), ("12", None),
    ],
)  # fmt: skip
def test_languages_as_files_write_them(written: str, read: str | None) -> None:
    assert iso639_1(written) == read


@given(st.lists(st.sampled_from(list(Source)), min_size=1), st.randoms())
def test_the_order_of_claims_of_different_sources_does_not_matter(sources: list[Source], random: object) -> None:
    claims = [Claim("publisher", source.value, source) for source in sources]
    expected = min(sources, key=TRUST.__getitem__).value
    assert resolve(claims, ["a"]).publisher == resolve(claims[::-1], ["a"]).publisher == expected
