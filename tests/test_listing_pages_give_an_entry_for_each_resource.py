"""A page that lists resources gives title, summary, publisher, year, tags and link of each, however made."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.charset import decode_html
from ingest.document import ListingEntry
from ingest.html import extract_html_bytes
from ingest.html_tree import parse
from ingest.library_page import listing_entries

KILNS = ListingEntry(
    "files/kilns%20report.pdf",
    "Bonded labour in brick kilns",
    "Whole families work in the kilns and the advance binds them for years.",
    "ILO",
    "2004",
    ("Asia", "Bonded labour"),
)
CAMPS = ListingEntry(
    "files/camps.pdf",
    "Children in the camps",
    "What boys and girls in the camps told the researchers of their days.",
    "UNICEF",
    "2003",
    ("Global", "Child protection"),
)
ENTRIES = (KILNS, CAMPS)


def each(template: str, between: str = "") -> str:
    return between.join(
        template.format(
            href=entry.href,
            title=entry.title,
            summary=entry.summary,
            publisher=entry.publisher,
            year=entry.published,
            tags=", ".join(entry.tags),
            tag_links=" ".join(f'<a href="/t/{tag}">{tag}</a>' for tag in entry.tags),
        )
        for entry in ENTRIES
    )


LAYOUTS = {
    "definition list": "<dl>"
    + each(
        '<dt><a href="{href}">{title}</a></dt><dd>{summary}</dd><dd>{publisher}, {year}</dd><dd>TAGS: {tags}</dd>'
    )
    + "</dl>",
    "table with a head": "<table><thead><tr><th>Title</th><th>Summary</th><th>Publisher</th><th>Year</th>"
    "<th>Tags</th><th>File</th></tr></thead><tbody>"
    + each(
        "<tr><td>{title}</td><td>{summary}</td><td>{publisher}</td><td>{year}</td><td>{tags}</td>"
        '<td><a href="{href}">PDF</a></td></tr>'
    )
    + "</tbody></table>",
    "table without a head": "<table>"
    + each(
        '<tr><td><a href="{href}">{title}</a></td><td>{publisher} ({year})</td><td>{summary}</td>'
        "<td>TAGS: {tags}</td></tr>"
    )
    + "</table>",
    "cards": '<div class="grid">'
    + each(
        '<div class="card"><h3>{title}</h3><div class="meta">{publisher} | {year}</div><p>{summary}</p>'
        '<p class="tags">TAGS: {tag_links}</p><a class="btn" href="{href}">DOWNLOAD</a></div>'
    )
    + "</div>",
    "cards in rows": '<div class="grid">'
    + each(
        '<div class="row"><div class="col"><article><h2><a href="{href}">{title}</a></h2><p>{summary}</p>'
        "<p>Published by {publisher}, {year}</p><ul><li><b>TAGS:</b> {tags}</li></ul></article></div></div>"
    )
    + "</div>",
    "headings with paragraphs": "<h1>Library</h1>"
    + each(
        "<h3>{title}</h3><p>{publisher}, {year}</p><p>{summary}</p><p>TAGS: {tags}</p>"
        '<p><a href="{href}">Read More</a></p>'
    ),
    "plain paragraphs": each(
        "<p><b>{title}</b></p><p>{summary}</p><p>{publisher} {year}</p><p>TAGS: {tags}</p>"
        '<p><a href="{href}">PDF</a></p>'
    ),
    "paragraphs of lines": each(
        "<p><strong>{title}</strong><br>{publisher}, {year}<br>{summary}<br>TAGS: {tags}<br>"
        '<a href="{href}">Read more</a></p>'
    ),
    "lines between rules": each(
        "<p><b>{title}</b></p>{summary}<br>{publisher}, {year}<br>Tags: {tags}<br>"
        '<a href="{href}">Download (PDF, 2.1 MB)</a>',
        "<hr>",
    ),
    "list of links with text": "<ul>"
    + each('<li><a href="{href}">{title}</a> – {publisher}, {year}. {summary}<br>TAGS: {tags}</li>')
    + "</ul>",
    "labelled lines": "<ul>"
    + each(
        '<li><a href="{href}">{title}</a><div>Publisher: {publisher}</div><div>Year: {year}</div>'
        "<div>Summary: {summary}</div><div>Topics: {tag_links}</div></li>"
    )
    + "</ul>",
    "lines parted by two breaks": "<div>"
    + each('<a href="{href}">{title}</a><br>{publisher}, {year}<br>{summary}<br>TAGS: {tags}', between="<br><br>")
    + "</div>",
}


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda name: name.replace(" ", "-"))
def test_every_way_of_making_a_list_gives_the_same_entries(layout: str) -> None:
    page = f"<html><body><nav><a href='/'>Home</a></nav>{LAYOUTS[layout]}<footer>Contact us</footer></body></html>"
    assert listing_entries(parse(page), None) == ENTRIES


def test_hrefs_are_resolved_against_the_base_and_not_touched_otherwise() -> None:
    page = f"<html><body>{LAYOUTS['cards']}</body></html>"
    assert [entry.href for entry in listing_entries(parse(page), "https://example.org/lib/")] == [
        "https://example.org/lib/files/kilns%20report.pdf",
        "https://example.org/lib/files/camps.pdf",
    ]


def test_tags_of_listed_resources_are_not_the_pages_own() -> None:
    extraction = extract_html_bytes(f"<html><body>{LAYOUTS['headings with paragraphs']}</body></html>".encode())
    assert extraction.entries == ENTRIES
    assert not [claim for claim in extraction.claims if claim.field in ("tag", "region")]


def test_the_list_is_the_pages_content() -> None:
    text = " ".join(page.text for page in extract_html_bytes(LAYOUTS["cards"].encode()).pages)
    for entry in ENTRIES:
        assert entry.title in text
        assert (entry.summary or "?") in text


def test_search_results_without_files_or_tags_are_entries_where_they_are_the_page() -> None:
    results = "".join(
        f'<div class="result"><h2><a href="/doc/{n}">Fear for safety in district {n}</a></h2>'
        f"<p>12 March 1998</p><p>Three people were taken from their homes in district {n} at night.</p></div>"
        for n in range(5)
    )
    entries = listing_entries(parse(f"<body><h1>5 results</h1>{results}</body>"), None)
    assert [(entry.href, entry.published) for entry in entries] == [(f"/doc/{n}", "1998-03-12") for n in range(5)]


def test_related_stories_beside_an_article_are_no_entries() -> None:
    article = "".join(
        f"<p>The court heard in its session {n} how the workers had been held.</p>" for n in range(30)
    )
    related = "".join(
        f'<li><a href="/news/{n}">Another story of the week {n}</a><p>What happened on that day in town.</p></li>'
        for n in range(4)
    )
    page = f"<body><article><h1>Kiln owner convicted</h1>{article}</article><ul>{related}</ul></body>"
    assert listing_entries(parse(page), None) == ()


@pytest.mark.parametrize(
    "body",
    [
        '<p>As <a href="a.pdf">the first report</a> says, and <a href="b.pdf">the second</a> confirms.</p>' * 3,
        '<ol><li>Smith: <a href="a.pdf">On kilns</a>.</li><li>Roe, A., <a href="b.pdf">On camps</a>.</li></ol>',
        '<ul><li><a href="/">Home</a></li><li><a href="/a">About us</a></li><li><a href="/c">Post</a></li></ul>',
        "<h2>Method</h2><p>We spoke with 214 workers in May 2003.</p><h2>Findings</h2><p>Debt is inherited.</p>",
        "<table><tr><th>Year</th><th>Cases</th></tr><tr><td>2003</td><td>12</td></tr></table>",
        "",
    ],
)
def test_text_notes_menus_and_tables_of_numbers_are_no_lists(body: str) -> None:
    assert listing_entries(parse(f"<html><body>{body}</body></html>"), None) == ()


@pytest.mark.slow
def test_every_result_of_a_real_librarys_pages_is_an_entry(corpora: Path) -> None:
    found = there = 0
    for path in sorted((corpora / "domain/html/amnesty-listing").glob("*.html"))[::7]:
        page = parse(decode_html(path.read_bytes()).text)
        titles = {entry.title for entry in listing_entries(page, None)}
        listed = [
            article for article in page.find_all("article") if "post--result" in article.get("class").split()
        ]
        results = {" ".join(h.text(" ").split()) for article in listed for h in article.find_all("h1")}
        there += len(results)
        found += len(results & titles)
    assert there > 50
    assert found == there


@pytest.mark.slow
def test_articles_of_real_news_pages_give_hardly_any(corpora: Path) -> None:
    paths = sorted((corpora / "html-benchmark/pages").glob("*.html"))[::4]
    listed = [path for path in paths if listing_entries(parse(decode_html(path.read_bytes()).text), None)]
    assert len(listed) <= 0.04 * len(paths)
