"""A program that reads the JSON finds every field of the contract, in order, and gets the exact strings back."""

from __future__ import annotations

import dataclasses
import io
import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from output_samples import DOCUMENT, FACETS, HOSTILE, PLAIN, RESULT, printed

from output.json_format import encode
from output.printer import Report, Table, make_printer

SCHEMAS = Path(__file__).resolve().parent.parent / "docs" / "schemas"


def checked(text: str, schema: str) -> Any:
    """The text as data that follow the schema, which names every field in it."""
    data = json.loads(text)
    rules = json.loads((SCHEMAS / f"{schema}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(rules)
    jsonschema.Draft202012Validator(rules).validate(data)
    assert not set(data) - set(rules["properties"])
    return data


def as_json(method: str, *args: object, **options: object) -> str:
    stream = io.StringIO()
    getattr(make_printer("json", stream), method)(*args, **options)
    return stream.getvalue()


def test_a_search_has_the_promised_fields_in_the_promised_order() -> None:
    data = checked(printed("json"), "search")
    assert list(data) == [
        "schema_version",
        "query",
        "interpreted",
        "total",
        "took_ms",
        "offset",
        "hits",
        "facets",
        "suggestions",
        "warnings",
        "collapsed",
    ]
    assert (data["schema_version"], data["total"], data["took_ms"]) == (1, 42, 1.91)
    hit = data["hits"][0]
    assert hit["snippets"][0] == {
        "page": 12,
        "label": "xii",
        "text": "The trafficking of brides is a crime.",
        "highlights": [[4, 15], [19, 25]],
    }
    assert hit["paths"] == ["reports/asia/nepal 2003.pdf", "inbox/nepal.pdf"]
    assert data["facets"]["region"][0] == {
        "value": "Asia",
        "count": 7,
        "children": [{"value": "Nepal", "count": 1, "children": []}],
    }


def test_every_field_of_a_hit_is_in_the_schema() -> None:
    properties = json.loads((SCHEMAS / "hit.json").read_text("utf-8"))["properties"]
    fields = {field.name for field in dataclasses.fields(PLAIN)}
    assert set(properties) == fields
    for hit in json.loads(printed("json"))["hits"]:
        assert set(hit) == fields


@pytest.mark.parametrize("schema", ["search", "hit", "document", "facets", "batch-row", "batch-summary-row"])
def test_every_field_is_in_the_documentation(schema: str) -> None:
    docs = "".join((SCHEMAS.parent / f"{name}.md").read_text("utf-8") for name in ("output", "batch"))
    fields = json.loads((SCHEMAS / f"{schema}.json").read_text("utf-8"))["properties"]
    assert [name for name in fields if f"`{name}`" not in docs] == []


def test_an_empty_result_is_still_a_whole_object() -> None:
    empty = dataclasses.replace(RESULT, total=0, hits=(), facets={}, suggestions=(), warnings=())
    data = checked(printed("json", empty), "search")
    assert data["hits"] == []
    assert data["facets"] == {}


def test_an_explanation_is_added_when_it_was_asked_for() -> None:
    explained = dataclasses.replace(RESULT, explanation={"terms": [{"term": "bride", "documents": 3}]})
    assert checked(printed("json", explained), "search")["explanation"]["terms"][0]["documents"] == 3


def test_a_file_name_that_is_not_utf8_survives_the_way_through_json() -> None:
    hit = json.loads(printed("json").encode("utf-8"))["hits"][1]
    assert os.fsencode(hit["path"]) == b'odd \xff, "name".pdf'
    assert hit["title"] == HOSTILE.title


def test_json_cannot_steer_the_terminal_it_is_shown_on() -> None:
    text = printed("json")
    assert not [char for char in text if char < " " and char != "\n"]
    assert not set(text) & set("\x7f\x9b\u202e")
    assert "\\u202e" in text


@given(st.text(st.characters(codec=None)))
def test_any_string_comes_back_from_one_line(text: str) -> None:
    line = encode({"text": text})
    assert json.loads(line)["text"] == text
    assert line.encode("utf-8").decode("utf-8").splitlines() == [line]


def test_json_lines_are_hits_without_an_envelope() -> None:
    lines = printed("jsonl").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [PLAIN.id, HOSTILE.id]
    assert [json.loads(line) for line in lines] == json.loads(printed("json"))["hits"]


def test_the_remarks_of_json_lines_go_to_the_other_stream() -> None:
    data, notes = io.StringIO(), io.StringIO()
    make_printer("jsonl", data, notes=notes).search(RESULT)
    assert len(data.getvalue().splitlines()) == 2
    assert notes.getvalue().splitlines() == [
        '42 documents match bride* AND "sold"; 1 to 2 are shown (1.9 ms)',
        "warning: and is a word here, not an operator",
        "hint: without the region Asia: 12 documents",
    ]


def test_a_document_says_who_says_what() -> None:
    data = checked(as_json("document", DOCUMENT), "document")
    assert data["claims"] == [{"field": "tag", "value": "debt bondage", "source": "listing"}]
    assert data["pages"][0]["text"] == "First line\n\x1b[2Jsecond, line"
    assert (data["year"], data["status"], data["type"]) == (2003, "partial", "pdf")


def test_facets_are_trees_and_rows() -> None:
    data = checked(as_json("facets", FACETS, query="bride", total=9), "facets")
    assert data["total"] == 9
    stream = io.StringIO()
    make_printer("jsonl", stream).facets(FACETS)
    rows = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert rows[1] == {"facet": "region", "value": "Nepal", "count": 1, "level": 1, "parent": "Asia"}


def test_a_report_holds_its_values_and_its_table() -> None:
    table = Table("per_query", ("query_id", "ndcg@10"), [("q1", 0.123456), ("q2", float("nan"))])
    data = json.loads(as_json("report", Report({"map": 0.5, "queries": 2}, table)))
    assert data == {
        "schema_version": 1,
        "map": 0.5,
        "queries": 2,
        "per_query": [{"query_id": "q1", "ndcg@10": 0.1235}, {"query_id": "q2", "ndcg@10": None}],
    }


def test_a_row_that_does_not_fit_its_table_is_a_defect_and_not_cut() -> None:
    with pytest.raises(ValueError, match="zip"):
        as_json("report", Report({}, Table("t", ("a", "b"), [("only one",)])))
