"""Every query of a list is in the output, in order: found, not found, or with what is wrong with it."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from output_samples import find, open_find, open_nothing

from ingest.errors import DossierError, NoLibrary, SettingsError
from output.batch_rows import HIT_ROW_COLUMNS, BatchTotals, batch_encoder, write_batch
from searchidx.batch import run_batch, run_batch_parallel, without_repeats
from searchidx.batch_queries import BatchQuery, read_queries
from searchidx.results import SearchRequest, SearchResult

SCHEMAS = Path(__file__).resolve().parent.parent / "docs" / "schemas"
LIST = "id,query,tag,year,=odd\na,2,debt bondage,2001,=1+1\nb,oops,,,\nc,0,,,\n"


def written(text: str, format: str, **options: Any) -> tuple[str, BatchTotals]:
    queries = read_queries(io.StringIO(text), kind="csv")
    stream = io.BytesIO()
    encoder = batch_encoder(format, queries, **options)
    totals = write_batch(run_batch(find, queries, base=SearchRequest(limit=5)), encoder, stream)
    return stream.getvalue().decode("utf-8"), totals


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_one_bad_query_of_three_has_its_error_in_its_row() -> None:
    rows = rows_of(written(LIST, "csv")[0])
    assert [(row["query_id"], row["rank"], row["total"]) for row in rows] == [
        ("a", "1", "2"),
        ("a", "2", "2"),
        ("b", "", ""),
        ("c", "", "0"),
    ]
    assert rows[2]["error"] == "line 3: column 1: this is no number"
    assert rows[3]["error"] == ""


def test_a_row_has_the_document_the_passage_and_what_was_asked() -> None:
    text, _ = written(LIST, "csv")
    assert text.split("\r\n")[0].split(",") == [*HIT_ROW_COLUMNS, "tag", "input_year", "'=odd"]
    row = rows_of(text)[1]
    assert (row["score"], row["id"], row["path"], row["page"]) == ("5.0", f"{2:016x}", "2.pdf", "2")
    assert (row["snippet"], row["tags"]) == ('says "2"\nand more', "debt bondage")
    assert (row["year"], row["input_year"], row["tag"], row["'=odd"]) == ("2002", "2001", "debt bondage", "'=1+1")


def test_json_rows_follow_their_schema() -> None:
    text, _ = written(LIST, "jsonl")
    schema = json.loads((SCHEMAS / "batch-row.json").read_text("utf-8"))
    rows = [json.loads(line) for line in text.splitlines()]
    assert len(rows) == 4
    for row in rows:
        jsonschema.Draft202012Validator(schema).validate(row)
    assert rows[0]["tags"] == ["debt bondage"]
    assert rows[3] | {"total": 0, "error": None, "id": None} == rows[3]


def test_the_summary_is_a_row_a_query() -> None:
    rows = rows_of(written(LIST, "csv", summary=True)[0])
    assert [(row["query_id"], row["total"], row["took_ms"], row["zero"]) for row in rows] == [
        ("a", "2", "0.5", "no"),
        ("b", "", "", ""),
        ("c", "0", "0.5", "yes"),
    ]
    schema = json.loads((SCHEMAS / "batch-summary-row.json").read_text("utf-8"))
    for line in written(LIST, "jsonl", summary=True)[0].splitlines():
        jsonschema.Draft202012Validator(schema).validate(json.loads(line))


def test_the_totals_name_what_found_nothing_and_what_failed() -> None:
    _, totals = written(LIST, "trec")
    assert (totals.queries, totals.found) == (3, 1)
    assert totals.without_results == [("c", "0")]
    assert totals.errors == [("b", "line 3: column 1: this is no number")]


def test_a_found_query_of_which_nothing_is_shown_is_not_an_empty_one() -> None:
    def only_count(request: SearchRequest) -> SearchResult:
        return dataclasses.replace(find(request), hits=())

    queries = [BatchQuery("1", "7", 1)]
    stream = io.BytesIO()
    totals = write_batch(
        run_batch(only_count, queries, base=SearchRequest()), batch_encoder("csv", queries), stream
    )
    assert (totals.found, totals.without_results) == (1, [])
    assert rows_of(stream.getvalue().decode())[0]["total"] == "7"


def test_a_warning_stands_in_the_rows_of_its_query() -> None:
    def odd(request: SearchRequest) -> SearchResult:
        return dataclasses.replace(find(request), warnings=("and is a word here", "so is or"))

    queries = [BatchQuery("1", "0", 1)]
    for summary in (False, True):
        stream = io.BytesIO()
        encoder = batch_encoder("csv", queries, summary=summary)
        write_batch(run_batch(odd, queries, base=SearchRequest()), encoder, stream)
        assert rows_of(stream.getvalue().decode())[0]["warnings"] == "and is a word here; so is or"


def test_a_trec_run_holds_the_found_ones() -> None:
    text, _ = written(LIST, "trec", run_tag="t")
    assert text.splitlines() == [f"a Q0 {1:016x} 1 10.000000 t", f"a Q0 {2:016x} 2 5.000000 t"]


def test_rows_of_json_lists_may_lack_columns() -> None:
    queries = read_queries(io.StringIO('{"query": "1", "a": "x"}\n{"query": "1", "b": "y"}\n'))
    stream = io.BytesIO()
    write_batch(run_batch(find, queries, base=SearchRequest()), batch_encoder("csv", queries), stream)
    assert [(row["a"], row["b"]) for row in rows_of(stream.getvalue().decode())] == [("x", ""), ("", "y")]


@pytest.mark.parametrize(("format", "summary"), [("text", False), ("json", False), ("trec", True)])
def test_a_format_that_cannot_hold_a_batch_says_which_can(format: str, summary: bool) -> None:
    with pytest.raises(SettingsError, match="use csv or jsonl"):
        batch_encoder(format, [], summary=summary)


def test_repeats_are_left_out_when_asked_and_the_order_stays() -> None:
    queries = read_queries(io.StringIO("query,tag\n3,\n1,\n3,x\n3,\n1,\n"), kind="csv")
    assert [query.id for query in without_repeats(queries)] == ["1", "2", "3"]


def test_a_missing_library_ends_the_batch_instead_of_filling_it_with_errors() -> None:
    def lost(request: SearchRequest) -> SearchResult:
        raise NoLibrary("there is no library")

    with pytest.raises(NoLibrary):
        list(run_batch(lost, [BatchQuery("1", "1", 1)], base=SearchRequest()))


@pytest.mark.slow
def test_several_processes_write_the_same_bytes() -> None:
    queries = read_queries(io.StringIO("\n".join(str(place % 11) if place % 7 else "bad" for place in range(150))))
    base = SearchRequest(limit=3)
    encoder = batch_encoder("csv", queries)
    one, two = io.BytesIO(), io.BytesIO()
    write_batch(run_batch(find, queries, base=base), encoder, one)
    write_batch(run_batch_parallel(open_find, queries, base=base, jobs=2), encoder, two)
    assert one.getvalue() == two.getvalue()
    assert len(one.getvalue()) > 10_000


@pytest.mark.slow
def test_a_process_that_finds_no_library_says_so() -> None:
    with pytest.raises(DossierError, match="run dossier index first"):
        list(run_batch_parallel(open_nothing, [BatchQuery("1", "1", 1)], base=SearchRequest(), jobs=2))
