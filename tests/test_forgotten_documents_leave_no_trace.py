"""After `dossier forget`, no byte in the data folder tells what the document said, and it does not come back."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from command_line import Outcome, run

from ingest.catalogue import Catalogue
from searchidx.library import Library

#: Words that stand nowhere else; they begin and end unlike each other, so that no prefix they share hides one.
WORDS = ("zyxquorvelt", "pravostunok", "blenthwickor", "ghyrmaddelux", "fjordquaspil")
TITLE, TAG, ENTRY, RARE = "Kwyjibotestimony", "Umbrelquist", "Vexillograndine", "Wolframspandau"
SECRET = (
    f"<html><head><title>{TITLE}</title><meta name='keywords' content='{TAG}'></head><body><main>"
    + "".join(f"<p>The witness {' '.join(WORDS)} spoke of the kiln number {n} and of unpaid work.</p>" for n in range(150))
    + "</main></body></html>"
)  # fmt: skip
LISTING = f"""<!doctype html><html lang="en"><head><title>Library of reports</title></head><body><main>
<h1>Library</h1>
<article class="resource"><h2><a href="files/secret.html">Leaving the kilns</a></h2>
<p>How families leave debt bondage in brick making, and what keeps them from it.</p>
<p>Publisher: A Union, 2003</p><p>TAGS: Asia, Child protection</p></article>
<article class="resource"><h2><a href="files/absent.pdf">{ENTRY}</a></h2>
<p>Something else that is only listed, with a summary of its own, {RARE}.</p>
<p>Publisher: Somebody, 2004</p><p>TAGS: Europe, Trafficking</p></article>
</main></body></html>"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that holds the secret twice, and whose catalogue and index had some life before."""
    root = tmp_path_factory.mktemp("library")
    corpus = root / "corpus"
    (corpus / "files").mkdir(parents=True)
    for number in range(12):
        (corpus / f"report{number}.txt").write_text(f"Report {number} about kilns, debts and work. " * 40, "utf-8")
    (corpus / "files" / "secret.html").write_text(SECRET, encoding="utf-8")
    (corpus / "copy of it.html").write_text(SECRET, encoding="utf-8")
    (corpus / "library.html").write_text(LISTING, encoding="utf-8")
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    shutil.copytree(made, tmp_path / "library")
    root = tmp_path / "library"
    if not (made / "index_data").exists():
        assert dossier(capsys, root, "index", str(root / "corpus"), "--jobs", "1").status == 0
        (root / "corpus" / "late.txt").write_text("A late report, for another segment of the index.", "utf-8")
        assert dossier(capsys, root, "index", str(root / "corpus"), "--jobs", "1").status == 0
        shutil.copytree(root / "index_data", made / "index_data")
        shutil.copy(root / "corpus" / "late.txt", made / "corpus")
    return root


def dossier(capsys: pytest.CaptureFixture[str], root: Path, *arguments: str) -> Outcome:
    return run(capsys, root / "index_data", *arguments)


