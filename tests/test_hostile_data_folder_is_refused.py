"""A data folder that somebody made to do harm ends in one sentence: it leads to no other file, takes no memory to
speak of, and runs nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import Outcome, run
from libraries import library, put, record

from ingest.catalogue_check import check
from ingest.catalogue_schema import FILE_NAME
from ingest.errors import DossierError, IndexDamaged
from searchidx import manifest
from searchidx.index import update, verify
from searchidx.library import Library

LOOKING = (
    ["search", "kiln"],
    ["facets"],
    ["show", "a.pdf"],
    ["status"],
    ["similar", "a.pdf"],
    ["export"],
    ["tags"],
)
DEEP = "[" * 100_000 + "]" * 100_000


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of two segments with a deleted document."""
    data_dir = tmp_path_factory.mktemp("sound") / "index_data"
    library(data_dir, {"a.pdf": record("a brick kiln", title="Kilns", tags=["work"], regions=["India"]), "c.pdf": record("kiln again")})  # fmt: skip
    put(data_dir, {"b.pdf": record("another kiln")}, removed=["c.pdf"])
    update(data_dir)
    return data_dir


@pytest.fixture
def data_dir(sound: Path, tmp_path: Path) -> Path:
    """A copy for somebody to prepare."""
    return Path(shutil.copytree(sound, tmp_path / "index_data"))


@pytest.fixture(autouse=True)
def _little_memory() -> Iterator[None]:
    """Not much more than what is in use now."""
    if sys.platform != "linux":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (in_use + (1 << 29), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _one_sentence(ran: Outcome) -> None:
    assert ran.status in (0, 1, 2), ran
    if ran.status == 2:
        assert ran.err.count("\n") == 1, ran
        assert len(ran.err) < 600, ran


# -- the pointer

ENTRY: dict[str, object] = {"name": "MAIN_x", "documents": 1, "deleted": []}


def _facts(**changed: object) -> dict[str, object]:
    return {"generation": 3, "catalogue": "x", "revision": 1, "fingerprint": "x", "segments": []} | changed


def _entry(**changed: object) -> bytes:
    return manifest.sealed(_facts(segments=[ENTRY | changed]))


def _raw(rest: str) -> bytes:
    return b'{"crc":"%08x",' % zlib.crc32(rest.encode()) + rest.encode()


MANIFESTS: dict[str, bytes] = {
    **{
        f"name {name[:12]!r}": _entry(name=name)
        for name in ("../../x", "/etc/passwd", "a/b", "..", ".", "", "x\0y", "C:x", "a\\b", "x" * 5000, "MAIN_x\n")
    },
    "name no text": _entry(name=["MAIN_x"]),
    **{
        f"documents {value!r}": _entry(documents=value)
        for value in (10**18, -1, True, 1.5, "3", None, [], 1 << 32)
    },
    **{
        f"deleted {value!r}": _entry(deleted=value)
        for value in ([10**18], [-1], [0, 0], [1, 0], ["0"], [True], {}, 3)
    },
    **{f"generation {value!r}": manifest.sealed(_facts(generation=value)) for value in (-1, 1 << 63, "1", None)},
    "a number of 400 digits": _raw('"generation":1' + "0" * 400 + ',"segments":[]}'),
    "a number of 5000 digits": _raw('"generation":1' + "0" * 5000 + ',"segments":[]}'),
    "no number": _raw('"generation":NaN,"segments":[]}'),
    "without end": _raw('"generation":Infinity,"segments":[]}'),
    "nested": _raw(f'"segments":{DEEP}}}'),
    "twice the same": _raw('"segments":[],"segments":[]}'),
    "a segment twice": manifest.sealed(_facts(segments=[ENTRY, ENTRY])),
    "segments no list": manifest.sealed(_facts(segments={"name": "x"})),
    "a segment no object": manifest.sealed(_facts(segments=["MAIN_x"])),
    "no text": b"\xff\xfe" * 50,
    "not an object": b"[1, 2, 3]",
}


@pytest.mark.parametrize("kind", MANIFESTS)
def test_a_hostile_pointer(capsys: pytest.CaptureFixture[str], data_dir: Path, kind: str) -> None:
    (data_dir / "index" / "manifest.json").write_bytes(MANIFESTS[kind])
    with pytest.raises(IndexDamaged, match=r"manifest\.json.*dossier rebuild"):
        manifest.read(data_dir / "index")
    for command in (["search", "kiln"], ["status"]):
        ran = run(capsys, data_dir, *command)
        assert ran.status == 2
        _one_sentence(ran)
    assert run(capsys, data_dir, "verify").status == 1
    assert run(capsys, data_dir, "rebuild").status == 0
    assert run(capsys, data_dir, "search", "kiln").status == 0


def test_a_pointer_of_a_terabyte(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    with (data_dir / "index" / "manifest.json").open("r+b") as stream:
        stream.truncate(1 << 40)
    ran = run(capsys, data_dir, "search", "kiln")
    assert ran.status == 2
    _one_sentence(ran)


# -- segments

NUMBERS: tuple[object, ...] = (-1, 0, 1 << 31, 10**9, 10**18, 1 << 63, 1 << 64, 1.5, True, None, "x", [], {}, [[]])


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(item, (*path, key))


def _changed(value: Any, path: tuple[Any, ...], new: object) -> Any:
    if not path:
        return new
    items = dict(value) if isinstance(value, dict) else list(value)
    items[path[0]] = _changed(value[path[0]], path[1:], new)
    return items


def _parts(content: bytes) -> tuple[bytes, Any, bytes]:
    """A segment file ends with its footer (JSON), the footer's CRC-32 and length, and a magic number."""
    end = len(content) - 20
    length = int.from_bytes(content[end + 4 : end + 12], "little")
    return content[: end - length], json.loads(content[end - length : end]), content[-8:]


def _whole(body: bytes, footer: bytes, magic: bytes) -> bytes:
    return body + footer + zlib.crc32(footer).to_bytes(4, "little") + len(footer).to_bytes(8, "little") + magic


def _segment_files(data_dir: Path) -> list[Path]:
    pointer = manifest.read(data_dir / "index")
    assert pointer is not None
    name = pointer.segments[0].name
    return sorted(path for path in (data_dir / "index").iterdir() if path.name.startswith(name))


def _answered_or_refused(data_dir: Path) -> None:
    try:
        with Library.open(data_dir) as opened:
            for words in ("kiln", "k* OR labuor~1", '"brick kiln"', "region:asia tag:work"):
                opened.search(words, facets=True)
    except DossierError as error:
        assert "\n" not in str(error)  # noqa: PT017 - a footer may also be a lie that reads


@pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.slow)])
def test_a_hostile_footer_of_a_segment(data_dir: Path, step: int) -> None:
    for path in _segment_files(data_dir):
        content = path.read_bytes()
        body, footer, magic = _parts(content)
        changes = [(place, new) for place in _places(footer) for new in NUMBERS]
        for place, new in changes[::step]:
            path.write_bytes(_whole(body, json.dumps(_changed(footer, place, new)).encode(), magic))
            _answered_or_refused(data_dir)
            verify(data_dir)
        for text in (DEEP, '{"sections": NaN}', "null", "", "\0", '{"format": 1' + "0" * 5000 + "}"):
            path.write_bytes(_whole(body, text.encode(), magic))
            with pytest.raises(IndexDamaged, match="dossier rebuild"):
                Library.open(data_dir)
        for length in (0, 1 << 63, (1 << 64) - 1, len(content)):
            path.write_bytes(content[:-16] + length.to_bytes(8, "little") + magic)
            with pytest.raises(IndexDamaged, match="dossier rebuild"):
                Library.open(data_dir)
        path.write_bytes(content)
    assert verify(data_dir) == []


