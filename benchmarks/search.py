"""Building an index and searching it, beside Tantivy, SQLite FTS5, Xapian, Whoosh and bm25s, in one run.

    python -m pip install tantivy bm25s PyStemmer           # peers; Xapian: apt install python3-xapian
    python benchmarks/search.py ../shared/corpora --work /tmp/bench --sizes 10000 --engines tantivy,dossier
    python benchmarks/search.py --corpus passages.jsonl --work /tmp/bench --sizes 10000,100000 --json found.json

The collection is a JSON Lines file (--corpus), or made by `passages.py` from the folders given and kept below
--work; each size is its beginning. Every engine builds in a process of its own, and answers in another one, which
stays open. Building is measured --build-rounds times (an index that is there from an earlier run is kept, with its
figures, unless --rebuild), without reading and parsing the file for engines that are given records. Searching goes
in rounds: in each, for every kind of question, the engines answer the same questions one after the other, first
with ids alone, then with titles and snippets of the ten hits, so that noise falls on all alike; a first round is
not counted. How the engines are set up stands in `engines.py`, what is asked in `questions.py`.

Printed: documents a second, bytes, memory; queries a second in the slowest, middle and fastest round, the middle
and the 99th percentile of all answers in milliseconds; processor milliseconds for a query, which other programs on
the machine disturb less; p50 and processor time of each peer divided by Dossier's (above 1: Dossier is faster);
and, with several sizes, the growth exponents: log(ratio of time) / log(ratio of size). Engines that are not
installed are named and left out; questions that an engine does not know are "-".
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from dossier_engine import DOSSIER
from engine_process import environment
from engines import ENGINES, NO_SNIPPETS, ONLY_BUILD, SHARED, Question
from machine import described, machine
from passages import add_options, make
from questions import KINDS, Questions
from tables import Report, build_table, cpu, growth_table, matrix, p50, search_table

HERE = Path(__file__).resolve().parent
BUILD_ONLY = ONLY_BUILD | {"dossier-index"}
DEFAULT = ("dossier", "dossier-index", *ENGINES)


class Bench:
    """The engines over one collection at one size."""

    def __init__(self, args: argparse.Namespace, size: int) -> None:
        self.args = args
        self.size = size
        self.folder: Path = args.work / str(size)

    def command(self, engine: str) -> list[str]:
        """How a process of this engine starts."""
        python = self.args.xapian_python if engine == "xapian" else sys.executable
        return [python, str(HERE / "engine_process.py"), engine]

    def index(self, engine: str) -> Path:
        """The folder of this engine's index."""
        if engine == "dossier" and self.args.data:
            return Path(self.args.data)
        return self.folder / SHARED.get(engine, engine)

    def build(self, engine: str) -> Report:
        """Build, or take what an earlier run built; "absent" says that the engine is not installed."""
        folder = self.index(engine)
        kept = self.folder / f"{engine}.json"
        if engine == "dossier" and self.args.data:
            return {}
        if kept.exists() and not self.args.rebuild:
            return dict(json.loads(kept.read_text()))
        rounds = []
        for _ in range(self.args.build_rounds):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            print(f"{self.size:,}: {engine} builds", file=sys.stderr)
            command = [*self.command(engine), "build", str(self.args.corpus), str(self.size), str(folder)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, env=environment())
            if done.returncode != 0:
                raise SystemExit(f"{engine} could not build its index of {self.size:,} passages")
            rounds.append(json.loads(done.stdout))
            if "absent" in rounds[0]:
                return dict(rounds[0])
        report = rounds[0] | {"rounds": [one["seconds"] for one in rounds]}
        kept.write_text(json.dumps(report))
        return dict(report)

    def search(self, engines: list[str], asked: dict[str, list[Question]]) -> dict[str, Report]:
        """{engine: {way: {kind: {"rounds": [[ms ...] ...], "cpu_ms": [...], "hits", "totals"}}}}."""
        processes = {
            engine: subprocess.Popen(
                [*self.command(engine), "serve", str(self.index(engine))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=environment(),
            )
            for engine in engines
        }
        found: dict[str, Report] = {}
        try:
            for engine, process in processes.items():
                found[engine] = {"ids": {}, "snippets": {}} | reply(engine, process)
            for number in range(self.args.rounds + 1):
                print(f"{self.size:,}: round {number} of {self.args.rounds}", file=sys.stderr)
                for kind, questions in asked.items():
                    for way in ("ids", "snippets"):
                        for engine, process in rotated(processes, number):
                            answer = self._ask(engine, process, questions, way)
                            if answer is not None and number > 0:
                                add(found[engine][way], kind, answer)
                                found[engine]["peak_bytes"] = answer["peak_bytes"]
        finally:
            for process in processes.values():
                assert process.stdin is not None
                process.stdin.close()
                process.wait()
        return found

    def _ask(
        self, engine: str, process: subprocess.Popen[str], questions: list[Question], way: str
    ) -> Report | None:
        if way == "snippets" and engine in NO_SNIPPETS:
            return None
        kinds = ENGINES.get(engine) or DOSSIER[engine]
        if not all(kinds(Path()).can(question) for question in questions):
            return None
        assert process.stdin is not None
        process.stdin.write(json.dumps({"questions": questions, "snippets": way == "snippets"}) + "\n")
        process.stdin.flush()
        return reply(engine, process)


def reply(engine: str, process: subprocess.Popen[str]) -> Report:
    """The next line of a process. Raises SystemExit where it has ended."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise SystemExit(f"{engine} ended while it was asked; its words are above.")
    return dict(json.loads(line))


def rotated(processes: dict[str, subprocess.Popen[str]], by: int) -> list[tuple[str, subprocess.Popen[str]]]:
    """The processes in an order that begins with another one in each round."""
    items = list(processes.items())
    by %= max(1, len(items))
    return items[by:] + items[:by]


def add(found: Report, kind: str, answer: Report) -> None:
    """Add the answers of a round."""
    kept = found.setdefault(kind, {"rounds": [], "cpu_ms": []})
    kept["rounds"].append([ms for ms, _, _ in answer["answers"]])
    kept["cpu_ms"].append(answer["cpu_ms"])
    kept["hits"] = statistics.mean(hits for _, hits, _ in answer["answers"])
    totals = [total for _, _, total in answer["answers"] if total is not None]
    kept["matches"] = statistics.median(totals) if totals else None


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--corpus", type=Path, help="a JSON Lines collection, in place of making one")
    parser.add_argument("--sizes", default="10000", help="numbers of passages (default 10000)")
    parser.add_argument("--engines", default=",".join(DEFAULT), help=f"of {', '.join(DEFAULT)} (default: all)")
    parser.add_argument("--queries", type=int, default=100, help="questions of each kind (default 100)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds that count (default 3)")
    parser.add_argument("--build-rounds", type=int, default=1, help="builds of each (default 1)")
    parser.add_argument("--rebuild", action="store_true", help="build although an index is there")
    parser.add_argument(
        "--data", type=Path, help="Dossier's data folder, already made from this collection and size"
    )
    parser.add_argument("--xapian-python", default="/usr/bin/python3", help="a Python that has Xapian's bindings")
    parser.add_argument("--json", type=Path, help="write all figures to this file, for plot.py")
    args = parser.parse_args()
    args.sizes = sorted(int(size) for size in args.sizes.split(","))
    args.engines = args.engines.split(",")
    unknown = set(args.engines) - set(DEFAULT)
    if unknown:
        parser.error(f"no engine called {', '.join(sorted(unknown))}: choose of {', '.join(DEFAULT)}")
    return args


def main() -> None:
    """Build, ask and print."""
    args = options()
    args.work.mkdir(parents=True, exist_ok=True)
    if args.corpus is None:
        args.corpus = args.work / f"passages-{args.sizes[-1]}.jsonl"
        if not args.corpus.exists():
            make(args.corpus, args.sizes[-1], args.sources, args.prose, args.work)
    before = described()
    drawn = Questions(args.corpus)
    asked = {kind: drawn.many(kind, args.queries) for kind in KINDS}
    everything: Report = {"machine": machine(), "questions": args.queries, "rounds": args.rounds, "sizes": {}}
    searched: dict[int, dict[str, Report]] = {}
    for size in args.sizes:
        bench = Bench(args, size)
        bench.folder.mkdir(parents=True, exist_ok=True)
        built: dict[str, Report] = {}
        for engine in args.engines:
            if SHARED.get(engine) is None:
                built[engine] = bench.build(engine)
        absent = {engine: report["absent"] for engine, report in built.items() if "absent" in report}
        for engine, why in absent.items():
            print(f"{engine} is not installed ({why})")
        asking = [
            engine
            for engine in args.engines
            if engine not in BUILD_ONLY
            and SHARED.get(engine, engine) not in absent
            and bench.index(engine).exists()
        ]
        searched[size] = bench.search(asking, asked)
        versions = {engine: report.pop("version") for engine, report in searched[size].items()}
        everything["sizes"][size] = {"built": built, "searched": searched[size], "versions": versions}
        if args.json:
            args.json.write_text(json.dumps(everything))
        print(f"\n## {size:,} passages\n\n{build_table(built, size)}\n")
        for way in ("ids", "snippets"):
            print(search_table(searched[size], way) + "\n")
            print(matrix(searched[size], way) + "\n")
        memory = ", ".join(f"{name} {one['peak_bytes'] / 2**20:.0f}" for name, one in searched[size].items())
        print(f"Memory while searching, MiB: {memory}", flush=True)
    if len(args.sizes) > 1:
        print("\n" + growth_table(searched, "p50", p50) + "\n\n" + growth_table(searched, "cpu", cpu))
    after = f"{before}, at the end {os.getloadavg()[0]:.1f}"
    print(f"\n{args.queries} questions of each kind, {args.rounds} rounds. {after}")
    print("; ".join(dict.fromkeys(v for one in everything["sizes"].values() for v in one["versions"].values())))


if __name__ == "__main__":
    main()
