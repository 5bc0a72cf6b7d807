"""Each format of the command line is what docs/output.md and docs/schemas promise, on a real library."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from command_line import lines, run
from conftest import ROOT
from libraries import library, record

Capture = pytest.CaptureFixture[str]


def _checked(data: Any, schema: str) -> Any:
    rules = json.loads((ROOT / "docs" / "schemas" / f"{schema}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(rules).validate(data)
    return data


@pytest.fixture(scope="module")
def ids(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """{path: id}, and under "" the folder."""
    folder = tmp_path_factory.mktemp("library")
    found = library(
        folder / "index_data",
        {
            "asia/kilns.pdf": record(
                "",
                "Forced labour in \x1b[31m kilns\u202e; =SUM(A1)",
                title='=Kilns, "quoted"',
                tags=["Policy", "a, b"],
                regions=["India", "Nepal"],
                published="2003-05",
                publisher="OSCE",
                language="en",
                summary="About kilns.",
            ),
            "ligne\u2028 é.html": record("kiln kiln", title="Fours\tà\nbriques", media_type="text/html"),
            "bare.pdf": record("kiln", title="Bare"),
        },
    )
    return found | {"": str(folder)}


@pytest.fixture(autouse=True)
def _there(ids: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ids[""])


DATA = Path("index_data")


def test_json(capsys: Capture, ids: dict[str, str]) -> None:
    outcome = run(capsys, DATA, "search", "kiln", "--format", "json", "--facets", "--explain", "--snippets", "3")
    data = _checked(json.loads(outcome.out), "search")
    assert (data["total"], len(data["hits"])) == (3, 3)
    for hit in data["hits"]:
        _checked(hit, "hit")
        for snippet in hit["snippets"]:
            for start, end in snippet["highlights"]:
                assert snippet["text"][start:end].lower() in ("kiln", "kilns")
    hit = next(hit for hit in data["hits"] if hit["path"] == "asia/kilns.pdf")
    assert (hit["page"], hit["regions"], hit["tags"], hit["year"]) == (
        2,
        ["India", "Nepal"],
        ["Policy", "a, b"],
        2003,
    )
    assert all(character not in outcome.out for character in "\x1b\u202e\u2028")
    assert {hit["id"] for hit in data["hits"]} == set(ids.values()) - {ids[""]}


def test_json_of_nothing(capsys: Capture) -> None:
    outcome = run(capsys, DATA, "search", "nowhere", "--format", "json")
    data = _checked(json.loads(outcome.out), "search")
    assert (outcome.status, data["total"], data["hits"], data["facets"]) == (1, 0, [], {})


def test_jsonl(capsys: Capture) -> None:
    out = run(capsys, DATA, "search", "kiln", "--format", "jsonl").out
    hits = [_checked(json.loads(line), "hit") for line in out.split("\n") if line]
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    assert "schema_version" not in hits[0]
    assert run(capsys, DATA, "search", "nowhere", "--format", "jsonl").out == ""


def test_csv(capsys: Capture) -> None:
    out = run(capsys, DATA, "search", "kiln", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert out.startswith("rank,score,id,title,path,page,snippet,tags,regions,publisher,year,language,type\r\n")
    assert len(rows) == 3
    row = next(row for row in rows if row["path"] == "asia/kilns.pdf")
    assert row["title"] == '\'=Kilns, "quoted"'  # no formula
    assert (row["tags"], row["regions"], row["page"]) == ("Policy; a, b", "India; Nepal", "2")
    assert "\x1b" not in out
    nothing = run(capsys, DATA, "search", "nowhere", "--format", "csv").out
    assert nothing.startswith("rank,score,id,")
    assert nothing.endswith("\n")
    assert nothing.count("\n") == 1


def test_trec(capsys: Capture, ids: dict[str, str]) -> None:
    out = run(capsys, DATA, "search", "kiln", "--format", "trec").out
    rows = [line.split(" ") for line in lines(out)]
    assert [(row[1], row[3], len(row)) for row in rows] == [("Q0", str(rank), 6) for rank in (1, 2, 3)]
    assert {row[2] for row in rows} <= set(ids.values())
    scores = [float(row[4]) for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3


def test_files(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    import cli

    for option, end in (("--files", b"\n"), ("-0", b"\0")):
        with pytest.raises(SystemExit):
            cli.main(["--data", str(DATA), "search", "kiln", option])
        out, err = capfdbinary.readouterr()
        assert set(out.split(end)) == {b"asia/kilns.pdf", "ligne\u2028 é.html".encode(), b"bare.pdf", b""}
        assert err == b""


def test_facets(capsys: Capture) -> None:
    data = _checked(json.loads(run(capsys, DATA, "facets", "--format", "json").out), "facets")
    (asia,) = data["facets"]["region"]
    assert (asia["value"], asia["count"]) == ("Asia", 1)
    assert data["total"] == 3
    rows = list(csv.DictReader(io.StringIO(run(capsys, DATA, "facets", "kiln", "--format", "csv").out)))
    assert {(row["facet"], row["value"], row["count"]) for row in rows} >= {
        ("tag", "a, b", "1"),
        ("type", "pdf", "2"),
    }
    assert [row["parent"] for row in rows if row["value"] == "India"] == ["Southern Asia"]


def test_show(capsys: Capture, ids: dict[str, str]) -> None:
    id_ = ids["asia/kilns.pdf"]
    for name in (id_, id_[:8], "asia/kilns.pdf"):
        data = _checked(json.loads(run(capsys, DATA, "show", name, "--format", "json").out), "document")
        assert data["id"] == id_
        assert [page["number"] for page in data["pages"]] == [1, 2]
    data = json.loads(run(capsys, DATA, "show", id_, "--page", "2", "--format", "json").out)
    assert [page["number"] for page in data["pages"]] == [2]
    text = run(capsys, DATA, "show", id_).out
    assert "kilns" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_text_is_plain_in_a_pipe(capsys: Capture) -> None:
    out = run(capsys, DATA, "search", "kiln", "--facets").out
    assert "asia/kilns.pdf, page 2" in out
    assert "\x1b" not in out
    assert run(capsys, DATA, "--color", "always", "search", "kiln").out.count("\x1b[") > 2


@pytest.mark.parametrize("name", ["status", "regions"])
@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "text"])
def test_reports(capsys: Capture, name: str, form: str) -> None:
    outcome = run(capsys, DATA, name, "--format", form)
    assert outcome.status == 0
    # A table with no row (no file has a problem) is no line.
    assert bool(outcome.out) is ((name, form) != ("status", "jsonl"))
    if form == "json":
        assert json.loads(outcome.out)["schema_version"] == 1
    if form == "jsonl":
        assert all(json.loads(line) for line in lines(outcome.out))


def test_a_batch_file_follows_its_schema(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    import cli

    (tmp_path / "queries.txt").write_text('kiln\nnowhere\n"open\n', encoding="utf-8")
    for options, schema in (([], "batch-row"), (["--summary"], "batch-summary-row")):
        with pytest.raises(SystemExit):
            cli.main(["--data", str(DATA), "batch", str(tmp_path / "queries.txt"), "--format", "jsonl", *options])
        out, err = capfdbinary.readouterr()
        rows = [_checked(json.loads(line), schema) for line in out.splitlines()]
        assert rows
        assert b'"open' in err
        assert b"3 queries: 1 found something, 1 nothing, 1 with an error" in err


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are text there")
def test_the_notes_of_a_batch_cannot_steer_the_terminal(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "queries.txt").write_text("nothing\x1b[31mred\n", encoding="utf-8")
    outcome = run(
        capsys, DATA, "batch", str(tmp_path / "queries.txt"), "--format", "jsonl", "-o", str(tmp_path / "o")
    )
    assert "1 query: 0 found something, 1 nothing" in outcome.err
    assert "\x1b" not in outcome.err
