"""Each script in examples/ runs on the sample library."""

import shutil
from pathlib import Path

import docs_runner as docs
import pytest

SCRIPTS = sorted((docs.ROOT / "examples").glob("*.py"))


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    library = docs.make_library(tmp_path_factory.getbasetemp() / "sample")
    return Path(shutil.copytree(library, tmp_path / "library"))


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.name for script in SCRIPTS])
def test_an_example_prints_what_it_says(script: Path, folder: Path) -> None:
    done = docs.run(f"python examples/{script.name}", folder)
    assert done.returncode == 0, done.stdout
    assert "Traceback" not in done.stdout
    promised = docs.expected_output(script)
    assert promised, f"{script.name} says at its end what it prints"
    assert docs.matches(promised, done.stdout.splitlines()), done.stdout


def test_there_is_an_example_for_each_main_job() -> None:
    assert {script.stem for script in SCRIPTS} >= {"index_a_folder", "search", "batch", "export_to_csv"}
