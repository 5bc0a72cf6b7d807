"""What is exported, read into another library and exported from there is the same to the byte."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from dossier_command import dossier
from hypothesis import given, settings
from hypothesis import strategies as st
from libraries import put

from ingest.catalogue import Catalogue
from ingest.document import Claim, Extraction, Page, Source, Status
from ingest.errors import DossierError
from ingest.export import export_records
from ingest.jsonl import Record, read_records
from ingest.pipeline import ingest
from ingest.standard_input import keep
from output.json_format import encode
from searchidx.index import update

PAGES = (Page(1, "brick kilns\nin Punjab"), Page(2, "", "ii"), Page(4, "the law\u2028of wages", "A-1"))


def documents() -> dict[str, Extraction]:
    """Documents of every shape: pages with labels and gaps, one page, no page, no text, every field."""
    everything = {
        "title": "Kilns \u202eand law",
        "summary": "A summary.",
        "publisher": "Anti-Slavery",
        "published": "2003-05",
        "source_url": "https://example.org/a?b=c",
    }
    claims = [Claim(name, value, Source.PAGE) for name, value in everything.items()]
    claims += [Claim("author", name, Source.PAGE) for name in ("B. Zed", "A. Why")]
    claims += [Claim("tag", tag, Source.FILE) for tag in ("Zebra", "one, two", "Ärger")]
    claims += [Claim("region", region, Source.FOLDER) for region in ("BGD", "Atlantis", "Global")]
    return {
        "full.pdf": Extraction(Status.PARTIAL, "page 3", "application/pdf", PAGES, tuple(claims)),
        "a b/plain text.txt": Extraction(Status.OK, "", "text/plain", (Page(1, " one page\n"),)),
        "nothing.html": Extraction(Status.EMPTY, "", "text/html"),
        "scan.pdf": Extraction(Status.IMAGE_ONLY, "", "application/pdf", (Page(1, ""), Page(2, ""))),
        "عربي.html": Extraction(Status.OK, "", "text/html", (Page(1, "العمل القسري", "مقدمة"),)),
    }


@pytest.fixture
def exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "index_data"
    ids = put(data, documents())
    with Catalogue.open(data, write=True) as catalogue, catalogue.transaction():
        catalogue.add_user_value(ids["scan.pdf"], "tag", "by the user")
        catalogue.remove_user_value(ids["full.pdf"], "tag", "zebra")
    update(data)
    ran = dossier("export")
    assert (ran.status, ran.err) == (0, "5 documents written\n")
    return ran.out


def test_what_stands_in_a_line(exported: str) -> None:
    lines = [json.loads(line) for line in exported.split("\n")[:-1]]
    assert [line["_id"] for line in lines] == sorted(line["_id"] for line in lines)
    by_title = {line["title"]: line for line in lines}
    full = by_title["Kilns \u202eand law"]
    assert full.pop("_id") in {json.loads(dossier("show", "full.pdf", "--format", "json").out)["id"]}
    assert full == {
        "title": "Kilns \u202eand law",
        "summary": "A summary.",
        "publisher": "Anti-Slavery",
        "authors": ["B. Zed", "A. Why"],
        "published": "2003-05",
        "source_url": "https://example.org/a?b=c",
        "media_type": "application/pdf",
        "tags": ["one, two", "Ärger"],
        "regions": ["Bangladesh", "Atlantis", "Global"],
        "pages": [
            "brick kilns\nin Punjab",
            {"text": "", "label": "ii"},
            "",
            {"text": "the law\u2028of wages", "label": "A-1"},
        ],
    }
    assert by_title["plain text"]["text"] == " one page\n"
    assert by_title["scan"]["tags"] == ["by the user"]


def test_through_a_pipe_into_another_library(exported: str, tmp_path: Path) -> None:
    other = tmp_path / "other" / "index_data"
    report = ingest([keep(io.BytesIO(exported.encode()), other)], other, jobs=1)
    assert (report.added, report.problems, report.warnings) == (5, (), ())
    update(other)
    again = dossier("--data", "other/index_data", "export")
    assert again.out == exported
    for query in (
        "kiln wages",
        "region:asia",
        'tag:"by the user"',
        "type:pdf",
        "العمل",
        "year:2003",
        '"the law of"',
    ):
        titles = [
            [json.loads(line)["title"] for line in dossier(*data, "search", query, "--format", "jsonl").out.split("\n")[:-1]]
            for data in ((), ("--data", "other/index_data"))
        ]  # fmt: skip
        assert sorted(titles[0]) == sorted(titles[1])  # equal scores are in the order of ids, which differ
        assert titles[0], query
    # The same stream once more changes nothing; a shorter one takes away what it does not hold.
    assert ingest([keep(io.BytesIO(exported.encode()), other)], other, jobs=1).extracted == 0
    shorter = exported[: exported.index("\n") + 1].encode()
    assert ingest([keep(io.BytesIO(shorter), other)], other, jobs=1, yes=True).removed == 4


def test_a_pipe_that_brings_nothing_empties_no_library(exported: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    kept = keep(io.BytesIO(exported.encode()), other)
    for nothing in (b"", b"\n  \n"):
        with pytest.raises(DossierError, match="held no document"):
            keep(io.BytesIO(nothing), other)
    assert kept.read_text(encoding="utf-8") == exported
    assert {file.name for file in other.iterdir()} == {kept.name, "write.lock"}


def test_a_part(exported: str) -> None:
    part = dossier("export", "kiln", "--region", "asia")
    assert part.out in exported
    assert part.out.count("\n") == 1
    assert dossier("export", "--type", "pdf").out.count("\n") == 2
    nothing = dossier("export", "--tag", "nowhere")
    assert (nothing.status, nothing.out) == (1, "")


texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
extractions = st.builds(
    lambda title, pages, tags, regions, published: Extraction(
        Status.OK,
        media_type="application/pdf",
        pages=tuple(Page(number, text, label) for number, (text, label) in sorted(pages.items())),
        claims=(
            Claim("title", title, Source.FILE),
            Claim("published", published, Source.FILE),
            *(Claim("tag", tag, Source.FILE) for tag in tags),
            *(Claim("region", region, Source.FILE) for region in regions),
        ),
    ),
    texts,
    st.dictionaries(st.integers(1, 6), st.tuples(texts, st.none() | texts), max_size=4),
    st.lists(texts, max_size=3),
    st.lists(
        texts | st.sampled_from(["Burma", "DRC", "the Gambia", "World", "Congo, Democratic Republic of the"])
    ),
    texts | st.sampled_from(["May 2003", "2003-13", "1999-12-31T00:00"]),
)


@settings(max_examples=20, deadline=None)
@given(made=st.lists(extractions, min_size=1, max_size=3))
def test_whatever_a_document_holds(tmp_path_factory: pytest.TempPathFactory, made: list[Extraction]) -> None:
    folder = tmp_path_factory.mktemp("export")
    put(folder / "data", {f"{number}.pdf": extraction for number, extraction in enumerate(made)})
    first = lines_of(folder / "data")
    file = folder / "all.jsonl"
    file.write_bytes(first)
    with Catalogue.open(folder / "other", create=True) as catalogue, catalogue.transaction():
        for record in read_records(file):
            assert isinstance(record, Record)
            assert record.extraction is not None
            document_id = catalogue.put_document(record.extraction, record.sha256)
            catalogue.attach_path(f"all.jsonl#{record.id}", document_id, container="all.jsonl")
    assert lines_of(folder / "other") == first


def lines_of(data: Path) -> bytes:
    with Catalogue.open(data) as catalogue:
        return "".join(encode(record) + "\n" for record in export_records(catalogue)).encode()


def test_two_files_that_use_the_same_ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.jsonl").write_text('{"_id": "1", "text": "kilns"}\n{"_id": "2", "text": "boats"}\n')
    (tmp_path / "two.jsonl").write_text('{"_id": "1", "text": "sugar"}\n')
    ingest([tmp_path / "one.jsonl", tmp_path / "two.jsonl"], tmp_path / "index_data", jobs=1)
    first = lines_of(tmp_path / "index_data")
    ids = [json.loads(line)["_id"] for line in first.splitlines()]
    assert len(set(ids)) == 3
    assert "1" not in ids
    assert "2" in ids
    (tmp_path / "all.jsonl").write_bytes(first)
    ingest([tmp_path / "all.jsonl"], tmp_path / "other" / "index_data", jobs=1)
    assert lines_of(tmp_path / "other" / "index_data") == first


def test_a_language_that_a_librarian_corrected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").mkdir()
    english = "The workers in the brick kilns were held by debts that they could never repay in all their lives."
    (tmp_path / "corpus" / "a.txt").write_text(english)
    (tmp_path / "corpus" / "a.txt.toml").write_text('language = "fr"\n')
    ingest([tmp_path / "corpus"], tmp_path / "index_data", jobs=1)
    first = lines_of(tmp_path / "index_data")
    assert json.loads(first)["language"] == "fr"
    other = tmp_path / "other" / "index_data"
    ingest([keep(io.BytesIO(first), other)], other, jobs=1)
    assert lines_of(other) == first
