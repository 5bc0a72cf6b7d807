"""What a library page links to is found among the files saved beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.hrefs import guess_href, resolve_href


@pytest.fixture
def library(tmp_path: Path) -> Path:
    for name in (
        "lib/page.html",
        "lib/a b.pdf",
        "lib/a%20b.pdf",
        "lib/c.pdf",
        "lib/page_files/d.pdf",
        "lib/sub/e é.pdf",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "up.pdf").write_bytes(b"x")
    return tmp_path


@pytest.mark.parametrize(
    ("href", "names"),
    [
        ("c.pdf", ["lib/c.pdf"]),
        ("./c.pdf?x=1#page=2", ["lib/c.pdf"]),
        ("a%20b.pdf", ["lib/a b.pdf", "lib/a%20b.pdf"]),
        ("sub/e%20%C3%A9.pdf", ["lib/sub/e é.pdf"]),
        ("../up.pdf", ["up.pdf"]),
        ("d.pdf", ["lib/page_files/d.pdf"]),
        ("/c.pdf", ["lib/c.pdf"]),
        ("gone.pdf", []),
        ("sub", []),
        ("", []),
        ("#top", []),
        ("https://example.org/c.pdf", []),
        ("mailto:a@example.org", []),
        ("http://[bad", []),
    ],
)
def test_relative_links(library: Path, href: str, names: list[str]) -> None:
    found = resolve_href(href, library / "lib/page.html")
    assert [path.relative_to(library).as_posix() for path in found] == names


@pytest.mark.parametrize(
    ("href", "names"),
    [
        ("https://example.org/docs/c.pdf?dl=1", ["lib/c.pdf"]),
        ("https://example.org/x/e%20%C3%A9.pdf", ["lib/sub/e é.pdf"]),
        ("https://example.org/d.pdf", ["lib/page_files/d.pdf"]),
        ("file:///C:/Users/x/c.pdf", ["lib/c.pdf"]),
        ("https://example.org/", []),
        ("c.pdf", []),
    ],
)
def test_absolute_links_are_a_guess_by_name(library: Path, href: str, names: list[str]) -> None:
    found = guess_href(href, library / "lib/page.html")
    assert [path.relative_to(library).as_posix() for path in found] == names


@given(st.text(max_size=60))
def test_no_href_raises(href: str) -> None:
    page = Path(__file__)
    assert all(path.is_file() for path in (*resolve_href(href, page), *guess_href(href, page)))
