"""Title, publisher, date, tags and regions are those that the page states, the most trusted one first."""

from __future__ import annotations

import pytest

from ingest.document import Source
from ingest.html import extract_html_bytes
from ingest.html_dates import read_date

TEXT = "<p>Whole families work in the kilns, and the advance binds them for years.</p>"


def claims(head: str, body: str = TEXT, html_attributes: str = "") -> dict[str, list[str]]:
    page = f"<html {html_attributes}><head>{head}</head><body>{body}</body></html>"
    found: dict[str, list[str]] = {}
    for claim in extract_html_bytes(page.encode()).claims:
        if claim.source is Source.PAGE:
            found.setdefault(claim.field, []).append(claim.value)
    return found


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def test_a_report_in_json_ld_says_everything() -> None:
    found = claims(
        json_ld(
            """{"@context": "https://schema.org", "@type": "Report", "headline": "Bonded labour",
            "description": "On kilns.", "publisher": {"@type": "Organization", "name": "ILO"},
            "author": [{"@type": "Person", "name": "A. One"}, "B. Two"], "datePublished": "2004-05-01T10:00:00Z",
            "keywords": "debt, brick kilns",
            "spatialCoverage": [{"@type": "Place", "name": "South Asia"}, "Nepal"],
            "contentLocation": {"@type": "Place", "address": {"addressCountry": "PK"}}, "inLanguage": "en-GB",
            "url": "https://example.org/bonded"}"""
        )
    )
    assert found == {
        "title": ["Bonded labour"],
        "summary": ["On kilns."],
        "publisher": ["ILO"],
        "author": ["A. One", "B. Two"],
        "published": ["2004-05-01"],
        "tag": ["debt", "brick kilns"],
        "region": ["South Asia", "Nepal", "PK"],
        "language": ["en"],
        "source_url": ["https://example.org/bonded"],
    }


def test_the_graph_and_references_by_id_are_followed() -> None:
    found = claims(
        json_ld(
            """{"@graph": [{"@type": "WebSite", "name": "Site"},
            {"@type": "Organization", "@id": "#o", "name": "ILO"},
            {"@type": "WebPage", "name": "Page"}, {"@type": ["ScholarlyArticle"], "name": "Study",
            "publisher": {"@id": "#o"}, "keywords": ["a", "b"]}]}"""
        )
    )
    assert found["title"] == ["Study"]
    assert found["publisher"] == ["ILO"]
    assert found["tag"] == ["a", "b"]


def test_of_several_articles_only_the_pages_own_counts() -> None:
    several = json_ld(
        '[{"@type": "NewsArticle", "headline": "Other", "keywords": "x"},'
        ' {"@type": "NewsArticle", "headline": "Own story", "keywords": "y"}]'
    )
    assert claims(several + "<title>Own story - News</title>")["tag"] == ["y"]
    assert "tag" not in claims(several + "<title>News</title>")


@pytest.mark.parametrize(
    "text",
    [
        '{"@type": "Report", "name": "Debt", "keywords": ["a",],}',
        '<!-- {"@type": "Report", "name": "Debt", "keywords": "a"} -->',
        '//<![CDATA[\n{"@type": "Report", "name": "Debt",\n"keywords": "a"}\n//]]>',
        '{"@type": "Report", "name": "Debt", "description": "two\nlines", "keywords": "a"};',
        '{"@type": "Report", "name": "Debt", "keywords": "a"}'.replace('"', "&quot;"),
    ],
)
def test_slightly_broken_json_is_read(text: str) -> None:
    found = claims(json_ld(text))
    assert (found["title"], found["tag"]) == (["Debt"], ["a"])


def test_json_that_does_not_read_is_a_warning() -> None:
    page = f"<html><head>{json_ld('{oops')}</head><body>{TEXT}</body></html>"
    assert extract_html_bytes(page.encode()).warnings == ("1 JSON-LD blocks do not read and were left out",)


def test_odd_json_values_are_no_claims() -> None:
    found = claims(
        json_ld('{"@type": "Report", "name": {"x": 1}, "author": [[1]], "keywords": {"@id": 3}, "@id": 5}')
    )
    assert "title" not in found
    assert "tag" not in found


def test_dublin_core_in_any_case_and_both_prefixes() -> None:
    found = claims(
        '<meta name="DC.Title" content="Kilns"><meta name="dcterms.creator" content="A. One">'
        '<meta name="DCTERMS.issued" content="2003-05"><meta name="dc.subject" content="debt; kilns">'
        '<meta name="DC.Subject" content="labour">'
        '<meta name="dcterms.spatial" content="Congo, Democratic Republic of the">'
        '<meta property="dc:publisher" content="ILO"><meta name="dc.language" content="fra">'
        '<meta name="dc.coverage" content="Asia; Global"><meta name="dc.description" content="On kilns.">'
    )
    assert found == {
        "title": ["Kilns"],
        "author": ["A. One"],
        "published": ["2003-05"],
        "tag": ["debt", "kilns", "labour"],
        "region": ["Congo, Democratic Republic of the", "Asia", "Global"],
        "publisher": ["ILO"],
        "language": ["fr"],
        "summary": ["On kilns."],
    }


def test_highwire_beats_dublin_core_beats_open_graph_beats_the_title() -> None:
    found = claims(
        '<title>D</title><meta property="og:title" content="C"><meta name="dc.title" content="B">'
        '<meta name="citation_title" content="A"><meta name="citation_publication_date" content="2011/05/07">'
        '<meta name="citation_author" content="One, A."><meta name="citation_author" content="Two, B.">'
        '<meta name="citation_keywords" content="x; y">'
    )
    assert found["title"] == ["A", "B", "C", "D"]
    assert found["published"] == ["2011-05-07"]
    assert found["author"] == ["One, A.", "Two, B."]
    assert found["tag"] == ["x", "y"]


