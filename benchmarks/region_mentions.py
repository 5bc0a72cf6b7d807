"""How fast and how right the region mentions are on real reports.

Speed: characters a second over the text of PDF files, with the names of one language and of all, side by side
in one run. Rightness: files named after a country ("Bangladesh.pdf") should name that country most; it is a
weak truth, as a report on a territory may well name its state more often. Strength: the mentions that are shown
should keep that country, and be few on files that are named after none.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import pypdfium2

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ingest.mentions import count_mentions, mentions, strong  # noqa: E402
from ingest.regions import resolve  # noqa: E402


def pages_of(path: Path) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(path)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def speed(texts: list[str], repeats: int) -> None:
    """Print characters a second for English names and for all six languages, the two in turn."""
    size = sum(map(len, texts)) / 1e6
    rates: dict[str | None, list[float]] = {"en": [], None: []}
    for language in rates:
        count_mentions("Ghana, Côte d'Ivoire", language)  # the names are loaded once a process
    for _ in range(repeats):
        for language, found in rates.items():
            start = time.perf_counter()
            for text in texts:
                count_mentions(text, language)
            found.append(size / (time.perf_counter() - start))
    for language, found in rates.items():
        found.sort()
        low, middle, high = found[0], found[len(found) // 2], found[-1]
        rate = f"{low:.1f} / {middle:.1f} / {high:.1f} million characters/s (min/median/max)"
        print(f"{language or 'all':>4} names: {rate}")


def rightness(files: dict[Path, list[str]]) -> None:
    """Print how often the country of the file name is the one named most."""
    named = {path: region for path in files if (region := resolve(path.stem)) and region.codes.iso2}
    first = on_pages = own = every = 0
    for path, region in named.items():
        counts = count_mentions("\n".join(files[path]), "en")
        by_page = mentions(files[path], "en")
        first += next(iter(counts), None) == region.key
        on_pages += by_page.get(region.key, 0) == max(by_page.values(), default=-1)
        own += counts.get(region.key, 0)
        every += sum(counts.values())
        if next(iter(counts), None) != region.key:
            print(f"  {path.name}: {list(counts.items())[:3]}")
    print(f"{len(named)} files named after a country: named most in {first}, on most pages in {on_pages};")
    print(f"{own / max(every, 1):.0%} of all {every} mentions are of that country")


def strength(files: dict[Path, list[str]]) -> None:
    """Print in how many files the country of the file name is among the regions that are shown, and how many
    regions are named and shown."""
    kept = countries = 0
    sizes: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    for path, pages in files.items():
        by_page = mentions(pages, "en")
        shown = strong(by_page, len(pages))
        region = resolve(path.stem)
        country = bool(region and region.codes.iso2)
        if region and country:
            countries += 1
            kept += region.key in shown
            if region.key not in shown:
                print(f"  {path.name} is lost: {shown}")
        if by_page:
            sizes[country].append((len(by_page), len(shown)))
    print(f"{kept} of {countries} countries of file names are among the regions shown")
    for country, found in sizes.items():
        if found:
            named, shown_mean = (sum(column) / len(found) for column in zip(*found, strict=True))
            which = "named after a country" if country else "others"
            print(f"{len(found)} files {which}: {named:.1f} regions named, {shown_mean:.1f} shown (means)")


def main() -> None:
    """Read the files, print both."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path, help="folder of PDF files, some named after a country")
    parser.add_argument("--limit", type=int, default=80, help="how many files to read (default 80)")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    paths = sorted(options.folder.glob("*.pdf"))
    step = max(1, len(paths) // options.limit)
    files = {path: pages_of(path) for path in paths[::step]}
    texts = [text for pages in files.values() for text in pages]
    print(f"{len(files)} files, {len(texts)} pages, {sum(map(len, texts)) / 1e6:.1f} million characters")
    speed(texts, options.repeats)
    rightness(files)
    strength(files)


if __name__ == "__main__":
    main()
