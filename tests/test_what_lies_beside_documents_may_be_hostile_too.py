"""Sidecars, tables, ignore lists, JSON Lines and links of listing pages may say anything; none leads out or hangs."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ingest import jsonl
from ingest.bounds import LONGEST_VALUE, MOST_CHARACTERS, MOST_VALUES, bounded
from ingest.catalogue import Catalogue
from ingest.document import Claim, Extraction, Page, Source, Status
from ingest.hrefs import guess_href, resolve_href
from ingest.ignore import path_pattern
from ingest.jsonl import BadLine, Record, read_records
from ingest.listed import address
from ingest.pipeline import ingest
from ingest.sidecar import Sidecars


def say(root: Path, toml: bytes | None = None, table: bytes | None = None) -> tuple[list[str], list[str]]:
    """(values, problems) of the sidecars of a document in `root`."""
    (root / "a.pdf").touch()
    for name, data in (("a.pdf.toml", toml), ("metadata.csv", table)):
        if data is not None:
            (root / name).write_bytes(data)
    sidecars = Sidecars(root)
    values = [claim.value for claim in sidecars.claims(root / "a.pdf")]
    return values, [problem for problems in sidecars.problems.values() for problem in problems]


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        (b"title = " + b"[" * 100_000, "too deep"),
        (b"title = '" + b"x" * (2**20) + b"'", "more than the 1 MiB"),
        (b"title = {" + b"a = {" * 50 + b"b = 1" + b"}" * 50 + b"}", "not {"),
        (b"x" * 100_000 + b" = 1", "line 1: 'xxx"),
        (b"\xff\xfe\x00", "not UTF-8"),
    ],
    ids=["deep", "large", "nested", "key", "bytes"],
)
def test_a_toml_bomb_is_one_short_problem(tmp_path: Path, toml: bytes, problem: str) -> None:
    values, problems = say(tmp_path, toml)
    assert values == []
    assert len(problems) == 1
    assert problem in problems[0]
    assert len(problems[0]) < 600


@pytest.mark.parametrize(
    "name", [b"../a.pdf", b"/etc/passwd", b"x" * 5_000, b"a\0.pdf", b"../../../../etc/passwd"]
)
def test_a_table_speaks_of_no_file_outside_of_its_folder(tmp_path: Path, name: bytes) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "a.pdf").touch()
    values, problems = say(folder, table=b"file,title\n" + name + b",Evil\na.pdf,Good\n")
    assert values in (["Good"], [])  # a table with a NUL may not be read any further
    assert len(problems) == 1
    outside = Sidecars(tmp_path)
    assert outside.claims(tmp_path / "a.pdf") == ()


def test_a_table_with_many_wrong_lines_tells_a_few(tmp_path: Path) -> None:
    _, problems = say(tmp_path, table=b"file,title\n" + b"gone.pdf,x\n" * 20_000)
    assert len(problems) == 21
    assert "not listed" in problems[-1]


def test_a_table_with_one_file_in_every_line_takes_no_square_of_them(tmp_path: Path) -> None:
    started = time.monotonic()
    values, _ = say(tmp_path, table=b"file,tags\n" + b"a.pdf,x\n" * 20_000)
    assert len(values) == 20_000
    assert time.monotonic() - started < 30


def test_a_sidecar_that_is_a_link_out_of_the_library_is_not_read(tmp_path: Path) -> None:
    root = tmp_path / "library"
    root.mkdir()
    (tmp_path / "private.toml").write_text("title = 'Private'", encoding="utf-8")
    (tmp_path / "private.csv").write_text("file,title\na.pdf,Private\n", encoding="utf-8")
    (root / "a.pdf.toml").symlink_to(tmp_path / "private.toml")
    (root / "metadata.csv").symlink_to(tmp_path / "private.csv")
    values, problems = say(root)
    assert values == []
    assert len(problems) == 2
    assert all("leads out of the library" in problem for problem in problems)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 20 + "*b", "a" * 255),
        ("**/a/" * 20 + "b", "a/" * 500 + "c"),
        ("**/*a*a/" * 10 + "b", "aaaa/" * 300 + "c"),
    ],
)
def test_a_pattern_takes_no_power_of_its_stars(pattern: str, path: str) -> None:
    started = time.monotonic()
    assert path_pattern(pattern).fullmatch(path) is None
    assert time.monotonic() - started < 10


def test_a_line_without_an_end_costs_itself_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 1_000)
    monkeypatch.setattr(jsonl, "_CHUNK", 100)
    path = tmp_path / "a.jsonl"
    exact = b'{"_id": "exact", "text": "' + b"x" * (1_000 - 28) + b'"}'
    assert len(exact) == 1_000
    path.write_bytes(b'{"_id": "1", "text": "x"}\n' + b"[" * 5_050 + b"\n" + exact + b"\n" + b"{" * 3_000)
    lines = list(read_records(path))
    assert [line.id for line in lines if isinstance(line, Record)] == ["1", "exact"]
    assert [line.line for line in lines if isinstance(line, BadLine)] == [2, 4]


def test_halves_of_surrogates_become_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b'{"_id": "\\ud83d\\ude00", "title": "\\ud800 x", "text": "\\udfff y", "tags": ["\\ud83d\\ude00"]}\n'
    )
    (line,) = read_records(path)
    assert isinstance(line, Record)
    assert line.extraction is not None
    assert line.id == "\U0001f600"
    assert line.extraction.pages[0].text == "\ufffd y"
    assert [claim.value for claim in line.extraction.claims] == ["\ufffd x", "\U0001f600"]


@pytest.mark.parametrize(
    "href",
    [
        "../../etc/passwd", "..%2f..%2fetc/passwd", "file:///etc/passwd", "file://host/share/a.pdf",
        "\\\\host\\share\\a.pdf", "..\\..\\a.pdf", "data:text/html,x", "../../../../../../../../a.pdf",
    ],
)  # fmt: skip
def test_a_link_out_of_the_library_is_no_link(href: str) -> None:
    assert address(href, None, ["pages/list.html"]) is None


def test_a_link_that_climbs_within_the_library_is_one() -> None:
    assert address("../pdf/a.pdf", None, ["pages/list.html"]) == "../pdf/a.pdf"


def test_what_a_page_links_to_is_not_looked_for_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / "secret.pdf").touch()
    (tmp_path / "in").mkdir()
    page = tmp_path / "in" / "list.html"
    asked: list[Path] = []

    def is_held(path: Path) -> bool:
        asked.append(path)
        return False

    assert resolve_href("../secret.pdf", page, is_held) == []
    assert asked[0] == tmp_path / "secret.pdf"
    assert guess_href("http://example.org/..%2fsecret.pdf", page) == []


def test_what_one_document_hands_over_is_bounded() -> None:
    page = Page(1, "words")
    good = Extraction(Status.OK, pages=(page,), claims=(Claim("title", "Kilns", Source.FILE),))
    assert bounded(good, 10) == good
    assert bounded(Extraction(Status.OK, pages=(page,) * 11), 10).status is Status.TOO_MANY_PAGES
    long = Extraction(
        Status.OK, pages=(Page(1, "x" * (MOST_CHARACTERS // 2)), Page(2, "x" * (MOST_CHARACTERS // 2 + 1)))
    )
    assert bounded(long, 10).status is Status.TOO_LARGE
    assert bounded(long, 10).pages == ()
    many = Extraction(
        Status.OK,
        pages=(page,),
        claims=(
            Claim("summary", "x" * 10**6, Source.FILE),
            *[Claim("tag", f"tag {n}", Source.FILE) for n in range(5_000)],
        ),
    )
    kept = bounded(many, 10)
    assert len(kept.claims) == MOST_VALUES
    assert len(kept.claims[0].value) == LONGEST_VALUE
    assert kept.warnings == ("of 5,001 values that it states of itself only the first 1,000 were kept",)


def test_a_file_of_bad_lines_is_counted_and_not_kept(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_bytes(b'{"_id": "good", "text": "words"}\n' + b"x\n" * 20_000)
    ingest([tmp_path / "in"], tmp_path / "data", jobs=1)
    with Catalogue.open(tmp_path / "data") as catalogue:
        row = catalogue.file("in/a.jsonl")
        assert row is not None
        assert row.status is Status.PARTIAL
        assert row.reason.startswith("20000 line(s) not read: line 2: not JSON")
        assert row.reason.endswith("; and 19990 more")
        assert len(row.reason) < 2_000
        assert catalogue.document("in/a.jsonl#good") is not None
