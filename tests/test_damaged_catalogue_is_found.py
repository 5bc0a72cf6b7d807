"""A catalogue that is damaged, emptied, foreign or put back is found: no command answers from it, `verify` says
what is wrong, and each error is one sentence with the next step."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import run
from damages import WHOLE, WITHIN, damage
from libraries import library, put, record

from ingest.catalogue import Catalogue
from ingest.catalogue_check import check
from ingest.catalogue_schema import FILE_NAME, VERSION
from ingest.errors import CatalogueDamaged, DossierError, IndexDamaged
from searchidx.index import update, verify
from searchidx.library import Library

#: Columns without a checksum: nothing that a search finds, shows or counts comes from them, or it is looked up
#: again in the files (the rest of a page's row, what lists and outlines say, who else said a value, dates seen).
UNGUARDED = {
    ("pages", "quality"),
    ("sketches", "sketch"),
    ("sketches", "leader"),
    *(
        ("documents", name)
        for name in ("media_type", "status", "reason", "engine", "outline", "links", "warnings")
    ),
    *(("documents", name) for name in ("added_at", "sha256", "number", "page_count")),
    *(("files", name) for name in ("raw", "kind", "container", "size", "mtime_ns", "sha256", "media_type")),
    *(("files", name) for name in ("status", "reason", "engine", "first_seen", "last_seen")),
    *(("claims", name) for name in ("value", "field", "position", "origin", "denied", "pages")),
    *(("entries", name) for name in ("href", "title", "summary", "publisher", "published", "tags", "regions")),
    ("meta", "value"),
    ("meta", "key"),
}
COMMANDS = (
    ["search", "kiln"],
    ["facets"],
    ["show", "a.pdf"],
    ["status"],
    ["similar", "a.pdf"],
    ["tags"],
    ["regions"],
    ["export"],
    ["rebuild"],
    ["saved", "list"],
    ["tag", "add", "x", "a.pdf"],
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose catalogue is one closed file."""
    data_dir = tmp_path_factory.mktemp("sound") / "index_data"
    files = {
        f"{name}.pdf": record(
            *(f"Page {number} of {name}. " + "forced labour in a brick kiln " * 90 for number in range(3)),
            title=f"Title {name}",
            tags=["work", f"tag {name}"],
            regions=["India"],
        )
        for name in "abcdefgh"
    }
    ids = library(data_dir, files)
    with Catalogue.open(data_dir, write=True) as catalogue, catalogue.transaction():
        for name, document_id in ids.items():
            catalogue.add_user_value(document_id, "tag", f"said of {name}")
    update(data_dir)
    assert check(data_dir) == verify(data_dir) == []
    log = data_dir / f"{FILE_NAME}-wal"
    assert not log.exists() or not log.stat().st_size
    for path in data_dir.glob(f"{FILE_NAME}-*"):  # what a reader leaves
        path.unlink()
    return data_dir


