"""Words found in scanned pages, and pages a second, side by side with other ways to draw them for Tesseract.

Needs a folder of image-only PDFs, each `NAME.pdf` with its true text in `NAME.truth.txt`. For each file and each
variant it prints recall and precision of words (as multisets, case folded), the share of right languages where
nobody says the language, and pages a second on one processor (minimum, median and maximum of the repeats).

    python benchmarks/ocr.py ../shared/corpora/scanned --repeat 2
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pypdfium2

from ingest import ocr_engine, ocr_pages
from ingest.language import detect
from ingest.ocr_languages import data_name
from ingest.pagetext import clean_pages

#: Variant: (least and most dots per inch, Tesseract's option for telling ink from paper).
VARIANTS = {
    "as used": ((ocr_engine.COARSEST, ocr_engine.FINEST), ocr_engine._ADAPTIVE),
    "300 dpi": ((300, 300), ocr_engine._ADAPTIVE),
    "one threshold": ((ocr_engine.COARSEST, ocr_engine.FINEST), ""),
}


def words(text: str) -> Counter[str]:
    """The words of a text with their numbers."""
    return Counter(re.findall(r"\w+", text.casefold()))


def read(file: Path, languages: str, engine: ocr_engine.Engine) -> tuple[str, set[str], float]:
    """The text of all pages, the languages they were read in, and pages a second."""
    started = time.perf_counter()
    with pypdfium2.PdfDocument(file) as document:
        numbers = range(1, len(document) + 1)
    pages = list(ocr_pages.recognise_pages(file, numbers, languages, engine=engine, passwords=(), seconds=600))
    rate = len(pages) / (time.perf_counter() - started)
    return "\n".join(clean_pages([page.text for page in pages])), {page.languages for page in pages}, rate


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--language", action="store_true", help="also let the language be found out")
    options = parser.parse_args()
    engine = ocr_engine.find_engine()
    print(engine.name, ", ".join(sorted(engine.languages)))
    print(f"{'file':<28}{'variant':<16}{'language':<12}{'recall':>8}{'precision':>11}   pages/s min/median/max")
    sums: dict[str, list[float]] = {}
    for file in sorted(options.folder.glob("*.pdf")):
        truth_text = file.with_suffix(".truth.txt").read_text(encoding="utf-8")
        truth = words(truth_text)
        found = detect(truth_text)
        language = data_name(found[0]) if found else "eng"
        if engine.missing(language):
            print(f"{file.stem[:26]:<28}no data for {language}")
            continue
        runs = [(name, language) for name in VARIANTS]
        if options.language:
            runs.append(("as used", ""))
        for name, asked in runs:
            (ocr_pages.COARSEST, ocr_pages.FINEST), ocr_engine._ADAPTIVE = VARIANTS[name]
            rates = []
            for _ in range(options.repeat):
                text, used, rate = read(file, asked, engine)
                rates.append(rate)
            got = words(text)
            common = sum((truth & got).values())
            recall, precision = common / sum(truth.values()), common / max(1, sum(got.values()))
            shown = asked or f"? {'+'.join(sorted(used))}"
            print(
                f"{file.stem[:26]:<28}{name:<16}{shown:<12}{recall:>8.4f}{precision:>11.4f}   "
                f"{min(rates):.2f}/{median(rates):.2f}/{max(rates):.2f}",
                flush=True,
            )
            sums.setdefault(name if asked else "language found out", []).append(recall)
    for name, recalls in sums.items():
        print(f"mean recall, {name}: {sum(recalls) / len(recalls):.4f} ({len(recalls)} files)")


if __name__ == "__main__":
    main()
