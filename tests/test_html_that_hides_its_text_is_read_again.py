"""A page in which the first reader finds no text is read by a second one before it is called empty."""

from __future__ import annotations

import pytest

from ingest.document import Status
from ingest.html import extract_html_bytes


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><!-- never closed <p>Forced labour in brick kilns of the north</p></body></html>",
        "<a href='never closed>Forced labour <p>in brick kilns of the north</p>",
    ],
    ids=["an open comment", "an open quote"],
)
def test_its_words_are_found(page: str) -> None:
    extraction = extract_html_bytes(page.encode())
    assert extraction.status is Status.OK
    text = " ".join(page.text for page in extraction.pages)
    assert "brick kilns" in text


def test_a_page_without_words_is_empty_for_both() -> None:
    assert extract_html_bytes(b"<html><body><script>var words = 1;</script></body></html>").status is Status.EMPTY
