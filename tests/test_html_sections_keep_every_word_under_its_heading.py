"""A page becomes sections under their headings, with paragraphs, list items and table rows apart."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from ingest.document import Status
from ingest.html import extract_html_bytes
from ingest.html_blocks import visible_blocks
from ingest.html_content import sections
from ingest.html_tree import parse

REPORT = """<!DOCTYPE html><html><head><title>Brick kilns</title><style>p {color: red}</style></head><body>
<header><a href="/">The Library</a></header>
<nav><ul><li><a href="/a">Home</a></li><li><a href="/b">About us</a></li></ul></nav>
<div class="cookie-banner">We use cookies to improve your visit. <a href="#">Accept</a></div>
<main><h1>Bonded labour in brick kilns</h1>
<p>Whole families work in the kilns, and the <b>advance</b> binds them for years.</p>
<h2>Method</h2>
<h3>Interviews</h3>
<p>We spoke with 214 workers<br>in nine districts.</p><p>All of them were paid by the piece.</p>
<h2>Findings</h2>
<table><tr><th>District</th><th>Children</th></tr><tr><td>Lahore</td><td>31</td></tr></table>
<ul><li>Debt is inherited.</li><li>Schools are <a href="x">far away</a>.</li></ul>
<pre>Kiln 1
  open

Kiln 2</pre>
<h2>Annex</h2></main>
<script>var tracking = "not for readers";</script>
<footer>Contact the webmaster</footer></body></html>"""


def test_each_heading_with_text_is_a_section() -> None:
    extraction = extract_html_bytes(REPORT.encode())
    assert extraction.status is Status.OK
    assert [page.label for page in extraction.pages] == ["Bonded labour in brick kilns", "Interviews", "Findings"]
    assert [page.number for page in extraction.pages] == [1, 2, 3]


def test_the_heading_begins_the_text_and_empty_sections_join_the_next() -> None:
    pages = extract_html_bytes(REPORT.encode()).pages
    assert pages[1].text == (
        "Method\n\nInterviews\n\nWe spoke with 214 workers\nin nine districts."
        "\n\nAll of them were paid by the piece."
    )
    assert pages[2].text.endswith("Annex")


def test_cells_items_and_lines_do_not_run_together() -> None:
    text = extract_html_bytes(REPORT.encode()).pages[2].text
    assert "District | Children\nLahore | 31" in text
    assert "Debt is inherited.\nSchools are far away." in text
    assert "Kiln 1\nopen\n\nKiln 2" in text


def test_what_is_not_content_is_left_out() -> None:
    text = " ".join(page.text for page in extract_html_bytes(REPORT.encode()).pages)
    for chrome in ("About us", "cookies", "tracking", "webmaster", "The Library", "color"):
        assert chrome not in text


def test_the_outline_points_at_the_sections() -> None:
    outline = extract_html_bytes(REPORT.encode()).outline
    assert [(entry.level, entry.title, entry.page) for entry in outline] == [
        (1, "Bonded labour in brick kilns", 1),
        (2, "Method", 2),
        (3, "Interviews", 2),
        (2, "Findings", 3),
        (2, "Annex", 3),
    ]


def test_links_side_by_side_are_separate_words() -> None:
    text = (
        extract_html_bytes(b"<p>Summary of the report<a href=1>English</a><a href=2>French</a></p>").pages[0].text
    )
    assert text == "Summary of the reportEnglish French"


def test_classes_that_only_contain_a_word_of_chrome_are_content() -> None:
    html = (
        b'<div class="menu-of-rights navigate"><p>Everyone has the right to work.</p></div><p class=nav>Home</p>'
    )
    assert [page.text for page in extract_html_bytes(html).pages] == ["Everyone has the right to work."]


WORD = st.text(alphabet="abcdefgh", min_size=1, max_size=6)
TREE = st.recursive(
    WORD.map(lambda word: f" {word} "),
    lambda inner: st.tuples(
        st.sampled_from(
            ["p", "div", "h1", "h2", "h4", "ul", "li", "table", "tr", "td", "b", "pre", "dl", "dd", "section"]
        ),
        st.lists(inner, max_size=4),
    ).map(lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"),
    max_leaves=25,
)


@given(TREE)
def test_no_word_is_lost_between_the_sections(html: str) -> None:
    soup = parse(f"<html><body>{html}</body></html>")
    pages, outline = sections(visible_blocks(soup))
    expected = re.findall(r"\w+", soup.text(" "))
    assert sorted(re.findall(r"\w+", " ".join(page.text for page in pages))) == sorted(expected)
    assert all(page.text.strip() for page in pages)
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    assert all(1 <= (entry.page or 0) <= len(pages) for entry in outline)


def test_an_article_among_menus_and_teasers_is_its_text_alone() -> None:
    article = "".join(
        f"<p>In session {n} the court heard how the workers had been held at the kiln.</p>" for n in range(9)
    )
    teasers = "".join(f'<li><a href="/n/{n}">Another story of the week, number {n}</a></li>' for n in range(40))
    page = f"<body><ul>{teasers}</ul><article><h1>Owner convicted</h1>{article}</article><ul>{teasers}</ul></body>"
    extraction = extract_html_bytes(page.encode())
    text = " ".join(section.text for section in extraction.pages)
    assert all(f"In session {n} " in text for n in range(9))
    assert "Another story" not in text
    assert extraction.engine.startswith("trafilatura")


def test_a_hidden_dialog_is_not_taken_for_the_content() -> None:
    rules = "<p>All site users must comply with this code of conduct when they visit it and post.</p>" * 8
    rows = "".join(
        f'<tr><td><a href="/file/{n}">Statement by the government of country {n}</a></td></tr>' for n in range(9)
    )
    page = f'<body><div class="modal" style="display:none">{rules}</div><div><table>{rows}</table></div></body>'
    text = " ".join(section.text for section in extract_html_bytes(page.encode()).pages)
    assert all(f"government of country {n}" in text for n in range(9))
    assert "code of conduct" not in text


def test_the_second_half_of_an_article_after_an_advertisement_is_kept() -> None:
    half = [
        "".join(
            f"<p>Part {part} tells at length what witness {n} saw in the camp that year.</p>" for n in range(9)
        )
        for part in (1, 2)
    ]
    menu = "".join(f'<li><a href="/m/{n}">Section of the site {n}</a></li>' for n in range(30))
    page = (
        f"<body><ul>{menu}</ul><div class=story><div class=body-part>{half[0]}</div><p class=ad>Buy</p>"
        f"<div class=body-part>{half[1]}</div></div></body>"
    )
    text = " ".join(section.text for section in extract_html_bytes(page.encode()).pages)
    assert all(f"Part {part} tells at length what witness {n} " in text for part in (1, 2) for n in range(9))
