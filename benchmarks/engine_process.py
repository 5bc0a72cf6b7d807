"""A process of one engine for the benchmarks of speed: its memory is its own, and it can be another Python.

    python benchmarks/engine_process.py tantivy build COLLECTION COUNT FOLDER
    python benchmarks/engine_process.py tantivy serve FOLDER

Called by `benchmarks/search.py`. `build` makes an index and prints a JSON object; `serve` opens it, prints one,
and then answers each line of standard input, {"questions": [...], "snippets": true}, with the milliseconds each
question took, how many hits it had and its total (null where the engine does not say), until the input ends.
Seconds and milliseconds are of the wall clock; "cpu" ones are the processor's, of the process and its children.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from engines import ENGINES, Engine, Records


def engine_class(name: str) -> type[Engine]:
    """The engine with this name. Dossier's module is imported only where it is asked for: it needs the project."""
    if name in ENGINES:
        return ENGINES[name]
    from dossier_engine import DOSSIER

    return DOSSIER[name]


def environment() -> dict[str, str]:
    """The environment of a user, with bytecode caches."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def peak_bytes() -> int:
    """The largest resident memory of this program, or of one of its ended children, in bytes.

    Linux hands the peak that getrusage tells of a process down to the programs it starts; VmHWM begins anew.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        own = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    else:
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return 1024 * max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def build(engine: Engine, collection: Path, count: int) -> dict[str, object]:
    """Make the index; seconds are without reading and parsing the collection where the engine is given records."""
    records = Records(collection, count)
    started, cpu = time.perf_counter(), cpu_seconds()
    engine.build(records)
    took = time.perf_counter() - started - records.seconds
    engine.settle()
    settled = time.perf_counter() - started - records.seconds
    cpu = cpu_seconds() - cpu - records.cpu_seconds
    if not records.text_bytes:  # the engine has read the file by itself
        for _ in records:
            pass
        records.seconds = 0.0
    report = {
        "seconds": took,
        "cpu_seconds": cpu,
        "settled_seconds": settled,
        "parse_seconds": records.seconds,
        "threads": engine.threads,
        "text_bytes": records.text_bytes,
        "version": engine.version(),
        "peak_bytes": peak_bytes(),
    }
    return report | engine.sizes()


def cpu_seconds() -> float:
    """What this process and its ended children have used of processors so far."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def serve(engine: Engine) -> None:
    """Answer lines of questions."""
    started = time.perf_counter()
    engine.open()
    opened = {"open_seconds": time.perf_counter() - started, "version": engine.version(), "total": engine.total}
    print(json.dumps(opened), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        answers = []
        cpu = time.process_time()
        for question in asked["questions"]:
            started = time.perf_counter()
            hits, total = engine.ask(question, asked["snippets"])
            answers.append(((time.perf_counter() - started) * 1000, len(hits), total))
        cpu_ms = (time.process_time() - cpu) * 1000
        print(json.dumps({"answers": answers, "cpu_ms": cpu_ms, "peak_bytes": peak_bytes()}), flush=True)


def main() -> None:
    """Build or serve."""
    name, work, *rest = sys.argv[1:]
    try:
        engine_class(name).version()
    except ImportError as error:
        print(json.dumps({"absent": str(error)}), flush=True)
        return
    folder = Path(rest[-1])
    folder.mkdir(parents=True, exist_ok=True)
    engine = engine_class(name)(folder)
    if work == "build":
        print(json.dumps(build(engine, Path(rest[0]), int(rest[1]))), flush=True)
    else:
        serve(engine)


if __name__ == "__main__":
    main()
