"""The benchmarks of speed run on a small collection, with what every machine has: Dossier, SQLite and Whoosh."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from xml.dom import minidom

import pytest

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = ROOT / "benchmarks"
OF_SPEED = ("passages", "search", "tables", "plot", "batch", "cold", "end_to_end", "same_as_whoosh")
WORDS = (
    "labour inspectors visited brick kilns where families worked against debts their wages never covered and"
    " children carried clay while recruiters kept passports of migrants who crossed the border with smugglers"
    " because shelters had closed and police asked survivors for money before courts heard any complaint"
).split()


def run(name: str, *arguments: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / f"{name}.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    draw = random.Random(2)
    path = tmp_path_factory.mktemp("benchmarks") / "passages.jsonl"
    with path.open("w", encoding="utf-8") as out:
        for number in range(120):
            text = " ".join(draw.choices(WORDS, [1 / rank for rank in range(1, len(WORDS) + 1)], k=150))
            record = {"_id": f"p{number}", "title": " ".join(draw.sample(WORDS, 3)), "text": text}
            out.write(json.dumps(record | {"language": "en", "tags": ["fishing"], "regions": ["Nepal"]}) + "\n")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_SPEED)
def test_a_benchmark_says_how_it_is_run(name: str) -> None:
    assert f"benchmarks/{name}.py" in run(name, "--help")


@pytest.mark.slow
def test_search_measures_and_its_figures_become_tables_and_a_picture(collection: Path, tmp_path: Path) -> None:
    figures, picture = tmp_path / "found.json", tmp_path / "found.svg"
    options = ["--corpus", collection, "--work", tmp_path, "--sizes", "60,120", "--queries", "3", "--rounds", "1"]
    printed = run("search", *options, "--engines", "dossier,fts5,whoosh", "--json", figures)
    assert "## 120 passages" in printed
    assert "growth of p50" in printed
    searched = json.loads(figures.read_text())["sizes"]["120"]["searched"]
    for kind in ("word", "or", "and", "phrase", "filter"):
        # The engines answer the same question: each finds as much.
        assert {round(report["ids"][kind]["hits"], 3) for report in searched.values()} != {0}
        assert searched["dossier"]["ids"][kind]["hits"] == searched["fts5"]["snippets"][kind]["hits"]
    assert "| fts5" in run("tables", figures)
    run("plot", figures, "-o", picture)
    assert "dossier" in picture.read_text(encoding="utf-8")
    minidom.parse(str(picture))


@pytest.mark.slow
def test_whole_processes_and_batches_are_measured_over_the_same_indexes(collection: Path, tmp_path: Path) -> None:
    common = ["--corpus", collection, "--work", tmp_path]
    run("search", *common, "--sizes", "120", "--queries", "1", "--rounds", "1", "--engines", "dossier,fts5")
    assert "dossier search, 120" in run("cold", *common, "--sizes", "120", "--rounds", "1", "--recoll", "0")
    assert "dossier batch --jobs 2" in run("batch", *common, "--size", "120", "--queries", "14", "--rounds", "1")


@pytest.mark.slow
def test_whoosh_finds_and_scores_the_same(collection: Path) -> None:
    printed = run("same_as_whoosh", collection, "--documents", "100", "--queries", "200")
    assert "Dossier differs: 0" in printed
    assert int(printed.split(" scores agree")[0].rpartition("\n")[2].replace(",", "")) > 1000