def stored(root: Path) -> Iterator[bytes]:
    """The bytes of every file in the data folder, and of all that inflates in them."""
    for path in sorted(root.joinpath("index_data").rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            yield content
            yield from inflated(content)


def inflated(content: bytes) -> Iterator[bytes]:
    """What the zlib streams in some bytes hold, wherever one may begin (RFC 1950, section 2.2: the two bytes of its
    head are a multiple of 31)."""
    place = content.find(b"\x78")
    while 0 <= place < len(content) - 2:
        if int.from_bytes(content[place : place + 2]) % 31 == 0:
            try:
                found = zlib.decompressobj().decompress(content[place:], 1 << 20)
            except zlib.error:
                found = b""
            if found:
                yield found
        place = content.find(b"\x78", place + 1)


def traces(root: Path, words: tuple[str, ...]) -> list[str]:
    """Those of the words that can be found, in any case or in UTF-16, whole or (a dictionary may leave out what a
    word shares with the one before it) without their first letters."""
    haystacks = [content.lower() for content in stored(root)]
    needles = {word: (word[3:].lower().encode(), word[3:].lower().encode("utf-16-le")) for word in words}
    return [word for word, forms in needles.items() if any(form in hay for form in forms for hay in haystacks)]


def cells(root: Path) -> set[bytes]:
    """Every value in the catalogue that is long enough to be told, as its bytes stand in a page of the file."""
    found: set[bytes] = set()
    with closing(sqlite3.connect(root / "index_data" / "catalogue.sqlite")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in database.execute(f"SELECT * FROM {table}"):
                found |= {
                    value if isinstance(value, bytes) else value.encode()
                    for value in row
                    if isinstance(value, str | bytes)
                }
    return {value for value in found if len(value) >= 24}


def slices(value: bytes) -> Iterator[bytes]:
    """Some stretches of a value: a long one is spread over several pages."""
    for start in range(0, len(value), max(24, len(value) // 20)):
        if len(stretch := value[start : start + 24]) == 24:
            yield stretch


def test_the_search_for_traces_finds_them_where_they_are(root: Path) -> None:
    assert traces(root, (*WORDS, TITLE, TAG, ENTRY, RARE)) == [*WORDS, TITLE, TAG, ENTRY, RARE]
    place = root / "index_data" / "packed"
    place.write_bytes(b"x" * 1000 + zlib.compress(b"many words and nosuchwordelse among them " * 9, 9) + b"rest")
    assert traces(root, ("nosuchwordelse", "norsuchathing")) == ["nosuchwordelse"]


def test_no_byte_of_a_forgotten_document_is_left(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = cells(root)
    assert dossier(capsys, root, "forget", str(root / "corpus" / "files" / "secret.html"), "--yes").status == 0
    assert traces(root, (*WORDS, TITLE, TAG)) == []
    gone = before - cells(root)
    assert any(WORDS[0].encode() in value or value[:1] == b"\x78" for value in gone)
    files = [path.read_bytes() for path in root.joinpath("index_data").rglob("*") if path.is_file()]
    kept = b"\0".join(cells(root))
    left = [
        part
        for value in gone
        for part in slices(value)
        if part not in kept and any(part in file for file in files)
    ]
    assert left == []
    assert dossier(capsys, root, "verify").status == 0
    assert dossier(capsys, root, "search", "witness").status == 1
    assert dossier(capsys, root, "search", "kilns").status == 0


def test_it_does_not_come_back_until_it_is_allowed_to(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = root / "corpus" / "files" / "secret.html"
    assert dossier(capsys, root, "forget", str(place), "--yes").status == 0
    shutil.copy(place, root / "corpus" / "another copy.html")
    seen = dossier(capsys, root, "index", str(root / "corpus"), "--retry", "--format", "json")
    assert (seen.status, json.loads(seen.out)["files forgotten"], json.loads(seen.out)["unreadable"]) == (0, 3, 0)
    assert traces(root, (*WORDS, TITLE, TAG)) == []
    listed = json.loads(dossier(capsys, root, "status", "--format", "json").out)
    passed_over = {row["path"]: row["reason"] for row in listed["files"] if row["status"] == "forgotten"}
    assert set(passed_over) == {"corpus/files/secret.html", "corpus/copy of it.html", "corpus/another copy.html"}
    assert all(reason.startswith("forgotten on 2") for reason in passed_over.values())
    # What pages list is not shown as missing: it is not wanted.
    missing = json.loads(dossier(capsys, root, "status", "--missing", "--format", "json").out)["missing"]
    assert [row["title"] for row in missing] == [ENTRY]
    assert dossier(capsys, root, "forget", "--allow-again", str(place)).status == 0
    assert dossier(capsys, root, "index", str(root / "corpus"), "--jobs", "1").status == 0
    found = json.loads(dossier(capsys, root, "search", WORDS[0], "--format", "json").out)
    assert [len(hit["paths"]) for hit in found["hits"]] == [3]


def test_a_forgotten_page_takes_along_what_only_it_lists(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert dossier(capsys, root, "search", ENTRY).status == 0
    done = dossier(capsys, root, "forget", str(root / "corpus" / "library.html"), "--yes")
    assert "2 resources that it lists" in done.err
    assert traces(root, (ENTRY, RARE)) == []
    assert traces(root, WORDS) == list(WORDS)
    held = json.loads(
        dossier(capsys, root, "show", str(root / "corpus" / "files" / "secret.html"), "--format", "json").out
    )
    assert (held["title"], held["publisher"]) == (TITLE, None)


def test_what_the_user_said_of_it_goes_too(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = str(root / "corpus" / "files" / "secret.html")
    assert dossier(capsys, root, "tag", "add", "Xanthopsydrite", place).status == 0
    assert traces(root, ("Xanthopsydrite",)) == ["Xanthopsydrite"]
    done = dossier(capsys, root, "forget", place, "--yes")
    assert "values that you gave it" in done.err
    assert traces(root, ("Xanthopsydrite",)) == []


def test_where_the_file_is_gone_its_name_goes_too(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = root / "corpus" / "yttriumgrackle.txt"
    place.write_text("Spoken by one whose name is known. " * 20, encoding="utf-8")
    assert dossier(capsys, root, "index", str(root / "corpus"), "--jobs", "1").status == 0
    place.unlink()
    assert dossier(capsys, root, "forget", str(place), "--yes").status == 0
    assert traces(root, ("yttriumgrackle",)) == []


def test_what_left_the_library_before_can_be_erased(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("files/secret.html", "copy of it.html"):
        (root / "corpus" / name).unlink()
    assert dossier(capsys, root, "index", str(root / "corpus"), "--jobs", "1").status == 0
    assert traces(root, WORDS) == list(WORDS)
    assert dossier(capsys, root, "forget", "--removed", "--yes").status == 0
    assert traces(root, (*WORDS, TITLE, TAG)) == []
    # Nobody said that it is not wanted: it may come back.
    (root / "corpus" / "back.html").write_text(SECRET, encoding="utf-8")
    assert dossier(capsys, root, "index", str(root / "corpus"), "--jobs", "1").status == 0
    assert dossier(capsys, root, "search", WORDS[0]).status == 0


def test_a_line_from_standard_input_is_blanked_where_it_is_kept(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from ingest.pipeline import ingest
    from searchidx.index import update

    kept = root / "index_data" / "standard-input.jsonl"
    records = [{"title": "One", "text": "The first, about kilns."}, {"title": "Two", "text": f"Said {' '.join(WORDS)}."},
               {"title": "Three", "text": "The third, about work."}]  # fmt: skip
    kept.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    for name in ("files/secret.html", "copy of it.html"):
        (root / "corpus" / name).unlink()
    ingest([kept, root / "corpus"], root / "index_data", jobs=1)
    update(root / "index_data")
    assert dossier(capsys, root, "forget", "index_data/standard-input.jsonl#2", "--yes").status == 0
    assert traces(root, WORDS) == []
    assert ingest([kept], root / "index_data", jobs=1).extracted == 0
    with Catalogue.open(root / "index_data") as catalogue:
        paths = [row.path for row in catalogue.files() if row.container]
    assert paths == ["index_data/standard-input.jsonl#1", "index_data/standard-input.jsonl#3"]


def test_nothing_is_done_where_nobody_was_asked(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = str(root / "corpus" / "files" / "secret.html")
    refused = dossier(capsys, root, "forget", place)
    assert (refused.status, refused.out) == (2, "")
    assert "say --yes" in refused.err
    rehearsed = dossier(capsys, root, "forget", place, "--dry-run", "--format", "json")
    assert (rehearsed.status, json.loads(rehearsed.out)["documents"][0]["title"]) == (0, TITLE)
    assert "though it tells of it, perhaps with a summary: corpus/library.html" in rehearsed.err
    assert traces(root, WORDS) == list(WORDS)


def test_what_cannot_be_forgotten_is_said(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unknown = dossier(capsys, root, "forget", "corpus/nothing.pdf", "--yes")
    assert (unknown.status, unknown.err.startswith("dossier: no document has the id or path")) == (2, True)
    found = json.loads(dossier(capsys, root, "search", ENTRY, "type:listed", "--format", "json").out)
    only_listed = dossier(capsys, root, "forget", found["hits"][0]["id"], "--yes")
    assert (only_listed.status, "forget that page instead" in only_listed.err) == (2, True)
    assert dossier(capsys, root, "forget", "--allow-again", "corpus/late.txt").status == 2


@pytest.mark.slow  # it waits for the search as long as SQLite does
def test_a_search_that_holds_the_text_is_said_and_it_is_finished_later(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "index_data" / "copied by hand.sqlite").write_bytes(b"")
    with Library.open(root / "index_data") as library:
        assert library.search(WORDS[0]).total == 1
        busy = dossier(capsys, root, "forget", str(root / "corpus" / "files" / "secret.html"), "--yes")
        assert (busy.status, "a search that is still running" in busy.err) == (75, True)
    assert dossier(capsys, root, "search", WORDS[0]).status == 1
    state = json.loads(dossier(capsys, root, "status", "--format", "json").out)
    assert "dossier forget --removed" in state["forgetting"]
    done = dossier(capsys, root, "forget", "--removed", "--yes")
    assert (done.status, "not looked into" in done.err and "copied by hand.sqlite" in done.err) == (0, True)
    assert traces(root, (*WORDS, TITLE, TAG)) == []
    assert "forgetting" not in json.loads(dossier(capsys, root, "status", "--format", "json").out)