# -- the catalogue

SCHEMAS: dict[str, str] = {
    "a view for a table": "ALTER TABLE pages RENAME TO hidden; CREATE VIEW pages AS SELECT * FROM hidden",
    "a view that never ends": "CREATE VIEW more AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM n",
    "a trigger": "CREATE TRIGGER t AFTER UPDATE ON meta BEGIN DELETE FROM claims; END",
    "a trigger on reading marks": "CREATE TRIGGER t AFTER INSERT ON claims BEGIN DELETE FROM documents; END",
    "a virtual table": "CREATE VIRTUAL TABLE v USING fts5(text)",
    "a generated column": "CREATE TABLE g (a, b AS (hex(zeroblob(1000000000))))",
    "a stored column": "CREATE TABLE g (a, b TEXT GENERATED ALWAYS AS (upper(a)) STORED)",
    "a check": "CREATE TABLE g (a CHECK (length(a) > 3))",
    "a default that computes": "CREATE TABLE g (a DEFAULT (randomblob(1000000000)))",
    "an index on an expression": "CREATE INDEX i ON documents (upper(id))",
    "an index with a condition": "CREATE INDEX i ON documents (id) WHERE length(hex(id)) > 3",
    "a table that is missing": "DROP TABLE pages",
}


def _execute(data_dir: Path, script: str) -> None:
    db = sqlite3.connect(data_dir / FILE_NAME)
    db.executescript(script)
    db.commit()
    db.close()


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_catalogue_that_brings_along_more_than_tables(
    capsys: pytest.CaptureFixture[str], data_dir: Path, kind: str
) -> None:
    _execute(data_dir, SCHEMAS[kind])
    for command in (*LOOKING, ["tag", "add", "x", "a.pdf"], ["rebuild"]):
        ran = run(capsys, data_dir, *command)
        assert ran.status == 2, (command, ran)
        assert FILE_NAME in ran.err
        _one_sentence(ran)
    ran = run(capsys, data_dir, "verify")
    assert ran.status == 1
    assert "dossier rebuild --salvage" in ran.out
    if kind != "a table that is missing":
        assert run(capsys, data_dir, "rebuild", "--salvage").status == 0
        assert check(data_dir) == []
        found = run(capsys, data_dir, "search", "kiln", "--files").out.split()
        assert sorted(Path(path).name for path in found) == ["a.pdf", "b.pdf"]


