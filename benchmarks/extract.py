"""How fast and how well PDF text is read: auto, pdfium, pdfminer and, if installed, poppler's pdftotext.

One run reads a sample of a folder's files with every engine in turn, several times over, and prints

- pages per second of processor time (the machine may be shared), smallest, median and largest of the repeats;
- words: recall and precision of each engine's cleaned text against the other readers. A word counts as often as it
  occurs. Truth for recall is what two other readers agree on; truth for precision is what any other reader has.
  "auto" and "pdfium" are both judged by pdfminer and pdftotext. No reader is judged by itself, but agreement is
  not proof: what all readers lose is not seen, and where the others err together the better one looks worse;
- order: of the runs of four words that occur once in both texts of a page, the share that stands in the same order
  as in pdftotext's text (longest increasing subsequence), which lays out columns by a method of its own.

All texts pass through the same cleaning (ingest.pagetext), so reading is compared, not cleaning.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import subprocess
import sys
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean, median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.document import INDEXED
from ingest.pagetext import clean_pages
from ingest.pdf import extract_pdf
from ingest.pdfium_text import PdfiumFile

Pages = list[str]
RUN = 4
#: Who judges whom; "auto" is made of pdfium and pdfminer.
JUDGES = {
    "auto": ("pdfminer", "pdftotext"),
    "pdfium": ("pdfminer", "pdftotext"),
    "pdfminer": ("pdfium", "pdftotext"),
    "pdftotext": ("pdfium", "pdfminer"),
}


def by_extract(engine: str) -> Callable[[Path], Pages]:
    """The project's own extraction with one engine: text, labels, outline, metadata, cleaning."""
    return lambda path: [page.text for page in extract_pdf(path, engine=engine).pages]  # type: ignore[arg-type]


def pdfium_text_alone(path: Path) -> Pages:
    """PDFium's raw text and nothing else, to see what the rest costs."""
    reader = PdfiumFile(path, ())
    try:
        return [reader.page_text(number).text for number in range(1, reader.page_count + 1)]
    finally:
        reader.close()


def by_pdftotext(path: Path) -> Pages:
    """poppler's text with the same cleaning; pages end with a form feed."""
    command = ["pdftotext", "-q", str(path), "-"]
    output = subprocess.run(command, capture_output=True, check=False).stdout.decode("utf-8", "replace")
    return clean_pages(output.split("\f")[:-1])


def words(pages: Sequence[str]) -> Counter[str]:
    """The words of all pages, without case."""
    counts: Counter[str] = Counter()
    for page in pages:
        counts.update("".join(char if char.isalnum() else " " for char in page.casefold()).split())
    return counts


def same_order(page: str, judge: str) -> tuple[int, int]:
    """(runs in the same order, runs compared) of two texts of a page."""
    places = [unique_runs(text) for text in (page, judge)]
    shared = [places[1][run] for run in places[0] if run in places[1]]
    tails: list[int] = []
    for place in shared:
        at = bisect_left(tails, place)
        tails[at : at + 1] = [place]
    return len(tails), len(shared)


def unique_runs(text: str) -> dict[tuple[str, ...], int]:
    """Where each run of four words stands that occurs once, in the order of the text."""
    tokens = text.casefold().split()
    runs = [tuple(tokens[at : at + RUN]) for at in range(len(tokens) - RUN + 1)]
    counts = Counter(runs)
    return {run: at for at, run in enumerate(runs) if counts[run] == 1}


def processor_seconds() -> float:
    """Processor time of this process and its ended children."""
    return sum(resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime for who in
               (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))  # fmt: skip


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of PDFs, searched with its subfolders")
    parser.add_argument("--files", type=int, default=30, help="size of the sample (30)")
    parser.add_argument("--repeat", type=int, default=3, help="times each engine reads the sample (3)")
    parser.add_argument("--seed", type=int, default=1, help="of the sample (1)")
    arguments = parser.parse_args()

    found = sorted(arguments.folder.rglob("*.pdf"))
    sample = sorted(random.Random(arguments.seed).sample(found, min(arguments.files, len(found))))
    sample = [path for path in sample if extract_pdf(path, engine="pdfium").status in INDEXED]
    engines: dict[str, Callable[[Path], Pages]] = {
        name: by_extract(name) for name in ("auto", "pdfium", "pdfminer")
    }
    if shutil.which("pdftotext"):
        engines["pdftotext"] = by_pdftotext
    engines["pdfium, text alone"] = pdfium_text_alone

    texts: dict[str, list[Pages]] = {}
    speeds: dict[str, list[float]] = {name: [] for name in engines}
    for turn in range(arguments.repeat):
        for name, read in engines.items():
            started = processor_seconds()
            read_now = [read(path) for path in sample]
            took = processor_seconds() - started
            speeds[name].append(sum(map(len, read_now)) / took)
            if not turn:
                texts[name] = read_now

    pages = sum(map(len, texts["pdfium"]))
    clock = time.strftime("%Y-%m-%d")
    print(f"{clock}: {len(sample)} files, {pages} pages of {arguments.folder}, {arguments.repeat} repeats")
    speed_heads = f"{'pages/s min':>12}{'median':>8}{'max':>8}"
    print(f"{'engine':20}{speed_heads}{'recall':>9}{'precision':>11}{'order':>8}{'words':>9}")
    for name in engines:
        speed = f"{min(speeds[name]):12.0f}{median(speeds[name]):8.0f}{max(speeds[name]):8.0f}"
        print(f"{name:20}{speed}{quality(name, texts)}")


def quality(name: str, texts: dict[str, list[Pages]]) -> str:
    """The columns recall, precision, order and words of one engine; dashes where there is no judge."""
    judges = [judge for judge in JUDGES.get(name, ()) if judge in texts]
    if len(judges) < 2:
        return f"{'-':>9}{'-':>11}{'-':>8}{'-':>9}"
    hit = truth = right = own_words = 0
    orders: list[float] = []
    for number, own_pages in enumerate(texts[name]):
        own = words(own_pages)
        one, other = (words(texts[judge][number]) for judge in judges)
        agreed, any_of = one & other, one | other
        hit, truth = hit + (own & agreed).total(), truth + agreed.total()
        right, own_words = right + (own & any_of).total(), own_words + own.total()
        if name != "pdftotext" and len(own_pages) == len(texts["pdftotext"][number]):
            for page, judge in zip(own_pages, texts["pdftotext"][number], strict=True):
                kept, compared = same_order(page, judge)
                if compared >= 20:
                    orders.append(kept / compared)
    order = f"{mean(orders):8.4f}" if orders else f"{'-':>8}"
    return f"{hit / truth:9.4f}{right / own_words:11.4f}{order}{own_words:9d}"


if __name__ == "__main__":
    main()
