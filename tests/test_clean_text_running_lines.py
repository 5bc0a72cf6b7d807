"""Running headers, footers and page numbers do not stand between two pages, and nothing else is taken for them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.running_lines import remove_running_lines

BODY = [
    f"line {word} of the body\nand a second {word} line\nthird {word}\nfourth {word}\nfifth {word}"
    for word in "abcdefghij"
]


def framed(top: str, bottom: str, count: int = 6) -> list[str]:
    """Pages with `top` above and `bottom` below their body; {n} is the page's number from 1, {r} a roman one."""
    roman = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"]
    return [f"{top}\n{BODY[n]}\n{bottom}".format(n=n + 1, r=roman[n]).strip("\n") for n in range(count)]


def test_a_header_stays_once_and_numbers_go() -> None:
    pages = remove_running_lines(framed("Trafficking in Persons Report", "{n}"))
    assert pages == ["Trafficking in Persons Report\n" + BODY[0], *BODY[1:6]]


def test_page_numbers_of_all_kinds() -> None:
    for footer in ("{n}", "- {n} -", "Page {n} of 6", "{n}/22 16-12603", "{r}", "página {n}", "{n} | 6"):
        assert remove_running_lines(framed("", footer)) == BODY[:6], footer


def test_numbers_offset_from_the_physical_page() -> None:
    pages = [f"{body}\n{number + 110}" for number, body in enumerate(BODY)]
    assert remove_running_lines(pages) == BODY


def test_a_title_with_a_page_number_stays_once() -> None:
    pages = remove_running_lines(framed("{n} BUREAU OF LABOUR", ""))
    assert pages[0].startswith("1 BUREAU OF LABOUR\n")
    assert pages[1:] == BODY[1:6]


def test_left_and_right_pages_with_different_headers() -> None:
    pages = [f"{'Annual Report' if n % 2 else 'Chapter on Kilns'}\n{body}" for n, body in enumerate(BODY)]
    cleaned = remove_running_lines(pages)
    assert sum("Annual Report" in page for page in cleaned) == 1
    assert sum("Chapter on Kilns" in page for page in cleaned) == 1


def test_what_is_no_running_line_stays() -> None:
    assert remove_running_lines(framed("Header", "{n}", count=2)) == framed("Header", "{n}", count=2)
    # The last row of a table happens to be a number, another one on each page.
    rows = [
        f"{body}\n{value}" for body, value in zip(BODY, (17, 230, 4, 99, 58, 1_000, 3, 71, 12, 40), strict=True)
    ]
    assert remove_running_lines(rows) == rows
    # Headings that differ in their number and do not follow the pages.
    annexes = [f"Annex {n // 3 + 1}.{n % 3}\n{body}" for n, body in enumerate(BODY)]
    assert remove_running_lines(annexes) == annexes
    # The same word at the edge of pages here and there.
    scattered = [f"{body}\nYes" if n in (0, 4, 9) else body for n, body in enumerate(BODY)]
    assert remove_running_lines(scattered) == scattered


def test_a_repeated_line_inside_the_pages_stays() -> None:
    pages = [body.replace("third", "Recommendations\nthird") for body in (b + "\n" + b[::-1] for b in BODY)]
    assert remove_running_lines(pages) == pages


@given(st.lists(st.lists(st.sampled_from(["a b", "c", "1", "2", "3", "x 1", "", "iv"]), max_size=9), max_size=8))
def test_a_line_that_occurs_once_is_never_removed(pages: list[list[str]]) -> None:
    before = [line for page in pages for line in page]
    cleaned = remove_running_lines(["\n".join(page) for page in pages])
    after = [line for page in cleaned for line in page.split("\n")]
    assert len(cleaned) == len(pages)
    for line in set(before):
        if line and before.count(line) == 1 and not any(map(str.isdigit, line)) and line != "iv":
            assert line in after
