"""Each library is imported where it belongs: Whoosh where the index is written, click in the command line, PDF and
HTML readers in the ingestion; and a search from a cold shell loads none of the heavy ones."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from libraries import library, record

#: Where a package may be imported: files, or folders that end in "/".
ALLOWED = {
    "whoosh": ("searchidx/schema.py", "searchidx/codec.py"),
    "click": ("cli.py", "commands/"),
    "pypdfium2": ("ingest/",),
    "pdfminer": ("ingest/",),
    "lxml": ("ingest/",),
    "bs4": ("ingest/",),
    "trafilatura": ("ingest/",),
    "py3langid": ("ingest/",),
    "snowballstemmer": ("searchidx/stemming.py",),
    "numpy": (),
}
#: What a layer may not know of the ones above it.
FORBIDDEN = {
    "ingest/": ("searchidx", "commands", "output", "cli"),
    "searchidx/": ("commands", "output", "cli"),
    "output/": ("commands", "cli"),
}
HEAVY = ("whoosh", "numpy", "pypdfium2", "pdfminer", "lxml", "bs4", "trafilatura", "py3langid", "asyncio")


def _sources() -> Iterator[Path]:
    yield ROOT / "cli.py"
    for folder in ("commands", "ingest", "output", "searchidx"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def _imports(path: Path) -> Iterator[tuple[str, bool]]:
    """(package, whether only type checkers see it) of every import in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        for name in names:
            yield name.partition(".")[0], id(node) in typing_only


def _within(path: Path, places: tuple[str, ...]) -> bool:
    name = path.relative_to(ROOT).as_posix()
    return any(name == place or (place.endswith("/") and name.startswith(place)) for place in places)


def test_packages_are_imported_where_they_belong() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {package}"
        for path in _sources()
        for package, _ in _imports(path)
        if package in ALLOWED and not _within(path, ALLOWED[package])
    ]
    assert wrong == []


def test_lower_layers_do_not_know_the_upper_ones() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {package}"
        for path in _sources()
        for place, packages in FORBIDDEN.items()
        if _within(path, (place,))
        for package, typing_only in _imports(path)
        if package in packages and not typing_only
    ]
    assert wrong == []


#: What a search for plain words can do without, and what takes half a millisecond or more to load.
NOT_NEEDED = (
    "dataclasses",
    "hashlib",
    "ingest.regions",
    "ingest.toml_files",
    "locale",
    "searchidx.explain",
    "searchidx.facets",
    "searchidx.query_parser",
    "searchidx.suggest",
)


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "forced labour", "--region", "asia", "--facets"],
        ["search", '"debt bondage" OR kil* OR labuor~1', "--format", "json"],
        ["search", "kiln", "--sort", "newest", "--format", "csv"],
        ["facets"],
        ["--help"],
        ["--version"],
    ],
)
def test_a_cold_search_loads_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    modules = _loaded(tmp_path, arguments)
    loaded = {name.partition(".")[0] for name in modules}
    assert "searchidx" in loaded or arguments[0].startswith("--")
    assert [name for name in HEAVY if name in loaded] == []


def test_a_search_for_plain_words_loads_what_it_needs(tmp_path: Path) -> None:
    assert _loaded(tmp_path, ["search", "forced", "labour"]).isdisjoint(NOT_NEEDED)


def _loaded(tmp_path: Path, arguments: list[str]) -> set[str]:
    """The names of the modules in memory at the end of a command."""
    library(tmp_path / "index_data", {"a.pdf": record("forced labour in kilns, debt bondage", regions=["India"])})
    code = (
        "import atexit, json, sys; sys.argv = ['dossier', *sys.argv[1:]]\n"
        "loaded = lambda: json.dumps(sorted(sys.modules))\n"
        "atexit.register(lambda: sys.stderr.write(loaded()))\n"
        "import cli; cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DOSSIER_DATA": str(tmp_path / "index_data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr[done.stderr.rindex("[") :]))
