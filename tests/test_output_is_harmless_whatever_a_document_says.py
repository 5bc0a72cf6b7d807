"""Whatever stands in titles, paths, tags and passages: nothing steers the terminal, forges a line, becomes a formula
or breaks a format."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import run
from hypothesis import given, settings
from hypothesis import strategies as st
from libraries import library, record

from commands.progress import ProgressLine
from commands.talk import say
from ingest.document import Claim, Document, Page, Source, Status
from output.batch_rows import batch_encoder
from output.paths import write_paths
from output.printer import Report, Table, make_printer
from output.terminal import Look
from searchidx.batch import BatchAnswer
from searchidx.batch_queries import BatchQuery
from searchidx.results import Duplicate, FacetValue, Hit, SearchResult, Snippet

#: What a terminal, a shell, a browser or a spreadsheet would act on, and plain words between.
PIECES = [
    "\x1b[2J", "\x1b]0;title\x07", "\x1b]8;;http://evil.example\x1b\\", "\x1bP+q\x1b\\", "\x9b2J", "\x9d0;x\x9c", "\x07", "\b\b\b", "\r",
    "\n", "\nFORGED line", "\r\nFORGED", "\u2028FORGED", "\x85FORGED", "\x0bFORGED", "\x0cFORGED", "\t", "\x00", "\x7f",
    "\u202e", "\u2066", "\u200f", "\u061c", "\ufeff", "\u200b", "\u00ad", "\U000e0041", "\ufff9", "\udcff", "\ud800",
    "=1+1", "=cmd|' /C calc'!A0", "@SUM(1)", "+1", "-2+3", "|x", "＝1", "\u200b=1", "\u00a0=1", ";=1", "; @x", ";\n-1", '";=1', "';+1",
    "<script>alert(1)</script>", "&amp;", "$(reboot)", "`x`", "'", '"', ";", ",", "%", "~", "word", "  ", "é", "人口", "e\u0301\u0301", "😀",
]  # fmt: skip
hostile = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), min_size=1, max_size=6).map("".join)
hostiles = st.lists(hostile, min_size=1, max_size=3).map(tuple)
#: A name as the file system may have it: any bytes but NUL, those that are not UTF-8 as Python writes them.
path = hostile.map(lambda text: re.sub("[\0\ud800-\udc7f\udd00-\udfff]", "x", text))
paths = st.lists(path, min_size=1, max_size=3).map(tuple)

#: The only escape sequences that Dossier writes: colours, and links to local files.
OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;;(?:file:///[A-Za-z0-9%/._~#=-]*)?\x1b\\")
ALLOWED = {
    "\n",
    "\u200c",
    "\u200d",
    *map(chr, range(0x600, 0x606)),
    *"\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd",
}
SIGNS = "=+-@|＝＋－＠｜"


def steering(text: str) -> set[str]:
    """The characters of a text that a terminal would act on or that hide what is written."""
    return {
        char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs") or char in "\u2028\u2029"
    } - ALLOWED


def forged(text: str) -> list[str]:
    """Lines that a document made."""
    return [line for line in re.split(r"[\n\r\x0b\x0c\x85\u2028]", text) if line.startswith("FORGED")]


@st.composite
def hits(draw: st.DrawFn) -> Hit:
    passage = draw(hostile)
    return Hit(
        rank=1,
        score=1.5,
        id=draw(hostile),
        title=draw(hostile),
        path=(names := draw(paths))[0],
        paths=names,
        page=2,
        snippets=(Snippet(passage, ((0, len(passage)),), page=3, label=draw(hostile)),),
        tags=draw(hostiles),
        regions=draw(hostiles),
        publisher=draw(hostile),
        year=2003,
        language=draw(hostile),
        type=draw(hostile),
        status=draw(st.sampled_from(["ok", "listed", "\x1b[31mpartial"])),
        summary=draw(hostile),
        source_url=draw(hostile),
        duplicates=(Duplicate(draw(hostile), draw(path)),),
    )


@st.composite
def results(draw: st.DrawFn) -> SearchResult:
    value = FacetValue(draw(hostile), 3, (FacetValue(draw(hostile), 1),))
    return SearchResult(
        query=draw(hostile),
        interpreted=draw(hostile),
        total=7,
        took_ms=1.0,
        offset=0,
        hits=(draw(hits()), draw(hits())),
        facets={"tag": (value,)},
        suggestions=draw(hostiles),
        warnings=draw(hostiles),
        explanation={"query": draw(hostile), "parts": [{draw(hostile): draw(hostile), "deep": [draw(hostiles)]}]},
    )


@st.composite
def documents(draw: st.DrawFn) -> Document:
    return Document(
        id="9f2c12ab34cd56ef",
        paths=draw(hostiles),
        title=draw(hostile),
        media_type=draw(hostile),
        status=Status.PARTIAL,
        reason=draw(hostile),
        summary=draw(hostile),
        publisher=draw(hostile),
        authors=draw(hostiles),
        published="2003",
        language=draw(hostile),
        tags=draw(hostiles),
        regions=draw(hostiles),
        region_mentions=draw(hostiles),
        source_url=draw(hostile),
        page_count=1,
        extraction=draw(hostile),
        pages=(Page(1, draw(hostile).replace("FORGED", "text"), label=draw(hostile)),),
        claims=(Claim("tag", draw(hostile), Source.LISTING),),
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    rows = [(draw(hostile), draw(hostiles), 3)]
    return Report(
        {draw(hostile).replace("\n", ""): draw(hostile)},
        Table("rows", ("one", "two", draw(hostile)), rows, draw(hostile)),
    )


printable = st.one_of(results(), documents(), reports())


def printed(format: str, what: SearchResult | Document | Report, **options: object) -> tuple[str, str]:
    """What a printer writes of a thing: data and remarks."""
    out, notes = io.StringIO(newline=""), io.StringIO()
    printer = make_printer(format, out, notes=notes, **options)  # type: ignore[arg-type]
    if isinstance(what, SearchResult):
        printer.search(what)
        if format != "trec":
            printer.facets(what.facets, query=what.query, total=3)
    elif isinstance(what, Document):
        printer.document(what)
    else:
        printer.report(what)
    return out.getvalue(), notes.getvalue()


@given(printable, st.sampled_from([Look(), Look(color=True, links=True, width=40), Look(links=True)]))
@settings(max_examples=70)
def test_text_and_remarks(what: SearchResult | Document | Report, look: Look) -> None:
    out, notes = printed("text", what, look=look)
    bare = OURS.sub("", out)
    assert steering(bare) == set()
    if look.width is None:  # else a line that is broken may begin with any word
        assert forged(bare.replace("    ", "")) == []
    assert (steering(notes), forged(notes)) == (set(), [])


@given(printable)
@settings(max_examples=50)
def test_json_and_json_lines(what: SearchResult | Document | Report) -> None:
    out, notes = printed("jsonl", what)
    assert all(json.loads(line) for line in out.split("\n")[:-1])
    whole, _ = printed("json", what)
    if isinstance(what, SearchResult):  # facets are printed behind it
        whole = whole[: whole.index("\n}\n") + 2]
        assert [hit["title"] for hit in json.loads(whole)["hits"]] == [hit.title for hit in what.hits]
    else:
        json.loads(whole)
    for text in (out, whole, notes):
        assert {char for char in steering(text) if unicodedata.category(char) != "Cf"} == set()
        assert not set(text) & set(
            "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
        )


def cells(text: str) -> Iterator[str]:
    """The cells as spreadsheets may cut a CSV file: at commas, at semicolons, at tabs."""
    for delimiter in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield from row
    # A quote in the midst of a cell means nothing to some: then lines and separators cut it as they stand.
    yield from re.split(r"[;\t\r\n]", text)


@given(printable)
@settings(max_examples=70)
def test_csv(what: SearchResult | Document | Report) -> None:
    out, notes = printed("csv", what)
    formulas = [
        cell for cell in cells(out) if cell.strip(' \t\r\n\u00a0\u200b\u00ad\ufeff\u3000"')[:1] in tuple(SIGNS)
    ]
    assert formulas == []
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]", out)
    assert steering(notes) == set()


@given(results())
@settings(max_examples=50)
def test_trec(result: SearchResult) -> None:
    out, _ = printed("trec", result, query_id=result.query, run_tag=result.interpreted)
    lines = out.split("\n")[:-1]
    assert [len(line.split()) for line in lines] == [6, 6]
    assert steering(out) == set()


@given(st.lists(path, max_size=5))
def test_paths_alone(names: list[str]) -> None:
    stream = io.BytesIO()
    left_out = write_paths(names, stream)
    lines = stream.getvalue().split(b"\n")[:-1]
    assert set(lines) <= {os.fsencode(name) for name in names}
    assert len(lines) + left_out == len(set(names))
    stream = io.BytesIO()
    assert write_paths(names, stream, nul=True) == 0
    assert stream.getvalue().split(b"\0")[:-1] == [os.fsencode(name) for name in dict.fromkeys(names)]

    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

    seen = Terminal()
    write_paths(names, seen)
    assert steering(seen.getvalue().decode()) == set()


@given(hostile, hostile, hostile, hits())
@settings(max_examples=50)
def test_rows_of_a_batch(text: str, error: str, column: str, hit: Hit) -> None:
    queries = [
        BatchQuery("a", text, 1, extra=((column, text),)),
        BatchQuery(text, text, 2, extra=((column, error),)),
    ]
    found = SearchResult(text, text, 1, 1.0, 0, (hit,), warnings=(error,))
    answers = [BatchAnswer(queries[0], found), BatchAnswer(queries[1], error=error)]
    for format in ("csv", "jsonl", "trec"):
        encoder = batch_encoder(format, queries, run_tag=text)
        out = (encoder.header() + b"".join(map(encoder.encode, answers))).decode()
        if format == "csv":
            assert [
                cell
                for cell in cells(out)
                if cell.strip(' \t\r\n\u00a0\u200b\u00ad\ufeff\u3000"')[:1] in tuple(SIGNS)
            ] == []
        elif format == "jsonl":
            expected = json.loads(json.dumps(text))  # two halves of a character that meet are that character
            assert [json.loads(line)["query"] for line in out.split("\n")[:-1]] == [expected, expected]
        else:
            assert [len(line.split()) for line in out.split("\n")[:-1]] == [6]


@given(hostile)
@settings(max_examples=50)
def test_progress(text: str) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    seen = Terminal()
    with ProgressLine(seen) as line:
        line.show(f"1 of 2 files  {text * 30}")
    first, *more = seen.getvalue().split("\r\x1b[K")[1:]
    assert (more, steering(first), "\n" in first) == ([""], set(), False)


def test_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    say("".join(PIECES))
    said = capsys.readouterr().err
    assert (steering(said), said.count("\n")) == (set(), 1)


TITLE = "=1+1\x1b[2J\nplain\nrm -rf ~\n_ \u202etsil"
TAG = "evil\x1b]0;x\x07 tag;=2"
PATH = "a\n\x1b[31mb\u202e.pdf"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("library") / "index_data"
    passage = "The \x1b[2J kiln \u202eowner\x07 paid =1+1 nothing\r to them."
    library(place, {PATH: record(passage, title=TITLE, tags=[TAG], regions=["\x1b[5mAsia"], publisher="@SUM(1)\x9b2J", summary=passage),
                    "b.pdf": record("A kiln", title="Fine")})  # fmt: skip
    return place


COMMANDS = [
    ("search", "kiln"), ("search", "kiln", "--facets", "--explain"), ("search", "kiln", "--files"), ("show", PATH), ("show", "b.pdf"),
    ("show", PATH, "--provenance"), ("show", "\x1b[2Jno\nsuch"), ("facets",), ("facets", "kiln"), ("similar", PATH), ("status", "--all"),
    ("status",), ("status", "--quality"), ("tags",), ("regions",), ("export",), ("verify",), ("config",),
    ("tag", "add", "x\x1b[2J", "b.pdf", "--dry-run"), ("tag", "remove", "no\x1b[2Jne", "b.pdf"), ("search", "kiln\x1b[2J", "AND", "("),
    ("search", "tag:\x1b]0;x\x07"), ("search", "nothing\x9b2J\u202e"), ("\x1b[2Jnocommand",), ("search", "--\x1b[2Jno"),
    ("saved", "run", "no\x1b[2Jne"), ("saved", "add", "a\x1b[2J", "kiln"), ("forget", PATH, "--dry-run"), ("forget", "\x1b[2J", "--yes"),
    ("search", "kiln", "--region", "\x1b[2J"), ("search", "kiln", "--year", "\x1b[2J"), ("show", PATH, "--page", "77"),
]  # fmt: skip


@pytest.mark.parametrize(
    "arguments", COMMANDS, ids=lambda arguments: ascii(" ".join(arguments)).replace("\\", "_")
)
def test_every_command(data_dir: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    for options in ([], ["-v"]):
        done = run(capsys, data_dir, *options, *arguments)
        assert steering(done.err) == set()
        raw = "--files" in arguments
        assert raw or {char for char in steering(done.out) if char not in "\r"} <= set("\u00ad\u200b")
    assert done.status in (0, 1, 2)


@pytest.mark.parametrize("format", ["json", "jsonl", "csv", "trec"])
def test_every_format(data_dir: Path, capsys: pytest.CaptureFixture[str], format: str) -> None:
    for arguments in (
        ["search", "kiln"],
        ["similar", PATH],
        ["facets"],
        ["show", PATH],
        ["status", "--all"],
        ["tags"],
    ):
        done = run(capsys, data_dir, *arguments, "--format", format)
        assert {char for char in steering(done.out) if char not in "\r\t"} == set() or format == "csv"
        assert not set("\x1b\x9b\x07\x9d\x00\b") & set(done.out + done.err)


def test_a_name_with_a_line_end_is_not_two_paths(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = run(capsys, data_dir, "search", "kiln", "--files")
    assert (done.status, [os.path.basename(line) for line in done.out.splitlines()]) == (2, ["b.pdf"])
    assert "ask for them with -0" in done.err
    done = run(capsys, data_dir, "search", "kiln", "-0")
    assert (done.status, done.out.count("\0")) == (0, 2)


@pytest.mark.parametrize(
    ("shell", "environ"),
    [
        ("bash", {"COMP_LINE": "dossier show {id}", "COMP_WORDBREAKS": ":="}),
        ("zsh", {"COMP_WORDS": "dossier show {id}", "COMP_CWORD": "2"}),
        ("fish", {"COMP_WORDS": "dossier show {id}", "COMP_CWORD": "{id}"}),
    ],
)
def test_completion_is_not_forged(
    data_dir: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    shell: str,
    environ: dict[str, str],
) -> None:
    hits = json.loads(run(capsys, data_dir, "search", "kiln", "--format", "json").out)["hits"]
    id_ = next(hit["id"] for hit in hits if hit["title"] != "Fine")
    for name, value in environ.items():
        monkeypatch.setenv(name, value.format(id=id_[:6]))
    monkeypatch.setenv("DOSSIER_DATA", str(data_dir))
    monkeypatch.setenv("_DOSSIER_COMPLETE", f"{shell}_complete")
    monkeypatch.setattr(sys, "argv", ["dossier"])
    capsys.readouterr()
    with pytest.raises(SystemExit):
        __import__("cli").main([])
    out = capsys.readouterr().out
    assert id_ in out
    assert (steering(out) - {"\t"}, "\nrm -rf" in out) == (set(), False)


def test_a_long_run_of_blanks_costs_little() -> None:
    out, _ = printed("csv", Report({}, Table("t", ("a",), [("; \n" * 200_000 + "x",)])))
    assert len(out) > 600_000
