"""A spreadsheet opens the CSV: every cell in its column, no cell runs as a formula."""

from __future__ import annotations

import csv
import dataclasses
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from output_samples import DOCUMENT, FACETS, RESULT, printed

from output.csv_format import cell, csv_line
from output.printer import Report, Table, make_printer


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_rows_end_as_the_standard_says_and_each_hit_is_one() -> None:
    text = printed("csv")
    assert text.startswith(
        "rank,score,id,title,path,page,snippet,tags,regions,publisher,year,language,type\r\n1,12.3457,"
    )
    assert text.endswith("\r\n")
    assert len(read(text)) == 2


def test_lists_are_joined_and_missing_values_are_empty() -> None:
    first, second = read(printed("csv"))
    assert first["tags"] == "bride trafficking; debt bondage"
    assert (second["page"], second["publisher"], second["year"]) == ("", "", "")


def test_formulas_in_titles_tags_and_passages_are_text() -> None:
    row = read(printed("csv"))[1]
    assert row["title"].startswith("'=HYPERLINK")
    assert row["snippet"].startswith("'@SUM")
    assert row["tags"] == "'+tag; a;b"


def test_raw_cells_are_as_they_are() -> None:
    row = read(printed("csv", raw=True))[1]
    assert row["title"].startswith("=HYPERLINK")
    assert row["tags"] == "+tag; a;b"


def test_control_characters_are_not_for_spreadsheets() -> None:
    text = printed("csv")
    assert not [char for char in text if char < " " and char not in "\r\n"]
    assert "\x9b" not in text
    text.encode("utf-8")


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r1", " =1", "＝1", "\n=1"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert next(csv.reader([cell(text)]))[0].startswith("'")


@pytest.mark.parametrize(
    ("value", "written"), [(-3, "-3"), (-0.5, "-0.5"), (True, "yes"), (None, ""), (float("inf"), "")]
)
def test_numbers_stay_numbers(value: object, written: str) -> None:
    assert cell(value) == written


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_any_raw_row_comes_back(cells: list[str]) -> None:
    line = csv_line(cells, raw=True)
    assert list(csv.reader(io.StringIO(line, newline=""), strict=True)) == [cells]


def test_a_byte_order_mark_is_written_once_when_asked_for() -> None:
    text = printed("csv", bom=True)
    assert text.startswith("\ufeffrank,")
    assert text.count("\ufeff") == 1


def test_a_document_is_a_row_per_page() -> None:
    stream = io.StringIO(newline="")
    make_printer("csv", stream).document(DOCUMENT)
    rows = read(stream.getvalue())
    assert [(row["page"], row["label"], row["text"]) for row in rows] == [
        ("3", "iii", "First line\n[2Jsecond, line"),
        ("4", "", ""),
    ]
    assert rows[1]["title"] == "A report"


def test_a_document_without_pages_still_has_its_row() -> None:
    stream = io.StringIO(newline="")
    make_printer("csv", stream).document(dataclasses.replace(DOCUMENT, pages=()))
    assert [row["id"] for row in read(stream.getvalue())] == [DOCUMENT.id]


def test_facets_name_their_parents() -> None:
    stream = io.StringIO(newline="")
    make_printer("csv", stream).facets(FACETS)
    assert stream.getvalue().split("\r\n")[:3] == [
        "facet,value,count,level,parent",
        "region,Asia,7,0,",
        "region,Nepal,1,1,Asia",
    ]


def test_a_report_is_its_table_or_else_its_values() -> None:
    stream = io.StringIO(newline="")
    printer = make_printer("csv", stream)
    printer.report(Report({"added": 3}, Table("problems", ("path", "reason"), [("a.pdf", "it is empty")])))
    printer.report(Report({"added": 3, "removed": 0}))
    assert stream.getvalue() == "path,reason\r\na.pdf,it is empty\r\nadded,removed\r\n3,0\r\n"


def test_a_part_of_the_result_is_said_to_be_one() -> None:
    notes = io.StringIO()
    make_printer("csv", io.StringIO(), notes=notes).search(RESULT)
    assert notes.getvalue().startswith("42 documents match")
    assert "1 to 2 are shown" in notes.getvalue()