def test_open_graph_and_plain_meta() -> None:
    found = claims(
        '<meta property="og:site_name" content="The Library"><meta property="og:description" content="S">'
        '<meta property="article:published_time" content="2019-11-18T16:07:00+00:00">'
        '<meta property="article:tag" content="Refugees"><meta property="article:tag" content="Asylum">'
        '<meta name="keywords" content="refugees, camps"><meta name="description" content="T">'
        '<link rel="canonical" href="https://example.org/a">',
        html_attributes='lang="es-MX"',
    )
    assert found["publisher"] == ["The Library"]
    assert found["summary"] == ["S", "T"]
    assert found["published"] == ["2019-11-18"]
    assert found["tag"] == ["Refugees", "Asylum", "camps"]
    assert found["language"] == ["es"]
    assert found["source_url"] == ["https://example.org/a"]


@pytest.mark.parametrize(
    ("title", "h1", "site", "expected"),
    [
        ("Brick kilns | The Library", "Brick kilns", "", "Brick kilns"),
        ("Brick kilns - The Library", "", "The Library", "Brick kilns"),
        ("The Library: Brick kilns", "", "", "The Library: Brick kilns"),
        ("The Library » Brick kilns", "", "The Library", "Brick kilns"),
        ("Slavery - A history", "", "", "Slavery - A history"),
        ("Slavery - A history", "Another heading", "The Library", "Slavery - A history"),
    ],
)
def test_the_sites_name_leaves_the_title_only_where_the_page_confirms_it(
    title: str, h1: str, site: str, expected: str
) -> None:
    meta = f'<meta property="og:site_name" content="{site}">' if site else ""
    found = claims(f"<title>{title}</title>{meta}", (f"<h1>{h1}</h1>" if h1 else "") + TEXT)
    assert found["title"][-1] == expected


def test_a_number_is_no_title() -> None:
    assert claims('<meta property="og:title" content="1992"><title>Albania</title>')["title"] == ["Albania"]


@pytest.mark.parametrize(
    "line",
    [
        "<p>TAGS: Asia, Child protection</p>",
        "<p>Tags : Asia; Child protection</p>",
        "<p><strong>Topics:</strong> Asia | Child protection</p>",
        '<p>TAGS: <a href="/t/1">Asia</a> <a href="/t/2">Child protection</a></p>',
        '<div>tags: <a href="/t/1">Asia</a><a href="/t/2">Child protection</a></div>',
        "<p><b>Tags:</b></p><ul><li>Asia</li><li>Child protection</li></ul>",
        "<dl><dt>Tags</dt><dd>Asia</dd><dd>Child protection</dd></dl>",
        "<table><tr><td>Tags</td><td>Asia, Child protection</td></tr></table>",
        "<p>Published in 2003<br>TAGS: Asia, Child protection</p>",
    ],
)
def test_the_tags_line_of_a_library_page(line: str) -> None:
    found = claims("", TEXT + line)
    assert found["tag"] == ["Asia", "Child protection"]


@pytest.mark.parametrize("label", ["Region", "REGIONS", "Country", "Countries", "Pays", "Регион"])
def test_the_region_line(label: str) -> None:
    assert claims("", f"{TEXT}<p>{label}: Global; Nepal</p>")["region"] == ["Global", "Nepal"]


def test_running_text_with_a_label_word_is_no_label() -> None:
    found = claims("", f"{TEXT}<p>The region has changed, and topics differ.</p><p>Country reports are many.</p>")
    assert found == {}


def test_a_date_in_the_text_is_only_detected() -> None:
    page = f'<article><h1>Kilns</h1><time datetime="2018-03-09">9 March</time>{TEXT}</article>'
    dated = [claim for claim in extract_html_bytes(page.encode()).claims if claim.field == "published"]
    assert [(claim.value, claim.source) for claim in dated] == [("2018-03-09", Source.DETECTED)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2003", "2003"),
        ("2003-05", "2003-05"),
        ("2003-05-21T10:00", "2003-05-21"),
        ("2003/5/7", "2003-05-07"),
        ("20030521", "2003-05-21"),
        ("21 May 2003", "2003-05-21"),
        ("May 21st, 2003", "2003-05-21"),
        ("mai 2003", "2003-05"),
        ("21 de mayo de 2003", "2003-05-21"),
        ("1er décembre 2016", "2016-12-01"),
        ("05/06/2003", "2003"),
        ("published 2003", "2003"),
        ("undated", None),
        ("12003", None),
    ],
)
def test_dates_are_read_only_as_far_as_they_are_certain(text: str, expected: str | None) -> None:
    assert read_date(text) == expected


def test_links_are_as_written_or_against_the_base() -> None:
    body = '<a href="a%20b.pdf#p2">x</a><a href="#top">x</a><a href="javascript:x()">x</a>'
    body += '<a href="a%20b.pdf#p2">again</a>'
    assert extract_html_bytes(f"<p>Text</p>{body}".encode()).links == ("a%20b.pdf#p2",)
    with_base = f'<html><head><base href="https://example.org/d/"></head><body><p>Text</p>{body}</body></html>'
    assert extract_html_bytes(with_base.encode()).links == ("https://example.org/d/a%20b.pdf#p2",)
