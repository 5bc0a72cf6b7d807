"""A search process of the soak: opens the library again and again, asks, and writes down what it was told.

Rule: it knows nothing of what the writer does; each answer is noted with the state that its snapshot names, to be
compared afterwards. Run as a program: soak_reader.py DATA FOLDER NUMBER SECONDS, where FOLDER takes the notes, and
SECONDS is how long a library is kept open at most. It ends when FOLDER/stop is there.
"""

from __future__ import annotations

import hashlib
import os
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from searchidx.library import Library
from searchidx.results import SearchRequest

QUERIES = (
    "kiln",
    "kiln wage",
    "camp OR mica",
    '"gold mica"',
    "boat -raid",
    "tag:checked",
    "tag:checked loan",
    "*",
    "nothing-has-it",
)
#: Visits between two looks at memory and file handles.
_MEASURED = 20


def state_of(library: Library) -> str:
    """What names the state that a library sees: of the index, and of the catalogue, which may be ahead of it."""
    return f"{library.snapshot.manifest.generation}-{library.catalogue.revision}"


def answer(library: Library, query: str) -> str:
    """All that a person is shown for a query."""
    found = library.search(SearchRequest(query=query, limit=10, facets=query == "*"))
    hits = [
        (hit.id, hit.score, hit.title, hit.paths, hit.page, hit.snippet, hit.tags, hit.duplicates)
        for hit in found.hits
    ]
    return repr((found.total, found.collapsed, hits, found.facets, found.suggestions))


def digest(text: str) -> str:
    """What stands for an answer in the notes."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def resident() -> int:
    """Kilobytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def handles() -> int:
    """How many files this process has open."""
    return len(os.listdir("/proc/self/fd"))


def main(data_dir: Path, folder: Path, number: int, longest: float) -> None:
    """Ask until told to stop."""
    os.nice(5)
    lots = random.Random(number)
    visits = 0
    with (folder / f"reader{number}.log").open("w", encoding="ascii", buffering=1) as notes:
        while not (folder / "stop").exists():
            with Library.open(data_dir) as library:
                state = state_of(library)
                until = time.monotonic() + longest
                while True:
                    for at in lots.sample(range(len(QUERIES)), 4):
                        text = answer(library, QUERIES[at])
                        kept = folder / "answers" / digest(text)
                        if not kept.exists():
                            kept.write_text(text, encoding="utf-8")
                        notes.write(f"{state} {at} {kept.name}\n")
                    time.sleep(0.02)
                    if time.monotonic() > until or (folder / "stop").exists():
                        break
            visits += 1
            if longest or visits % _MEASURED == 0:
                notes.write(f"held {resident()} {handles()}\n")
            time.sleep(lots.random() * 0.1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
