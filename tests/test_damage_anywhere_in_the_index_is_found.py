"""Whatever happens to a file of the index, a search gives exactly the answer it would have given, or says which
file is damaged and what to do; `verify` finds all of it, and `rebuild` mends it.

The index's files are opaque bytes here: no test knows what lies where in them.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import run
from damages import FILES, WHOLE, WITHIN, Damage, damage
from libraries import put, record

from ingest.catalogue import Catalogue
from ingest.errors import DossierError
from searchidx import manifest
from searchidx.index import update, verify
from searchidx.library import Library
from searchidx.results import SearchRequest, SearchResult

WORDS = (
    "forced labour kiln debt bondage children trafficking refugee camp border visa domestic worker wages fishing "
    "vessel cotton harvest survivor shelter police court victim protection identification recruitment agency fee"
).split()
PLACES = ("India", "Nepal", "Kenya", "Lebanon", "Peru")
#: Searched in the Python interface: each takes another way through the index.
QUERIES = (
    SearchRequest("forced labour", facets=True),
    SearchRequest('"debt bondage" OR "forced labour"', snippets=2),
    SearchRequest("traff* -court", limit=None),
    SearchRequest("labuor~1 wages", any_word=True, explain=True),
    SearchRequest("shelter NEAR/5 police", sort="newest"),
    SearchRequest("title:kiln OR tag:children", sort="title"),
    SearchRequest("", regions=("asia",), facets=True, limit=None),
    SearchRequest("esclaves", languages=("fr",)),
    SearchRequest("survivor", years=(2001, 2012), offset=1),
    SearchRequest("forcd labuor nowhereatall"),
)
#: The same through the command line.
COMMANDS = (
    ["search", "forced", "labour", "--format", "json", "--facets"],
    ["facets", "--format", "json"],
    ["search", "debt bondage", "--files"],
)


def _text(rng: random.Random, words: int) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(words)) + "."


def _documents(rng: random.Random, names: str) -> dict[str, object]:
    return {
        f"{name}.pdf": record(
            *(_text(rng, rng.randint(3, 120)) for _ in range(rng.randint(1, 3))),
            title=_text(rng, 3),
            tags=rng.sample(WORDS, 2),
            regions=rng.sample(PLACES, 1),
            published=str(rng.randint(1999, 2015)),
            publisher=rng.choice(["ILO", "OSCE"]),
            language="fr" if name in "eko" else "en",
        )
        for name in names
    }


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of several segments, with deletions, changes and tags of users, whose index is in order."""
    rng = random.Random(1)
    data_dir = tmp_path_factory.mktemp("sound") / "index_data"
    put(data_dir, _documents(rng, "abcdefghij"))  # type: ignore[arg-type]
    update(data_dir)
    ids = put(data_dir, _documents(rng, "klmno"), removed=["b.pdf"])  # type: ignore[arg-type]
    put(
        data_dir, {"esclave.pdf": record("maîtres et esclaves, un travail forcé", title="Français", language="fr")}
    )
    update(data_dir)
    with Catalogue.open(data_dir, write=True) as catalogue, catalogue.transaction():
        catalogue.add_user_value(ids["k.pdf"], "tag", "begging")
    put(data_dir, {"p.pdf": record("a late arrival at the brick kiln", title="Kiln")}, removed=["d.pdf"])
    update(data_dir)
    assert verify(data_dir) == []
    return data_dir


