"""Each heavy package is imported in one room only, and a cold search loads none of them."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import docs_runner as docs
import pytest

ROOMS = {
    "whoosh": ("searchidx",),
    "click": ("cli.py", "commands"),
    "pypdfium2": ("ingest",),
    "pdfminer": ("ingest",),
    "bs4": ("ingest",),
    "lxml": ("ingest",),
    "trafilatura": ("ingest",),
    "py3langid": ("ingest",),
    "snowballstemmer": ("searchidx",),
}
HEAVY = ("whoosh", "numpy", "pypdfium2", "pdfminer", "bs4", "lxml", "trafilatura", "py3langid")


def _modules() -> Iterator[Path]:
    yield docs.ROOT / "cli.py"
    for room in ("commands", "ingest", "searchidx", "output"):
        yield from (docs.ROOT / room).glob("*.py")


def _imports(module: Path) -> set[str]:
    """The top-level names of all packages that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("package", ROOMS)
def test_a_package_is_imported_in_its_room_only(package: str) -> None:
    users = {module.relative_to(docs.ROOT).parts[0] for module in _modules() if package in _imports(module)}
    assert users <= set(ROOMS[package])


def test_results_and_documents_know_nothing_of_what_prints_or_calls_them() -> None:
    below = [module for module in _modules() if module.parent.name in ("ingest", "searchidx", "output")]
    assert not [module for module in below if _imports(module) & {"commands", "cli"}]
    below = [module for module in below if module.parent.name != "output"]
    assert not [module for module in below if "output" in _imports(module)]


def test_a_cold_search_loads_no_engine_and_no_extractor(tmp_path_factory: pytest.TempPathFactory) -> None:
    library = docs.make_library(tmp_path_factory.getbasetemp() / "sample")
    program = (
        "import cli, sys\n"
        "try: cli.main(['search', 'forced labour', '--region', 'asia', '--facets', '--format', 'json'])\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        f"print(sorted(set(sys.modules) & {set(HEAVY)!r}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=library, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stderr.splitlines()[-1] == "[]"
