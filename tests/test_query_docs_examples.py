"""Every example on the query language's page does what the page says."""

import re
from pathlib import Path

import pytest

from searchidx.grammar import MAX_CLAUSES, MAX_DEPTH, MAX_LENGTH, QuerySyntaxError, parse
from searchidx.scanner import ALIASES, FIELDS, MAX_SLOP

PAGE = Path(__file__).parent.parent / "docs" / "query-language.md"


def _rows(kind: str) -> list[tuple[str, str]]:
    """(query in the first column, text of the second) of the tables whose second heading is `kind`."""
    rows, heading = [], ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("|") else []
        if len(cells) != 2:
            continue
        if not cells[0].startswith("`"):
            heading = cells[1]
        elif heading.startswith(kind):
            rows.append((cells[0][1:-1], cells[1]))
    assert rows, f"no table of this kind: {kind}"
    return rows


@pytest.mark.parametrize(("query", "meaning"), _rows("Finds"))
def test_an_example_is_a_query_without_remarks(query: str, meaning: str) -> None:
    hints = parse(query).hints
    assert not hints or "exclu" in hints[0]
    for also in re.findall(r"also `([^`]+)`", meaning):
        assert parse(also).tree == parse(query).tree


@pytest.mark.parametrize(("query", "reading"), _rows("Read as"))
def test_an_example_of_precedence_reads_as_said(query: str, reading: str) -> None:
    assert parse(query).tree == parse(reading.strip("`")).tree


@pytest.mark.parametrize(("query", "message"), _rows("Error"))
def test_an_example_of_an_error_has_this_message(query: str, message: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(query)
    assert str(caught.value) == message


@pytest.mark.parametrize(("query", "remark"), _rows("Remark"))
def test_an_example_of_a_remark_gets_it(query: str, remark: str) -> None:
    assert parse(query).hints == (remark,)


def test_the_page_names_every_field_and_limit() -> None:
    page = PAGE.read_text(encoding="utf-8")
    missing = [name for name in FIELDS if f"`{name}:" not in page]
    assert not missing
    assert set(ALIASES.values()) <= set(FIELDS)
    for limit in (
        f"{MAX_LENGTH:,} characters",
        f"{MAX_CLAUSES:,} words",
        f"{MAX_DEPTH} brackets",
        f"{MAX_SLOP:,} behind",
    ):
        assert limit in page