VALUES: dict[str, str] = {
    "a record nested deep": f"UPDATE documents SET record = '{DEEP}'",
    "a record nested in an object": f"UPDATE documents SET record = '{{\"tags\": {DEEP}}}'",
    "a record of other types": """UPDATE documents SET record = '{"paths": 3, "title": null, "tags": [1]}'""",
    "a record with a field of ours": """UPDATE documents SET record = '{"id": "x", "title": "t"}'""",
    "a record with a strange date": """UPDATE documents SET record = '{"published": "soon", "title": "t"}'""",
    "a record that is a list": "UPDATE documents SET record = '[]'",
    "a record that is no JSON": "UPDATE documents SET record = x'00ff'",
    "a text that is a blob": "UPDATE pages SET text = x'00ff00ff'",
    "a text that is no UTF-8": "UPDATE pages SET text = CAST(x'ff80ff' AS TEXT), crc = NULL",
    "a text of another checksum": "UPDATE pages SET text = 'kiln kiln kiln'",
    "a page with a strange number": "UPDATE pages SET number = -9223372036854775808",
    "a page far away": "UPDATE pages SET number = 9223372036854775807",
    "a page number that is text": "UPDATE pages SET number = 'one'",
    "quality that is text": "UPDATE pages SET quality = 'good'",
    "more pages than there can be": "UPDATE documents SET page_count = 9223372036854775807",
    "a page count that is text": "UPDATE documents SET page_count = 'many'",
    "a status that there is not": "UPDATE documents SET status = 'fine'; UPDATE files SET status = 'fine'",
    "a source that there is not": "UPDATE claims SET source = 'god'",
    "a claim that is a blob": "UPDATE claims SET value = x'00'",
    "a path that is a blob": "UPDATE files SET path = x'2e2e' WHERE path = 'a.pdf'",
    "a size that is text": "UPDATE files SET size = 'large'",
    "a revision that is none": "UPDATE meta SET value = 'x' WHERE key = 'revision'",
    "a revision of 5000 digits": f"UPDATE meta SET value = '{'9' * 5000}' WHERE key = 'revision'",
    "no revision": "DELETE FROM meta",
    "an outline of other types": "UPDATE documents SET outline = '[3]'",
    "an outline nested deep": f"UPDATE documents SET outline = '{DEEP}', links = '{DEEP}', warnings = '{DEEP}'",
    "saved searches nested deep": f"INSERT INTO meta VALUES ('saved_searches', '{DEEP}')",
    "saved searches of other types": "INSERT INTO meta VALUES ('saved_searches', '[{\"name\": 3, \"query\": []}]')",
}


@pytest.mark.parametrize("kind", VALUES)
def test_values_that_dossier_does_not_write(capsys: pytest.CaptureFixture[str], data_dir: Path, kind: str) -> None:
    _execute(data_dir, VALUES[kind])
    for command in (*LOOKING, ["saved", "list"], ["show", "a.pdf", "--provenance"], ["verify"], ["rebuild"]):
        _one_sentence(run(capsys, data_dir, *command))
    ran = run(capsys, data_dir, "verify")
    saved = run(capsys, data_dir, "saved", "list")
    assert ran.status != 0 or saved.status == 2 or kind in ("quality that is text",), kind


def test_a_row_that_claims_to_be_longer_than_the_file(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    """Its text would go round in two pages for ever: SQLite and our own reader stop at the size of the file."""
    _execute(data_dir, "UPDATE pages SET text = replace(hex(zeroblob(6000)), '0', 'long'), crc = NULL; VACUUM")
    file = data_dir / FILE_NAME
    content = bytearray(file.read_bytes())
    found = 0
    for start in range(4096, len(content), 4096):
        if content[start] != 0x0D:
            continue
        cells = int.from_bytes(content[start + 3 : start + 5], "big")
        for at in range(start + 8, start + 8 + 2 * cells, 2):
            cell = start + int.from_bytes(content[at : at + 2], "big")
            if content[cell] >= 0x80 and content[cell + 1] >= 0x80:  # a payload of three bytes' length
                content[cell : cell + 3] = b"\xff\xff\x7f"
                found += 1
    assert found
    file.write_bytes(content)
    for command in (*LOOKING, ["verify"], ["rebuild"], ["rebuild", "--salvage"]):
        _one_sentence(run(capsys, data_dir, *command))


PREPARED: dict[str, Callable[[Path], object]] = {
    "a link to another file": lambda file: (file.unlink(), file.symlink_to("/etc/hostname")),
    "a folder": lambda file: (file.unlink(), file.mkdir()),
}


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("kind", PREPARED)
@pytest.mark.parametrize("name", [FILE_NAME, "index/manifest.json"])
def test_something_else_in_the_place_of_a_file(
    capsys: pytest.CaptureFixture[str], data_dir: Path, kind: str, name: str
) -> None:
    PREPARED[kind](data_dir / name)
    for command in (*LOOKING, ["verify"]):
        _one_sentence(run(capsys, data_dir, *command))
