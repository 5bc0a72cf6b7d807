"""A list of queries is read as people keep it, and what is wrong in it is said with its line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from ingest.errors import DossierError, SettingsError
from searchidx.batch_queries import BatchQuery, read_queries
from searchidx.results import SearchRequest


def saved(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_text_file_has_a_query_a_line(tmp_path: Path) -> None:
    path = saved(tmp_path, "q.txt", '\ufeff# names\r\ndebt bondage\r\n\r\n  "bride trafficking" -asia  \r\n#end')
    assert read_queries(path) == [
        BatchQuery("1", "debt bondage", 2),
        BatchQuery("2", '"bride trafficking" -asia', 4),
    ]


def test_a_spreadsheet_carries_its_other_columns_through(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        "q.csv",
        'id,query,case\nA7,"""debt bondage"" OR peonage",first\nB2,"two\nlines",second\n,last,\n',
    )
    queries = read_queries(path)
    assert [(query.id, query.query, query.line, query.extra) for query in queries] == [
        ("A7", '"debt bondage" OR peonage', 2, (("case", "first"),)),
        ("B2", "two\nlines", 3, (("case", "second"),)),
        ("3", "last", 5, (("case", ""),)),
    ]


def test_without_a_query_column_the_first_is_taken_and_that_is_said(tmp_path: Path) -> None:
    path = saved(tmp_path, "q.csv", "name,country\nJohn Smith,Nepal\n")
    said: list[str] = []
    (query,) = read_queries(path, note=said.append)
    assert (query.query, query.extra) == ("John Smith", (("country", "Nepal"),))
    assert said == ["q.csv: the first line gives the names of the columns; the queries are taken from name."]


def test_columns_named_like_options_filter_and_that_is_said(tmp_path: Path) -> None:
    path = saved(tmp_path, "q.tsv", "query\tregion\ttag\tyear\tlimit\nbride\tAsia; Europe\t\t2015..\t3\n")
    said: list[str] = []
    (query,) = read_queries(path, note=said.append)
    base = SearchRequest(tags=("kept",), regions=("replaced",), limit=10)
    request = query.request(base)
    assert (request.query, request.regions, request.tags) == ("bride", ("Asia", "Europe"), ("kept",))
    assert (request.years, request.limit) == ((2015, None), 3)
    assert "filtered by its row's region, tag, year, limit" in said[0]


def test_a_column_that_is_asked_for_does_not_filter_as_well() -> None:
    table = "region,tag\nNepal,x\n"
    said: list[str] = []
    (query,) = read_queries(io.StringIO(table), kind="csv", column="region", note=said.append)
    assert (query.query, query.overrides) == ("Nepal", {"tags": ("x",)})
    (query,) = read_queries(io.StringIO(table), kind="csv", template='"{region}"', note=said.append)
    assert (query.query, query.overrides) == ('"Nepal"', {"tags": ("x",)})
    assert not any("region," in sentence for sentence in said)


@pytest.mark.parametrize(
    ("year", "years"),
    [("2015", (2015, 2015)), ("2015..2020", (2015, 2020)), ("..2020", (None, 2020)), ("2015 .. ", (2015, None))],
)
def test_years_are_written_as_in_the_option(year: str, years: tuple[int | None, int | None]) -> None:
    (query,) = read_queries(io.StringIO(f"query,year\nx,{year}\n"), kind="csv")
    assert query.overrides == {"years": years}


def test_json_lines_bring_filters_and_own_fields(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        "q.jsonl",
        '{"_id": 7, "text": "forced labour", "region": ["Asia"], "lang": "en", '
        '"case": {"n": 1}, "metadata": {}}\n\n'
        '{"query": "bride", "score": 1.5, "none": null}\n',
    )
    first, second = read_queries(path)
    assert (first.id, first.query, first.overrides) == (
        "7",
        "forced labour",
        {"regions": ("Asia",), "languages": ("en",)},
    )
    assert first.extra == (("region", "Asia"), ("lang", "en"), ("case", '{"n": 1}'), ("metadata", ""))
    assert (second.id, second.query, second.line) == ("2", "bride", 3)
    assert second.extra == (("score", "1.5"), ("none", ""))


