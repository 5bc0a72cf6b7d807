"""The tables of the benchmark of searching, and the same again from the figures it wrote.

    python benchmarks/tables.py found.json

Prints, for each size, what building cost and two short tables: a row for each engine, a column for each kind of
question, p50 in milliseconds and processor milliseconds for a query, with ids alone and with ten snippets.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from machine import percentile, spread, table
from questions import KINDS

Report = dict[str, Any]


def p50(found: Report) -> float:
    """The middle one of all answers, in milliseconds."""
    return percentile([ms for taken in found["rounds"] for ms in taken], 0.5)


def cpu(found: Report) -> float:
    """Processor milliseconds for a query: the middle round's mean."""
    return float(statistics.median(found["cpu_ms"])) / len(found["rounds"][0])


def build_table(built: dict[str, Report], size: int) -> str:
    """What building cost."""
    rows = []
    for engine, report in built.items():
        if "seconds" not in report:
            continue
        texts = report.get("texts")
        alone = "-" if texts is None else f"{(report['index'] - texts) / report['text_bytes']:.2f}"
        later = report["settled_seconds"] - report["seconds"]
        whole = f"{report['index'] / report['text_bytes']:.2f}" if report["index"] else "-"
        rows.append(
            [
                engine,
                report["threads"],
                spread([size / seconds for seconds in report["rounds"]], 0),
                f"{report['seconds']:,.1f}" + (f" + {later:.1f}" if later > 0.05 else ""),
                f"{report['cpu_seconds']:,.1f}",
                alone,
                whole,
                f"{report['peak_bytes'] / 2**20:,.0f}",
            ]
        )
    head = (
        "build",
        "with",
        "docs/s min / mid / max",
        "seconds",
        "processor s",
        "index B/B",
        "with texts B/B",
        "MiB",
    )
    return table(head, rows)


def search_table(found: dict[str, Report], way: str) -> str:
    """One row for each engine and kind of question."""
    rows = []
    for kind in KINDS:
        own = found.get("dossier", {}).get(way, {}).get(kind)
        for engine, report in found.items():
            one = report[way].get(kind)
            if one is None:
                rows.append([f"{kind}: {engine}", *["-"] * 8])
                continue
            every = [ms for taken in one["rounds"] for ms in taken]
            speeds = [1000 * len(taken) / sum(taken) for taken in one["rounds"]]
            rows.append(
                [
                    f"{kind}: {engine}",
                    spread(speeds, 0),
                    f"{p50(one):.2f}",
                    f"{percentile(every, 0.99):.2f}",
                    f"{cpu(one):.2f}",
                    "-" if one["matches"] is None else f"{one['matches']:,.0f}",
                    f"{one['hits']:.1f}",
                    "-" if own is None or engine == "dossier" else f"{p50(one) / p50(own):.2f}",
                    "-" if own is None or engine == "dossier" else f"{cpu(one) / cpu(own):.2f}",
                ]
            )
    named = "ids alone" if way == "ids" else "ten titles and snippets"
    head = (
        named,
        "queries/s min / mid / max",
        "p50 ms",
        "p99 ms",
        "cpu ms",
        "matches",
        "hits",
        "p50 / dossier's",
        "cpu / dossier's",
    )
    return table(head, rows)


def growth_table(sizes: dict[int, dict[str, Report]], name: str, measure: Callable[[Report], float]) -> str:
    """The growth exponents of a measure from each size to the next."""
    rows = []
    engines = dict.fromkeys(engine for found in sizes.values() for engine in found)
    for way in ("ids", "snippets"):
        for engine in engines:
            for small, large in pairwise(sizes):
                cells = []
                for kind in KINDS:
                    one, other = (sizes[size].get(engine, {}).get(way, {}).get(kind) for size in (small, large))
                    grown = "-" if one is None or other is None else measure(other) / measure(one)
                    cells.append(grown if isinstance(grown, str) else f"{math.log(grown, large / small):.2f}")
                rows.append([f"{engine}, {way}, {small:,} to {large:,}", *cells])
    return table((f"growth of {name}", *KINDS), rows)


def matrix(found: dict[str, Report], way: str) -> str:
    """p50 and processor milliseconds: a row for each engine, a column for each kind of question."""
    rows = []
    for engine, report in found.items():
        cells = []
        for kind in KINDS:
            one = report[way].get(kind)
            cells.append("-" if one is None else f"{p50(one):.2f} ({cpu(one):.2f})")
        rows.append([engine, *cells])
    named = "ids alone" if way == "ids" else "ten snippets"
    return table((f"{named}: p50 (cpu) ms", *KINDS), rows)


def main() -> None:
    """Print the tables of earlier runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", nargs="+", type=Path, help="files that search.py --json wrote")
    args = parser.parse_args()
    for path in args.figures:
        figures = json.loads(path.read_text())
        for size, one in figures["sizes"].items():
            print(f"## {int(size):,} passages\n\n{build_table(one['built'], int(size))}\n")
            for way in ("ids", "snippets"):
                print(matrix(one["searched"], way) + "\n")
        print(", ".join(f"{name} {value}" for name, value in figures["machine"].items()) + "\n")


if __name__ == "__main__":
    main()
