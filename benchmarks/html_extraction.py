"""How well the text of web pages is found, beside other extractors, in one run.

The measure is that of the article extraction benchmark (https://github.com/scrapinghub/article-extraction-benchmark,
evaluate.py): runs of four words, counted with their number; precision and recall per page, their means over the
pages, and F1 of the two means; the interval is 1.96 standard deviations of 1,000 resamplings of the pages.
Besides: how much of the running text that a reader sees is in the text of real library pages, how many pages
state each field of metadata, whether the address they state is the right one, and on how many articles a list of
resources is seen where there is none.

    python benchmarks/html_extraction.py [--corpora DIR] [--repeat N]

readability-lxml is compared where it is installed (`pip install readability-lxml`); the project does not need it.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import bs4  # noqa: E402
import trafilatura  # noqa: E402

from ingest.charset import decode_html  # noqa: E402
from ingest.document import Extraction, Source  # noqa: E402
from ingest.html import extract_html_bytes  # noqa: E402
from ingest.html_blocks import visible_blocks  # noqa: E402
from ingest.html_select import holds, is_prose  # noqa: E402
from ingest.html_tree import parse  # noqa: E402

RUN = 4
SAMPLES = 1000


def runs(text: str) -> Counter[tuple[str, ...]]:
    """Every run of four words with its number; a shorter text is one run."""
    words = re.findall(r"\w+", text)
    return Counter(filter(None, (tuple(words[i : i + RUN]) for i in range(max(1, len(words) - RUN + 1)))))


def scores(true: str, found: str) -> tuple[float | None, float | None]:
    """(precision, recall) of one page; None where nothing was found, or nothing is to be found."""
    expected, got = runs(true), runs(found)
    both = sum((expected & got).values())
    return (
        both / sum(got.values()) if got else None,
        both / sum(expected.values()) if expected else None,
    )


def summary(pages: Sequence[tuple[float | None, float | None]]) -> tuple[float, float, float]:
    """(precision, recall, F1) over pages."""
    precision = statistics.mean(p for p, _ in pages if p is not None)
    recall = statistics.mean(r for _, r in pages if r is not None)
    return precision, recall, 2 * precision * recall / (precision + recall)


def interval(pages: Sequence[tuple[float | None, float | None]]) -> float:
    """Half the width of the 95 % interval of F1."""
    chance = random.Random(1)
    values = [summary(chance.choices(pages, k=len(pages)))[2] for _ in range(SAMPLES)]
    return 1.96 * statistics.stdev(values)


def extractors() -> dict[str, Callable[[bytes], str]]:
    """Name -> bytes of a page to its text."""
    found: dict[str, Callable[[bytes], str]] = {
        "dossier": lambda data: "\n\n".join(page.text for page in extract_html_bytes(data).pages),
        f"trafilatura {trafilatura.__version__}": lambda data: (
            trafilatura.extract(data.decode("utf-8", "replace"), include_comments=False) or ""
        ),
        "trafilatura, precision": lambda data: (
            trafilatura.extract(data.decode("utf-8", "replace"), include_comments=False, favor_precision=True)
            or ""
        ),
    }
    try:
        from readability import Document  # type: ignore[import-untyped]

        found["readability-lxml"] = lambda data: bs4.BeautifulSoup(
            Document(data.decode("utf-8", "replace")).summary(), "lxml"
        ).get_text(" ")
    except ImportError:
        print("readability-lxml is not installed and is left out", file=sys.stderr)
    found[f"beautifulsoup4 {bs4.__version__}"] = lambda data: bs4.BeautifulSoup(data, "lxml").get_text(" ")
    return found


def articles(folder: Path, repeat: int) -> None:
    """The article benchmark."""
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    pages = {key: (folder / "pages" / f"{key}.html").read_bytes() for key in truth}
    print(f"{len(pages)} articles, {repeat} runs each\n")
    print(f"{'extractor':26} precision  recall     F1    +/-   ms a page: min median max")
    for name, extract in extractors().items():
        times = []
        for _ in range(repeat):
            start = time.perf_counter()
            texts = {key: extract(data) for key, data in pages.items()}
            times.append((time.perf_counter() - start) * 1000 / len(pages))
        measured = [scores(truth[key]["articleBody"], text) for key, text in texts.items()]
        precision, recall, f1 = summary(measured)
        noise = f"{min(times):6.0f} {statistics.median(times):6.0f} {max(times):4.0f}"
        print(f"{name:26} {precision:9.4f}  {recall:.4f}  {f1:.4f}  {interval(measured):.3f}     {noise}")
    found = {key: extract_html_bytes(data) for key, data in pages.items()}
    stated(found, {key: str(truth[key]["url"]) for key in truth})


def stated(found: dict[str, Extraction], urls: dict[str, str]) -> None:
    """How many pages state each field, the right address, and list resources."""
    counts = Counter(
        name
        for extraction in found.values()
        for name in {claim.field for claim in extraction.claims if claim.source is Source.PAGE}
    )
    print("\npages that state: " + ", ".join(f"{name} {number}" for name, number in counts.most_common()))
    detected = sum(any(claim.source is Source.DETECTED for claim in each.claims) for each in found.values())
    addresses = {key: [c.value for c in each.claims if c.field == "source_url"][:1] for key, each in found.items()}
    right = sum(bool(own) and plain(own[0]) == plain(urls[key]) for key, own in addresses.items())
    print(f"date detected by htmldate: {detected}; address stated: {counts['source_url']}, the true one: {right}")
    listed = [key[:8] for key, each in found.items() if each.entries]
    print(f"articles on which a list of resources is seen: {len(listed)} {listed}")
    engines = Counter(each.engine for each in found.values())
    print("text by " + ", ".join(f"{name}: {number}" for name, number in engines.items()))
    warned = sum(any("left out" in text for text in each.warnings) for each in found.values())
    print(f"pages with a warning that text beside the content was left out: {warned}")


def plain(url: str) -> str:
    """The address without scheme, www, query, fragment, last slash."""
    return re.sub(r"^https?://(www\.)?|[?#].*$", "", url).rstrip("/")


def completeness(folder: Path) -> None:
    """How much of what a reader of library pages sees is in their text."""
    print("\nshare of the visible running text, and of all visible lines, that is in the text of library pages")
    print(f"{'pages':24} number  dossier          trafilatura")
    for group in sorted(path for path in folder.iterdir() if path.is_dir()):
        paths = sorted(group.rglob("*.html"))
        shares: dict[str, list[tuple[float, float]]] = {"dossier": [], "trafilatura": []}
        for path in paths:
            data = path.read_bytes()
            text = decode_html(data).text
            visible = visible_blocks(parse(text))
            prose = [block.text for block in visible if is_prose(block)]
            lines = [block.text for block in visible]
            if not lines:
                continue
            own = [bs for page in extract_html_bytes(data).pages for bs in visible_blocks(parse(pre(page.text)))]
            other = visible_blocks(parse(pre(trafilatura.extract(text, include_comments=False) or "")))
            shares["dossier"].append((holds(own, prose), holds(own, lines)))
            shares["trafilatura"].append((holds(other, prose), holds(other, lines)))
        means = [tuple(statistics.mean(column) for column in zip(*each, strict=True)) for each in shares.values()]
        print(
            f"{group.name:24} {len(paths):6}  "
            + "     ".join(f"{prose:.3f} {lines:.3f}" for prose, lines in means)
        )


def pre(text: str) -> str:
    """Plain text as a page, its lines as blocks."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"<p>{line}</p>" for line in escaped.split("\n"))


def main() -> None:
    """Run the comparisons."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--corpora", type=Path, default=ROOT.parent / "shared" / "corpora", help="folder of real files"
    )
    parser.add_argument(
        "--repeat", type=int, default=3, help="runs of each extractor, for the noise of the machine"
    )
    options = parser.parse_args()
    if not (options.corpora / "html-benchmark").is_dir():
        parser.error(f"there is no html-benchmark in {options.corpora}; name the folder with --corpora")
    articles(options.corpora / "html-benchmark", options.repeat)
    completeness(options.corpora / "domain" / "html")


if __name__ == "__main__":
    main()