def test_a_stream_is_told_by_its_first_line() -> None:
    assert read_queries(io.StringIO('{"query": "a b"}\n'))[0].query == "a b"
    assert read_queries(io.StringIO("{a b\nc"))[0].query == "{a b"
    stream = io.TextIOWrapper(io.BytesIO("\ufeffdéjà".encode()), encoding="latin-1")
    assert read_queries(stream)[0].query == "déjà"


def test_what_a_spreadsheet_program_saves_is_read(tmp_path: Path) -> None:
    assert read_queries(saved(tmp_path, "a.csv", "query;note\nx, y;z\n"))[0].query == "x, y"
    assert read_queries(saved(tmp_path, "b.tsv", "query\tnote\nété\tz\n".encode("utf-16")))[0].query == "été"
    assert len(read_queries(saved(tmp_path, "c.csv", "query,note\r\nx,y\r\n,\r\n,\r\n"))) == 1


def test_a_byte_that_is_not_utf8_is_shown_with_its_line(tmp_path: Path) -> None:
    path = saved(tmp_path, "q.txt", b"one\ntwo\ncaf\xe9\nfour\n")
    with pytest.raises(DossierError, match=r"q\.txt, line 3: the byte 0xE9 is not UTF-8\. Save the list as UTF-8"):
        read_queries(path)


def test_a_broken_cell_is_shown_with_its_line_before_anything_runs(tmp_path: Path) -> None:
    path = saved(tmp_path, "q.csv", 'query\nfine\n"debt bondage" AND x\n')
    with pytest.raises(DossierError, match=r"line 3: this row is not CSV .*doubled"):
        read_queries(path)
    with pytest.raises(DossierError, match="line 2"):
        read_queries(saved(tmp_path, "r.csv", 'query\n"never closed\nx\n'))


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        ("query,note\n,what\n", "csv", "line 2: the query is empty."),
        ("query,note\na,b,c\n", "csv", "line 2: 3 cells, but 2 columns."),
        ("query,year\na,soon\n", "csv", "line 2: year is 'soon', not a year"),
        ("query,year\na,..\n", "csv", "line 2: year is '..', not a year"),
        ("query,limit\na,0\n", "csv", "line 2: limit is '0', not a whole number from 1."),
        ("{nope\n", "jsonl", "line 1: this is not JSON: "),
        ("[1]\n", "jsonl", "line 1: this is not an object"),
        ("[" * 100_000 + "\n", "jsonl", "line 1: this JSON is nested too deep"),
        ('{"q": "a"}\n', "jsonl", "line 1: there is no field query or text."),
    ],
)
def test_one_bad_row_keeps_its_place_and_says_why(content: str, kind: str, said: str) -> None:
    good = '{"query": "good", "text": "good"}\n' if kind == "jsonl" else "good\n"
    bad, fine = read_queries(io.StringIO(content + good), kind=kind)
    assert bad.error is not None
    assert bad.error.startswith(said)
    assert (fine.query, fine.error) == ("good", None)


def test_an_id_that_is_used_twice_is_an_error_of_its_second_row() -> None:
    queries = read_queries(io.StringIO("id,query\n7,a\n7,b\n"), kind="csv")
    assert [query.error for query in queries] == [None, "line 3: the id 7 is used in line 2 already."]


def test_a_column_that_is_not_there_gets_a_suggestion() -> None:
    with pytest.raises(SettingsError, match=r"has no column Qery: did you mean query\?"):
        read_queries(io.StringIO("query,name\na,b\n"), kind="csv", column="Qery")
    with pytest.raises(SettingsError, match=r"has no column zzz; its columns are query, name\."):
        read_queries(io.StringIO("query,name\na,b\n"), kind="csv", template="{zzz}")


def test_files_that_are_no_list_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DossierError, match=r"cannot read the queries in .*gone\.txt: No such file"):
        read_queries(tmp_path / "gone.txt")
    with pytest.raises(DossierError, match="has no line"):
        read_queries(io.StringIO(""), kind="csv")
    with pytest.raises(DossierError, match="two columns are called a"):
        read_queries(io.StringIO("a,a\n1,2\n"), kind="csv")
    with pytest.raises(SettingsError, match="'xml' is no kind"):
        read_queries(io.StringIO(""), kind="xml")
