"""What a search from a cold shell costs: whole processes, from start to exit, beside other tools.

    python benchmarks/search.py --corpus FILE.jsonl --work /tmp/bench --sizes 10000 --engines dossier,tantivy,fts5
    python benchmarks/cold.py --corpus FILE.jsonl --work /tmp/bench --sizes 10000 --rounds 20

Each search prints ten hits with a snippet each: `dossier search`, a minimal script with Tantivy, the `sqlite3`
shell on an FTS5 table, and `recollq` (apt install recollcmd sqlite3), over the indexes that `search.py` left below
--work; Recoll's is made here, of a text file for each passage, for sizes up to --recoll. Beside them an empty
Python, one that imports click, and `dossier --version`. They run in turn, a round with another question (AND of
two to four words), so that noise falls on all alike; a first round is not counted. The files are in the system's
cache: cold is the process, not the disk. Bytecode is cached as it is for a user (PYTHONDONTWRITEBYTECODE is taken
out of the environment).

Printed: milliseconds (smallest, middle, largest), processor milliseconds, and both divided by those of `import
click`. Bars: at most 2 times `import click` over 10,000 documents, 3 times over 1,000,000. Tools and indexes that
are not there are named and left out.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from dossier_engine import COMMAND, as_typed
from engine_process import environment
from engines import Fts5, Question
from machine import described, spread, table
from questions import Questions

#: The least that a program with Tantivy does: open, ask, print ten titles with snippets.
TANTIVY = """
import sys, tantivy
folder, text = sys.argv[1:]
index = tantivy.Index.open(folder)
chain = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
index.register_tokenizer(
    "english", chain.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.stemmer("english")).build()
)
searcher = index.searcher()
query = index.parse_query(text, ["body"])
snippets = tantivy.SnippetGenerator.create(searcher, query, index.schema, "body")
found = searcher.search(query, 10)
print(found.count)
for score, address in found.hits:
    document = searcher.doc(address)
    print(round(score, 2), document["body"][0].partition("\\n")[0], snippets.snippet_from_doc(document).to_html())
"""
Arguments = Callable[[Question], list[str]]


@dataclass
class Way:
    """A command, and the times of its runs in milliseconds."""

    name: str
    arguments: Arguments
    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def run(self, question: Question, counts: bool) -> None:
        """One process. Raises SystemExit where it fails."""
        arguments = self.arguments(question)
        started = time.perf_counter()
        process = subprocess.Popen(
            arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
        )
        _, status, used = os.wait4(process.pid, 0)
        took = (time.perf_counter() - started) * 1000
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):  # 1: Dossier found nothing
            raise SystemExit(f"{self.name} ended with {process.returncode}: {' '.join(arguments)}")
        if counts:
            self.clock.append(took)
            self.processor.append((used.ru_utime + used.ru_stime) * 1000)


def always(*arguments: str) -> Arguments:
    """A command that no question changes."""
    return lambda _: list(arguments)


def recoll_index(corpus: Path, size: int, folder: Path) -> Path:
    """Recoll's configuration folder with its index, made where it is not there."""
    settings = folder / "recoll.conf"
    if not settings.exists():
        files = folder / "files"
        files.mkdir(parents=True)
        with corpus.open(encoding="utf-8") as lines:
            for record in map(json.loads, islice(lines, size)):
                text = f"{record['title']}\n{record['text']}"
                (files / f"{record['_id']}.txt").write_text(text, encoding="utf-8")
        print(f"recollindex indexes {size:,} files", file=sys.stderr)
        made = folder / "made.conf"
        made.write_text(f"topdirs = {files}\nnoaspell = 1\nidxniceprio = 0\nloglevel = 1\n")
        shutil.copyfile(made, settings)
        try:
            subprocess.run(["recollindex", "-c", str(folder)], check=True, capture_output=True)
        except BaseException:
            settings.unlink()
            raise
    return folder


def searches(args: argparse.Namespace, size: int) -> list[Way]:
    """The ways to search a collection of this size, of those whose index is there."""
    work = args.work / str(size)
    data = args.data if args.data else work / "dossier"
    fts5, tantivy = work / "fts5" / "fts.sqlite", work / "tantivy"
    columns = "id, substr(body, 1, instr(body, char(10)) - 1), snippet(docs, 1, '<b>', '</b>', '...', 50)"
    select = f"SELECT {columns} FROM docs WHERE docs MATCH '%s' ORDER BY rank LIMIT 10"

    def words(question: Question, sign: str = "") -> str:
        return " ".join(sign + word for word in question["all"])

    ways = []
    if (data / "catalogue.sqlite").exists():
        search = [*COMMAND, "--data", str(data), "search", "--no-synonyms"]
        ways.append(Way(f"dossier search, {size:,}", lambda question: [*search, as_typed(question)]))
    if (tantivy / "meta.json").exists():
        script = [sys.executable, "-c", TANTIVY, str(tantivy)]
        ways.append(Way(f"tantivy script, {size:,}", lambda question: [*script, words(question, "+")]))
    if fts5.exists() and shutil.which("sqlite3"):
        shell = ["sqlite3", "-readonly", str(fts5)]
        query = Fts5(work).query
        ways.append(Way(f"sqlite3 FTS5, {size:,}", lambda question: [*shell, select % query(question)]))
    if size <= args.recoll and shutil.which("recollq") and shutil.which("recollindex"):
        found = recoll_index(args.corpus, size, (work / "recoll").absolute())
        recollq = ["recollq", "-c", str(found), "-n", "10", "-A"]
        ways.append(Way(f"recollq, {size:,}", lambda question: [*recollq, words(question)]))
    named = {way.name.split(",")[0] for way in ways}
    for name in ("dossier search", "tantivy script", "sqlite3 FTS5", "recollq"):
        if name not in named:
            print(f"{name}, {size:,}: not installed, or no index below {work}", file=sys.stderr)
    return ways


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True, help="the collection that search.py indexed")
    parser.add_argument("--work", type=Path, required=True, help="search.py's folder")
    parser.add_argument("--sizes", default="10000", help="numbers of passages (default 10000)")
    parser.add_argument("--rounds", type=int, default=20, help="runs of each that count (default 20)")
    parser.add_argument("--data", type=Path, help="Dossier's data folder, where it is not below --work")
    parser.add_argument("--recoll", type=int, default=10_000, help="largest size for Recoll (default 10000)")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    before = described()
    ways = [
        Way("python -c pass", always(sys.executable, "-c", "pass")),
        Way("python -c 'import click'", always(sys.executable, "-c", "import click")),
        Way("dossier --version", always(*COMMAND, "--version")),
    ]
    for size in sorted(int(size) for size in args.sizes.split(",")):
        ways += searches(args, size)
    asked = Questions(args.corpus).many("and", args.rounds + 1)
    for number, question in enumerate(asked):
        for way in ways:
            way.run(question, counts=number > 0)
    click = ways[1]
    rows = [
        [
            way.name,
            spread(way.clock),
            f"{statistics.median(way.processor):.1f}",
            f"{statistics.median(way.clock) / statistics.median(click.clock):.2f}",
            f"{statistics.median(way.processor) / statistics.median(click.processor):.2f}",
        ]
        for way in ways
    ]
    head = ("process", "ms min / mid / max", "cpu ms", "times import click", "by cpu")
    print(f"{table(head, rows)}\n\n{args.rounds} rounds. {before}, at the end {os.getloadavg()[0]:.1f}")
    if args.json:
        args.json.write_text(json.dumps({way.name: [way.clock, way.processor] for way in ways}))


if __name__ == "__main__":
    main()
