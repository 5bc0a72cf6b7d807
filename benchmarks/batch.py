"""Many queries in one go: `dossier batch` to a CSV file with snippets, beside Tantivy writing the same.

    python benchmarks/search.py --corpus FILE.jsonl --work /tmp/bench --sizes 100000 --engines dossier,tantivy
    python benchmarks/batch.py --corpus FILE.jsonl --work /tmp/bench --size 100000 --queries 10000

The questions are those of `questions.py`, all kinds in turn, ten hits with a snippet each. Dossier answers with
--jobs 2; Tantivy in the one process of `tantivy_batch.py`. They run in turn, whole processes, over the
indexes that `search.py` left below --work. Printed: seconds (smallest, middle, largest), queries a second,
processor seconds, rows written, and the time divided by Dossier's.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dossier_engine import COMMAND, as_typed
from engine_process import environment
from engines import LIMIT
from machine import described, spread, table
from questions import KINDS, Questions

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True, help="the collection that search.py indexed")
    parser.add_argument("--work", type=Path, required=True, help="search.py's folder")
    parser.add_argument("--size", type=int, default=100_000, help="passages (default 100000)")
    parser.add_argument("--queries", type=int, default=10_000, help="queries (default 10000)")
    parser.add_argument("--jobs", type=int, default=2, help="processes of Dossier (default 2)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each (default 3)")
    parser.add_argument("--data", type=Path, help="Dossier's data folder, where it is not below --work")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    before = described()
    work = args.work / str(args.size)
    data = args.data if args.data else work / "dossier"
    drawn = Questions(args.corpus)
    by_kind = [drawn.many(kind, -(-args.queries // len(KINDS))) for kind in KINDS]
    questions = [question for together in zip(*by_kind, strict=True) for question in together][: args.queries]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "queries.txt").write_text("".join(as_typed(question) + "\n" for question in questions))
        (folder / "questions.jsonl").write_text("".join(json.dumps(question) + "\n" for question in questions))
        batch = [
            *COMMAND,
            "--quiet",
            "--data",
            str(data),
            "batch",
            str(folder / "queries.txt"),
            "--limit",
            str(LIMIT),
        ]
        batch += ["--no-synonyms", "--jobs", str(args.jobs), "-o"]
        peer = [
            sys.executable,
            str(HERE / "tantivy_batch.py"),
            str(work / "tantivy"),
            str(folder / "questions.jsonl"),
        ]
        ways = {f"dossier batch --jobs {args.jobs}": batch}
        if (work / "tantivy" / "meta.json").exists():
            ways["tantivy, one process"] = peer
        else:
            print(f"tantivy is left out: no index below {work}", file=sys.stderr)
        clock: dict[str, list[float]] = {name: [] for name in ways}
        processor: dict[str, list[float]] = {name: [] for name in ways}
        rows_written: dict[str, int] = {}
        for number in range(args.rounds):
            for name, command in ways.items():
                print(f"round {number + 1} of {args.rounds}: {name}", file=sys.stderr)
                found = folder / "found.csv"
                found.unlink(missing_ok=True)
                started = time.perf_counter()
                process = subprocess.Popen([*command, str(found)], env=environment())
                _, status, used = os.wait4(process.pid, 0)
                clock[name].append(time.perf_counter() - started)
                process.returncode = os.waitstatus_to_exitcode(status)
                if process.returncode != 0:
                    raise SystemExit(f"{name} ended with {process.returncode}; its words are above.")
                processor[name].append(used.ru_utime + used.ru_stime)
                with found.open(newline="", encoding="utf-8") as lines:
                    rows_written[name] = sum(1 for _ in csv.reader(lines)) - 1
    own = statistics.median(next(iter(clock.values())))
    rows = [
        [
            name,
            spread(clock[name]),
            f"{args.queries / statistics.median(clock[name]):,.0f}",
            f"{statistics.median(processor[name]):.1f}",
            f"{rows_written[name]:,}",
            f"{statistics.median(clock[name]) / own:.2f}",
        ]
        for name in ways
    ]
    head = ("", "seconds min / mid / max", "queries/s", "processor s", "rows", "time / dossier's")
    print(f"{args.queries:,} queries over {args.size:,} passages, {args.rounds} rounds\n\n{table(head, rows)}\n")
    print(f"{before}, at the end {os.getloadavg()[0]:.1f}")
    if args.json:
        args.json.write_text(json.dumps({"clock": clock, "processor": processor}))


if __name__ == "__main__":
    main()
