"""What a search from a cold shell costs: whole processes, from start to exit.

    dossier index corpus
    python benchmarks/cold_start.py --data index_data --repeat 20

Runs in turn, so that noise falls on all alike: an empty Python, an empty Python with click, one that imports what
a search with Whoosh itself would need, `dossier --version`, and `dossier search` with and without results. Prints
the smallest, the middle and the largest time of each in milliseconds, how many modules the search imported, and
fails where one of those is of a stack that a search must not load. Bytecode is cached, as it is for a user
(PYTHONDONTWRITEBYTECODE is taken out of the environment, and a first run of each is not counted).
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("whoosh", "numpy", "pypdfium2", "pdfminer", "lxml", "bs4", "trafilatura", "py3langid", "asyncio")
RUN = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import cli; cli.main()"
WHOOSH = "import click, whoosh.index, whoosh.qparser"


def environment() -> dict[str, str]:
    """The environment of a user, with bytecode caches."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def milliseconds(arguments: list[str]) -> float:
    """The time of one process."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment(), capture_output=True, check=False
    )
    took = (time.perf_counter() - started) * 1000
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode(errors="replace"))
    return took


def imported(data: Path, query: str) -> set[str]:
    """The modules in memory at the end of a search."""
    tell = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr))"
    code = f"{tell}; {RUN}"
    done = subprocess.run(
        [sys.executable, "-c", code, "--quiet", "--data", str(data), "search", query],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return set(done.stderr.splitlines()[-1].split())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT / "index_data", help="data folder of a library")
    parser.add_argument("--query", default="debt bondage")
    parser.add_argument("--repeat", type=int, default=20, help="runs of each (default 20)")
    args = parser.parse_args()
    search = ["-c", RUN, "--data", str(args.data.absolute()), "search"]
    ways = {
        "python -c pass": ["-c", "pass"],
        "python -c 'import click'": ["-c", "import click"],
        f"python -c '{WHOOSH}'": ["-c", WHOOSH],
        "dossier --version": ["-c", RUN, "--version"],
        f"dossier search {args.query}": [*search, args.query],
        "dossier search nosuchword": [*search, "nosuchword"],
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for arguments in ways.values():
        milliseconds(arguments)
    for _ in range(args.repeat):
        for name, arguments in ways.items():
            times[name].append(milliseconds(arguments))
    print(f"Python {sys.version.split()[0]}, {args.repeat} runs each, bytecode cached; ms: min / median / max")
    for name, values in times.items():
        print(f"{name:52} {min(values):7.1f} / {statistics.median(values):7.1f} / {max(values):7.1f}")
    modules = imported(args.data.absolute(), args.query)
    own = {name for name in modules if name.split(".")[0] in ("cli", "commands", "ingest", "output", "searchidx")}
    click = {name for name in modules if name.split(".")[0] == "click"}
    print(f"modules in memory: {len(modules)}, of which own {len(own)} and click {len(click)}")
    heavy = sorted({name.split(".")[0] for name in modules} & set(HEAVY))
    if heavy:
        raise SystemExit(f"a search loads {', '.join(heavy)}")
    print(f"none of {', '.join(HEAVY)}")


if __name__ == "__main__":
    main()
