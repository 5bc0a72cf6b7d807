"""How long the ingestion takes where nothing is new, where all is new, and for JSON Lines; and its memory.

Everything is made in a temporary folder. Times are CPU seconds of the parent process, which is what is left where
the workers have nothing to do, with wall-clock seconds beside them; each figure is min / median / max of the runs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.pipeline import ingest

SENTENCE = "debt bondage in brick kilns and fishing vessels where recruiters keep passports and wages"
WORDS = SENTENCE.split()


def measure(label: str, runs: int, act: Callable[[], object], reset: Callable[[], object] = lambda: None) -> None:
    cpu, wall = [], []
    for _ in range(runs):
        reset()
        started, began = time.process_time(), time.perf_counter()
        act()
        cpu.append(time.process_time() - started)
        wall.append(time.perf_counter() - began)

    def spread(times: list[float]) -> str:
        return f"{min(times):.2f} / {statistics.median(times):.2f} / {max(times):.2f}"

    print(f"{label:<44} CPU {spread(cpu)} s   wall {spread(wall)} s")


def peak_mebibytes() -> str:
    try:
        import resource
    except ImportError:
        return "not known on this system"
    unit = 1 if sys.platform == "darwin" else 1024
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20:.0f} MiB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000, help="text files in the folder (default 10000)")
    parser.add_argument("--records", type=int, default=3_000, help="lines of the JSON Lines file (default 3000)")
    parser.add_argument("--runs", type=int, default=5, help="repetitions of what can be repeated (default 5)")
    parser.add_argument("--jobs", type=int, default=2, help="worker processes (default 2)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        corpus, data = root / "corpus", root / "index_data"
        for number in range(options.files):
            path = corpus / f"{number % 100:02}" / f"{number}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{number} " + " ".join(WORDS[: number % len(WORDS)]), encoding="utf-8")
        lines = root / "many.jsonl"
        with lines.open("w", encoding="utf-8") as file:
            for number in range(options.records):
                text = " ".join(WORDS[(number + shift) % len(WORDS)] for shift in range(150))
                file.write(json.dumps({"_id": str(number), "title": f"Record {number}", "text": text}) + "\n")

        def index(*paths: Path) -> None:
            ingest(paths, data, jobs=options.jobs)

        def rewrite() -> None:
            lines.write_text(lines.read_text("utf-8").replace('"title": "', '"title": "New '), "utf-8")

        measure(f"{options.files} new files", 1, lambda: index(corpus))
        measure(f"{options.files} unchanged files", options.runs, lambda: index(corpus))
        measure(f"{options.records} new records of JSON Lines", 1, lambda: index(lines))
        measure(f"{options.records} changed records", options.runs, lambda: index(lines), rewrite)
        measure(f"{options.records} unchanged records", options.runs, lambda: index(lines))
        print(f"{'largest size of the parent process':<44} {peak_mebibytes()}")


if __name__ == "__main__":
    main()
