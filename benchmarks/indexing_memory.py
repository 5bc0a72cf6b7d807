"""How much memory indexing takes: the parent's and the largest worker's resident set, sampled while it runs.

    python benchmarks/indexing_memory.py ../shared/corpora/domain/pdf --files 1000

Takes the PDFs below a folder, as often as needed to reach the number of files: a copy gets a comment behind its
end, so that it is another content. Linux only (reads /proc). Limits to hold: 400 MB for the parent, 600 MB for a
worker.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MB = 1e6


def copies(source: Path, target: Path, count: int) -> int:
    """Write `count` PDFs of different content; how many bytes."""
    originals = sorted(path for path in source.rglob("*.pdf") if path.is_file())
    total = 0
    for number, path in enumerate(islice(cycle(originals), count)):
        data = path.read_bytes() + f"\n% copy {number}\n".encode()
        (target / f"{number:05}.pdf").write_bytes(data)
        total += len(data)
    return total


def resident(pid: int) -> float:
    """Bytes of memory a process has in use, 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0.0
    return int(fields[1]) * float(os.sysconf("SC_PAGE_SIZE"))


def descendants(pid: int) -> list[int]:
    """All processes below one."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue
            children.setdefault(parent, []).append(int(folder.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def main() -> None:
    """Copy, index, watch, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of PDFs to copy from")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        library = Path(place) / "library"
        library.mkdir()
        size = copies(args.folder, library, args.files)
        print(f"{args.files} PDFs, {size / MB:.0f} MB")
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "cli.py"), "--data", str(Path(place) / "index_data"),
             "index", str(library), "--jobs", str(args.jobs)],
            stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        parent = worker = 0.0
        while process.poll() is None:
            parent = max(parent, resident(process.pid))
            worker = max([worker, *map(resident, descendants(process.pid))])
            time.sleep(0.05)
        assert process.stdout is not None
        print(process.stdout.read())
        print(f"{time.monotonic() - started:.0f} s, exit {process.returncode}")
        print(f"parent at most {parent / MB:.0f} MB, a worker at most {worker / MB:.0f} MB")


if __name__ == "__main__":
    main()
