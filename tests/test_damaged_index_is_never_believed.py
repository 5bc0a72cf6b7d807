"""A segment or manifest that is cut off, emptied, flipped or gone gives an error with the next step, at the latest
when it is verified: never another exception, and never an answer that passes for right."""

from __future__ import annotations

import json
import random
import shutil
from array import array
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from libraries import library, put, record

from ingest.catalogue import Catalogue
from ingest.errors import DossierError, IndexDamaged
from searchidx.index import update, verify
from searchidx.library import Library
from searchidx.manifest import sealed
from searchidx.segment import SegmentData

FILES = {
    "a.pdf": record(
        "forced labour in brick kilns", "", "debt bondage", title="Kilns", regions=["India"], tags=["work"]
    ),
    "b.pdf": record("maîtres et esclaves", title="Français", language="fr", regions=["France"], published="2003"),
    "c.pdf": record("children forced to beg " * 300, title="Begging", tags=["children"], publisher="OSCE"),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose index is in order, with a deleted document."""
    data_dir = tmp_path_factory.mktemp("sound") / "index_data"
    library(data_dir, {**FILES, "gone.pdf": record("gone")})
    put(data_dir, {"d.pdf": record("a fourth")}, removed=["gone.pdf"])
    update(data_dir)
    assert verify(data_dir) == []
    return data_dir


@pytest.fixture
def data_dir(sound: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return Path(shutil.copytree(sound, tmp_path / "index_data"))


def _search(data_dir: Path) -> list[tuple[str, str]]:
    with Library.open(data_dir) as opened:
        result = opened.search('forc* OR "debt bondage" OR esclave OR labuor~1 OR fourth', facets=True)
        return [(hit.title, hit.snippet) for hit in result]


def _segment_files(data_dir: Path) -> list[Path]:
    return sorted(path for path in (data_dir / "index").iterdir() if path.suffix == ".seg")


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "one byte": lambda data: data[:1],
    "half": lambda data: data[: len(data) // 2],
    "last byte lost": lambda data: data[:-1],
    "first byte lost": lambda data: data[1:],
    "a byte more": lambda data: data + b"\0",
    "zeroes": lambda data: bytes(len(data)),
    "not ours": lambda _: b"PK\3\4" * 100,
    "footer length": lambda data: data[:-16] + b"\xff" * 8 + data[-8:],
    "footer": lambda data: data[:-40] + b"{" + data[-39:],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_spoilt_segment_file_is_named_with_the_next_step(data_dir: Path, damage: str) -> None:
    for path in _segment_files(data_dir):
        whole = path.read_bytes()
        path.write_bytes(DAMAGES[damage](whole))
        with pytest.raises(IndexDamaged, match=rf"{path.name}.*dossier rebuild"):
            _search(data_dir)
        assert any(path.name in finding and "dossier rebuild" in finding for finding in verify(data_dir))
        path.write_bytes(whole)
    assert verify(data_dir) == []


def test_flipped_bits_are_found_by_verify_and_never_raise_anything_strange(data_dir: Path) -> None:
    rng = random.Random(7)
    for path in _segment_files(data_dir):
        whole = path.read_bytes()
        for _ in range(30):
            place, bit = rng.randrange(len(whole)), 1 << rng.randrange(8)
            path.write_bytes(whole[:place] + bytes((whole[place] ^ bit,)) + whole[place + 1 :])
            assert verify(data_dir), f"bit {bit} of byte {place} of {path.name} went unseen"
            with suppress(DossierError):
                _search(data_dir)
        path.write_bytes(whole)
    assert verify(data_dir) == []


def test_a_missing_segment_is_named(data_dir: Path) -> None:
    path = _segment_files(data_dir)[0]
    path.unlink()
    with pytest.raises(IndexDamaged, match=rf"{path.name} is missing: run `dossier rebuild`"):
        _search(data_dir)
    assert any(path.name in finding for finding in verify(data_dir))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        "{}",
        '{"segments": 3}',
        '{"segments": [{"name": "MAIN_x"}]}',
        "\0\0",
        "\ufeff{}",
    ],
)
def test_a_spoilt_manifest_is_named_with_the_next_step(data_dir: Path, text: str) -> None:
    (data_dir / "index" / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(IndexDamaged, match=r"manifest\.json.*dossier rebuild"):
        _search(data_dir)
    assert "dossier rebuild" in " ".join(verify(data_dir))


def _edit(data_dir: Path, change: Callable[[dict], None]) -> None:  # type: ignore[type-arg]
    path = data_dir / "index" / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    del manifest["crc"]
    path.write_bytes(sealed(manifest))


MANIFESTS: dict[str, Callable[[dict], object]] = {  # type: ignore[type-arg]
    "documents": lambda m: m["segments"][0].update(documents=99),
    "no documents": lambda m: m["segments"][0].update(documents="many"),
    "deleted beyond": lambda m: m["segments"][0].update(deleted=[99]),
    "deleted below": lambda m: m["segments"][0].update(deleted=[-1]),
    "deleted too many": lambda m: m["segments"][0].update(deleted=[0, 1]),
    "undeleted": lambda m: m["segments"][0].update(deleted=[]),
    "a segment lost": lambda m: m["segments"].pop(),
    "a segment twice": lambda m: m["segments"].append(m["segments"][0]),
    "revision": lambda m: m.update(revision=m["revision"] - 1),
    "later revision": lambda m: m.update(revision=m["revision"] + 1),
    "catalogue": lambda m: m.update(catalogue="0" * 32),
    "fingerprint": lambda m: m.update(fingerprint="0" * 16),
}


@pytest.mark.parametrize("change", MANIFESTS)
def test_verify_sees_a_manifest_that_does_not_fit(data_dir: Path, change: str) -> None:
    _edit(data_dir, MANIFESTS[change])
    assert verify(data_dir)
    with suppress(DossierError):
        _search(data_dir)


@pytest.mark.parametrize("damage", ["manifest", "segment", "all", "documents", "later revision"])
def test_update_makes_a_damaged_index_anew(data_dir: Path, sound: Path, damage: str) -> None:
    if damage == "manifest":
        (data_dir / "index" / "manifest.json").write_text("{")
    elif damage == "segment":
        _segment_files(data_dir)[0].write_bytes(b"")
    elif damage == "all":
        shutil.rmtree(data_dir / "index")
    else:
        _edit(data_dir, MANIFESTS[damage])
    assert update(data_dir).rebuilt
    assert verify(data_dir) == []
    assert sorted(_search(data_dir)) == sorted(_search(sound))


def test_an_index_newer_than_a_restored_catalogue_is_made_anew(tmp_path: Path) -> None:
    """Somebody puts an older copy of the catalogue back: the index holds what that one never knew."""
    data_dir = tmp_path / "index_data"
    library(data_dir, {"old.pdf": record("old")})
    copy = (data_dir / "catalogue.sqlite").read_bytes()
    put(data_dir, {"new.pdf": record("new")})
    update(data_dir)
    for path in data_dir.glob("catalogue.sqlite*"):
        path.unlink()
    (data_dir / "catalogue.sqlite").write_bytes(copy)
    assert update(data_dir).rebuilt
    assert verify(data_dir) == []
    with Library.open(data_dir) as opened:
        assert opened.search("old").total == 1
        assert opened.search("new").total == 0


def test_verify_sees_what_catalogue_and_index_do_not_share(data_dir: Path) -> None:
    put(data_dir, {"late.pdf": record("late")})
    assert any("run `dossier index` to finish" in finding for finding in verify(data_dir))
    with Catalogue.open(data_dir) as catalogue:
        revision = catalogue.revision
    _edit(data_dir, lambda manifest: manifest.update(revision=revision))
    (finding,) = verify(data_dir)
    assert "1 document is not indexed" in finding
    put(data_dir, {}, removed=["a.pdf", "late.pdf"])
    _edit(data_dir, lambda manifest: manifest.update(revision=revision + 1))
    (finding,) = verify(data_dir)
    assert "1 document is indexed but gone from the catalogue" in finding


def test_verify_says_that_there_is_no_index_yet(tmp_path: Path) -> None:
    put(tmp_path / "index_data", {"a.pdf": record("a")})
    (finding,) = verify(tmp_path / "index_data")
    assert "there is no index" in finding


@pytest.mark.parametrize("start", [1, 3, 1 << 31])
def test_a_page_table_that_does_not_fit_the_text_shows_the_page_without_marks(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, start: int
) -> None:
    """Also what happens when a page was read anew after this index was made."""
    monkeypatch.setattr(SegmentData, "pages", lambda *_: (array("I", [start]), array("I", [1])))
    with Library.open(data_dir) as opened:
        (hit,) = opened.search("forced kiln")
    assert hit.snippet.startswith("forced labour")