@pytest.fixture
def data_dir(sound: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return Path(shutil.copytree(sound, tmp_path / "index_data"))


def _answer(data_dir: Path, request: SearchRequest) -> SearchResult:
    with Library.open(data_dir) as library:
        return replace(library.search(request), took_ms=0)


@pytest.fixture(scope="module")
def answers(sound: Path) -> list[SearchResult]:
    """What an index that is in order answers; the paths shown are those from the current folder."""
    return [_answer(sound, request) for request in QUERIES]


def _comparable(result: SearchResult) -> SearchResult:
    """Without what depends on where the library lies."""
    hits = tuple(
        replace(hit, path=Path(hit.path).name, paths=tuple(Path(path).name for path in hit.paths))
        for hit in result.hits
    )
    return replace(result, hits=hits)


def _index_files(data_dir: Path) -> list[Path]:
    """The files that make up the index: the pointer, and those that belong to the segments it names."""
    folder = data_dir / manifest.FOLDER
    pointer = manifest.read(folder)
    assert pointer is not None
    assert len(pointer.segments) > 1
    assert any(entry.deleted for entry in pointer.segments)
    names = tuple(entry.name for entry in pointer.segments)
    return sorted(
        path for path in folder.iterdir() if path.name == manifest.FILE_NAME or path.name.startswith(names)
    )


def _damages(data_dir: Path, kinds: tuple[str, ...], count: int, seed: int) -> Iterator[Damage]:
    """Damage the index in so many ways, one after the other; it is whole again after each."""
    rng = random.Random(seed)
    paths = _index_files(data_dir)
    whole = {path: path.read_bytes() for path in paths}
    for _ in range(count):
        yield damage(rng.choice(kinds), paths, rng)
        for path, data in whole.items():
            path.write_bytes(data)


def _says_what_to_do(error: str, done: Damage) -> None:
    assert any(name in error for name in done.files), (error, done)
    assert "dossier rebuild" in error, (error, done)
    assert "\n" not in error


def _right_or_refused(data_dir: Path, answers: list[SearchResult], done: Damage) -> None:
    for request, answer in zip(QUERIES, answers, strict=True):
        try:
            given = _answer(data_dir, request)
        except DossierError as error:
            _says_what_to_do(str(error), done)
        else:
            assert _comparable(given) == _comparable(answer), done


KINDS = {"within": tuple(WITHIN), "whole": (*WHOLE, *FILES)}


@pytest.mark.parametrize("kinds", ["within", "whole"])
@pytest.mark.parametrize("count", [40, pytest.param(1000, marks=pytest.mark.slow)])
def test_an_answer_is_right_or_refused(
    data_dir: Path, answers: list[SearchResult], kinds: str, count: int
) -> None:
    for done in _damages(data_dir, KINDS[kinds], count, seed=count):
        _right_or_refused(data_dir, answers, done)


@pytest.mark.parametrize("count", [40, pytest.param(2000, marks=pytest.mark.slow)])
def test_verify_finds_all_damage_and_names_the_file(data_dir: Path, count: int) -> None:
    for done in _damages(data_dir, (*WITHIN, *WHOLE, *FILES), count, seed=count):
        _says_what_to_do(" ".join(verify(data_dir)), done)
    assert verify(data_dir) == []


@pytest.mark.parametrize("count", [3, pytest.param(60, marks=pytest.mark.slow)])
def test_damage_is_not_written_into_new_segments_as_if_it_were_sound(
    data_dir: Path, sound: Path, count: int
) -> None:
    """A merge copies what older segments hold; the copy has a checksum that is right, whatever was copied."""
    rng = random.Random(count)
    for _ in range(count):
        done = damage(rng.choice(tuple(WITHIN)), _index_files(data_dir), rng)
        for number in range(9):
            put(data_dir, {f"more {number}.pdf": record(_text(rng, 30), title=f"More {number}")})
            try:
                update(data_dir)
            except DossierError as error:
                _says_what_to_do(str(error), done)
                break
        if not verify(data_dir):
            given = [_comparable(_answer(data_dir, request)) for request in QUERIES]
            update(data_dir, rebuild=True)
            assert given == [_comparable(_answer(data_dir, request)) for request in QUERIES], done
        shutil.rmtree(data_dir)
        shutil.copytree(sound, data_dir)


@pytest.mark.parametrize("count", [8, pytest.param(150, marks=pytest.mark.slow)])
def test_rebuild_mends_all_damage(data_dir: Path, answers: list[SearchResult], count: int) -> None:
    rng = random.Random(count)
    for _ in range(count):
        damage(rng.choice((*WITHIN, *WHOLE, *FILES)), list((data_dir / manifest.FOLDER).iterdir()), rng)
        update(data_dir, rebuild=True)
        assert verify(data_dir) == []
        for request, answer in zip(QUERIES, answers, strict=True):
            assert _comparable(_answer(data_dir, request)) == _comparable(answer)


@pytest.mark.parametrize("count", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_the_command_line_says_it_in_one_line(
    capsys: pytest.CaptureFixture[str], data_dir: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.chdir(data_dir)
    sound = [run(capsys, data_dir, *command).out for command in COMMANDS]
    for done in _damages(data_dir, KINDS["whole"], count, seed=count):
        for command, answer in zip(COMMANDS, sound, strict=True):
            ran = run(capsys, data_dir, *command)
            if ran.status == 2:
                assert ran.out == ""
                assert ran.err.count("\n") == 1
                _says_what_to_do(ran.err.rstrip(), done)
            else:
                assert _without_time(ran.out) == _without_time(answer), done
        ran = run(capsys, data_dir, "verify")
        assert ran.status == 1
        assert ran.out


def _without_time(out: str) -> list[str]:
    return [line for line in out.splitlines() if "took_ms" not in line]