@pytest.fixture
def data_dir(sound: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return Path(shutil.copytree(sound, tmp_path / "index_data"))


def _rows(file: Path) -> dict[str, list[tuple[object, ...]]]:
    db = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
    try:
        tables = ["meta", "documents", "files", "claims", "pages", "entries", "sketches"]
        return {name: db.execute(f"SELECT * FROM {name} ORDER BY rowid").fetchall() for name in tables}
    finally:
        db.close()


def _only_unguarded(file: Path, sound: dict[str, list[tuple[object, ...]]]) -> bool:
    """Whether all values are as they were, but for such without a checksum."""
    rows = _rows(file)
    db = sqlite3.connect(file)
    try:
        for table, held in sound.items():
            names = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            if len(rows[table]) != len(held):
                return False
            for now, before in zip(rows[table], held, strict=True):
                changed = {(table, name) for name, new, old in zip(names, now, before, strict=True) if new != old}
                if not changed <= UNGUARDED:
                    return False
    finally:
        db.close()
    return True


def _given(data_dir: Path) -> tuple[list[tuple[object, ...]] | None, str]:
    """What a search gives, or why it gives nothing."""
    try:
        with Library.open(data_dir) as opened:
            return [(hit.id, hit.title, hit.tags, hit.snippet) for hit in opened.search("forced kiln")], ""
    except DossierError as error:
        return None, str(error)


@pytest.mark.parametrize("count", [25, pytest.param(1000, marks=pytest.mark.slow)])
def test_verify_finds_damage_and_nobody_sees_a_wrong_text(data_dir: Path, sound: Path, count: int) -> None:
    rng = random.Random(count)
    file = data_dir / FILE_NAME
    whole, rows = file.read_bytes(), _rows(sound / FILE_NAME)
    answer, _ = _given(data_dir)
    for _ in range(count):
        done = damage(rng.choice((*WITHIN, *WHOLE)), [file], rng)
        findings = check(data_dir)
        for finding in findings:
            assert "\n" not in finding, done
            assert FILE_NAME in finding, done
        if not findings:
            assert _only_unguarded(file, rows), done
        given, said = _given(data_dir)
        if given is None:
            assert FILE_NAME in said or "dossier verify" in said or "dossier rebuild" in said, done
        else:
            assert findings or given == answer, done
        for path in data_dir.glob(f"{FILE_NAME}-*"):
            path.unlink()
        file.write_bytes(whole)
    assert check(data_dir) == []


def test_a_changed_letter_in_a_text_is_found_where_sqlite_sees_nothing(data_dir: Path) -> None:
    file = data_dir / FILE_NAME
    content = file.read_bytes()
    place = content.index(b"Page 1 of c")
    file.write_bytes(content[:place] + b"Wage" + content[place + 4 :])
    db = sqlite3.connect(file)
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()
    (finding,) = check(data_dir)
    assert "page 2 of document" in finding
    assert "does not match its checksum" in finding
    with Catalogue.open(data_dir) as catalogue, pytest.raises(CatalogueDamaged, match="page 2 of document"):
        catalogue.document("c.pdf", pages=True)
    with pytest.raises(CatalogueDamaged, match="page 2 of document"):
        update(data_dir, rebuild=True)


def test_a_changed_tag_is_found(data_dir: Path) -> None:
    file = data_dir / FILE_NAME
    content = file.read_bytes()
    assert content.count(b"usersaid of e.pdf") + content.count(b"said of e.pdf") > 1
    for place in (at for at in range(len(content)) if content.startswith(b"said of e.pdf", at)):
        file.write_bytes(content[:place] + b"paid" + content[place + 4 :])
        assert check(data_dir), place


HEADERS: dict[str, tuple[str, str]] = {
    "newer": (f"PRAGMA user_version = {VERSION + 1}", "newer Dossier"),
    "older": ("PRAGMA user_version = 1", "earlier Dossier"),
    "no version": ("PRAGMA user_version = 0", "is damaged"),
    "of another program": ("PRAGMA application_id = 7", "is damaged"),
}


@pytest.mark.parametrize("header", HEADERS)
def test_a_wrong_header_is_refused(capsys: pytest.CaptureFixture[str], data_dir: Path, header: str) -> None:
    change, said = HEADERS[header]
    db = sqlite3.connect(data_dir / FILE_NAME)
    db.execute(change)
    db.close()
    ran = run(capsys, data_dir, "search", "kiln")
    assert ran.status == 2
    assert said in ran.err
    assert ran.err.count("\n") == 1


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "nothing left": lambda _: b"",
    "not a database": lambda _: b"PK\3\4" * 3000,
    "zeroes": lambda data: bytes(len(data)),
    "one page": lambda data: data[:4096],
    "half": lambda data: data[: len(data) // 2],
    "a page of zeroes in the midst": lambda data: data[:8192] + bytes(4096) + data[12288:],
    "its inside": lambda data: data[:4096] + b"\xa5" * (len(data) - 4096),
}


@pytest.mark.parametrize("kind", [*DAMAGES, "missing"])
def test_every_command_says_so_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, data_dir: Path, kind: str
) -> None:
    monkeypatch.chdir(data_dir.parent)
    file = data_dir / FILE_NAME
    content = file.read_bytes()
    file.unlink() if kind == "missing" else file.write_bytes(DAMAGES[kind](content))
    left = file.read_bytes() if file.exists() else None
    refused = 0
    for arguments in COMMANDS:
        ran = run(capsys, data_dir, *arguments)
        if ran.status == 2:
            refused += 1
            assert ran.err.count("\n") == 1, (arguments, ran.err)
            assert FILE_NAME in ran.err, (arguments, ran.err)
            assert "backup" in ran.err or "dossier rebuild --salvage" in ran.err, (arguments, ran.err)
    assert refused >= len(COMMANDS) - 3
    ran = run(capsys, data_dir, "verify")
    assert ran.status == (2 if kind in ("missing", "nothing left") else 1)
    assert FILE_NAME in ran.out + ran.err
    (data_dir.parent / "corpus").mkdir()
    (data_dir.parent / "corpus" / "new.txt").write_text("a new text", encoding="utf-8")
    ran = run(capsys, data_dir, "index", "corpus")
    if kind in ("missing", "nothing left", "not a database", "zeroes"):
        assert ran.status == 2, "a lost library is not begun anew in silence"
        assert (file.read_bytes() if file.exists() else None) == left


def test_a_log_that_is_lost_with_what_was_in_it(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    """The index then knows more than the catalogue: no answer comes from the two of them."""
    with Catalogue.open(data_dir, write=True) as catalogue:  # open, so that the log is not written back
        put(data_dir, {"z.pdf": record("a later kiln", title="Later")}, removed=["a.pdf"])
        update(data_dir)
        for ending in ("", "-wal"):
            shutil.copyfile(data_dir / f"{FILE_NAME}{ending}", data_dir.parent / f"copy{ending}")
        assert catalogue.revision > 1
    for path in data_dir.glob(f"{FILE_NAME}*"):
        path.unlink()
    shutil.copyfile(data_dir.parent / "copy", data_dir / FILE_NAME)
    with pytest.raises(IndexDamaged, match="dossier rebuild"):
        Library.open(data_dir)
    assert any("dossier" in finding for finding in verify(data_dir))
    assert run(capsys, data_dir, "rebuild").status == 0
    with Library.open(data_dir) as opened:
        assert opened.search("later").total == 0
        assert opened.search("title:a").total == 1


def test_a_lost_file_of_shared_memory_is_made_anew(data_dir: Path) -> None:
    with Catalogue.open(data_dir, write=True):
        (data_dir / f"{FILE_NAME}-shm").unlink(missing_ok=True)
    assert check(data_dir) == []


def test_the_index_of_another_library_is_not_believed(data_dir: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "index_data"
    library(other, {"a.pdf": record("another kiln", title="Another")})
    shutil.rmtree(data_dir / "index")
    shutil.copytree(other / "index", data_dir / "index")
    with pytest.raises(IndexDamaged, match="was not made from the catalogue beside it"):
        Library.open(data_dir)
    assert verify(data_dir)


def test_an_empty_folder_is_no_damage(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    ran = run(capsys, tmp_path / "index_data", "search", "kiln")
    assert ran.status == 2
    assert "There is no library" in ran.err
