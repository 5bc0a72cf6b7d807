"""What a passage costs in a document of thousands of pages beside one in a document of ten.

    python benchmarks/snippets.py --pages 2000 --repeat 15

Makes one library with both documents, of the same kind of pages: each holds a word that stands on every page many
times (`labour`, 25 a page), one that stands on every page once (`kiln`), and one that stands on one page alone.
Prints for each query the time of a whole search with one passage and without, the smallest, the middle and the
largest of so many runs, and how many times the word occurs.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.catalogue import Catalogue
from ingest.document import Claim, Extraction, Page, Source, Status
from searchidx.index import update
from searchidx.library import Library
from searchidx.results import SearchRequest

SENTENCE = "The committee on labour has seen the report of the village. "
REPEATS = 25
QUERIES = (
    "labour",
    "kiln",
    "labour kiln",
    "rare",
    "labour kiln rare",
    '"committee on labour"',
    "labour~ committee",
)


def document(name: str, pages: int) -> Extraction:
    """A PDF's worth of pages, the last but one with a word of its own."""
    texts = [f"{SENTENCE * REPEATS}A kiln stood there, number {number}." for number in range(1, pages + 1)]
    texts[-2] += " Something rare is said here."
    return Extraction(
        Status.OK,
        media_type="application/pdf",
        pages=tuple(Page(number, text) for number, text in enumerate(texts, 1)),
        claims=(Claim("title", name, Source.PAGE), Claim("language", "en", Source.PAGE)),
    )


def timed(library: Library, query: str, snippets: int, repeat: int) -> list[float]:
    """Milliseconds of so many searches."""
    times = []
    for _ in range(repeat):
        started = time.perf_counter()
        result = library.search(SearchRequest(query=query, snippets=snippets))
        times.append((time.perf_counter() - started) * 1000)
        assert result.total == 1
    return sorted(times)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000, help="of the long document (default 2000)")
    parser.add_argument("--repeat", type=int, default=15, help="runs of each query (default 15)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "index_data"
        with Catalogue.open(data_dir, create=True) as catalogue, catalogue.transaction():
            for name, pages in (("short", 10), ("long", args.pages)):
                sha = hashlib.sha256(name.encode()).hexdigest()
                catalogue.attach_path(f"{name}.pdf", catalogue.put_document(document(name, pages), sha))
        update(data_dir)
        with Library.open(data_dir) as library:
            print(f"{'ms (min/median/max)':32} {'10 pages':>24} {f'{args.pages:,} pages':>24}  without passage")
            for query in QUERIES:
                cells = []
                for name, snippets in (("short", 1), ("long", 1), ("long", 0)):
                    times = timed(library, f"{query} path:{name}.pdf", snippets, args.repeat)
                    cells.append(f"{times[0]:.1f} / {statistics.median(times):.1f} / {times[-1]:.1f}")
                print(f"{query:32} {cells[0]:>24} {cells[1]:>24}  {cells[2]}")


if __name__ == "__main__":
    main()
