"""The small tree of a page holds the same elements, attributes and strings as Beautiful Soup's over the same parser."""

from __future__ import annotations

from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from ingest.html_tree import Tag, parse

PIECES = st.sampled_from(
    [
        "<p class=' a  b '>", "</p>", "<div id=x>", "</div>", "<ul><li>", "</li>", "</ul>", "<table><tr><td>", "</table>",
        "<pre> \n", "</pre>", "<script>var a = '<p>';</script>", "<style>p {}</style>", "<ruby>漢<rt>kan</rt></ruby>",
        "<!-- a note -->", "<br>", "<a href=/x>", "</a>", "<h1>", "</h1>", "<b>", "</b>", " ", " \n\t ", "debt", "bondage ",
        "&amp;", "&nbsp;", "<o:p>", "</o:p>", "</nothing>", "<template>hidden</template>", "<title>Kilns</title>",
    ]
)  # fmt: skip


@given(st.lists(PIECES, min_size=1, max_size=40))
def test_elements_strings_and_order_are_the_same(pieces: list[str]) -> None:
    html = "<html><body>" + "".join(pieces)
    page, soup = parse(html), BeautifulSoup(html, "lxml", huge_tree=True)
    names = [tag.name for tag in soup.find_all(True)]
    assert [tag.name for tag in page.find_all(*set(names))] == names
    assert page.text("|") == soup.get_text("|")
    for mine, other in zip(page.find_all(*set(names)), soup.find_all(True), strict=True):
        assert mine.text("|") == other.get_text("|")
        assert mine.get("class").split() == other.get("class", [])
        if mine.name not in ("script", "style", "template", "rt"):
            assert mine.chars == sum(map(len, other.strings))
        around, above = mine.find_parent("div", "ul"), other.find_parent(["div", "ul"])
        assert (around and around.name) == (above and above.name)
        before, earlier = mine.find_previous("p"), other.find_previous("p")
        assert (before is None) == (earlier is None)


def test_a_page_of_any_depth_is_read() -> None:
    page = parse("<div>" * 5000 + "debt bondage")
    assert page.text() == "debt bondage"
    assert isinstance(page.find("div"), Tag)


def test_an_empty_page_is_an_empty_tree() -> None:
    assert parse("").text() == parse("\ufeff").text() == ""
