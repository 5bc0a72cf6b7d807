"""Passages for the benchmarks of speed: a JSON Lines collection of English prose of any size.

    python benchmarks/passages.py --work /tmp/bench --count 100000 ../shared/corpora

Rule. Sources are read to sentences: PDFs, web pages and JSON Lines through the project's own extraction (the
folders given as arguments; what is extracted is kept as a catalogue below --work), and other prose as it is
(--prose: HTML paragraphs, text files, and dictd's `.dz`). A sentence has 4 to 80 words, mostly letters, one of the
commonest English words at least, and counts once however often it occurs; a document in which fewer than 8 in 100
words are such is left out. Sentences that follow one another make passages of 150 to 400 words (drawn evenly;
title: some words of it that follow one another). These are the distinct passages, in an order drawn once.

More than there are of them are recombined: pairs of neighbouring sentences from one stretch of 400, each word
replaced with probability 0.15 by one from an earlier place of the stream, drawn evenly, so that frequent words
stay frequent; and so often that the vocabulary goes on growing by Heaps' law as measured on the distinct passages,
the replacement is a new word, made of the front of one word and the end of another. So a collection of any size is
a beginning of one stream, and a smaller one is a beginning of a larger one.

Each passage has one to three of 24 tags and one of 12 countries, drawn with weights 1/1, 1/2, 1/3 ..., and a year.
"""

from __future__ import annotations

import argparse
import gzip
import html
import json
import math
import random
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.catalogue import Catalogue
from ingest.pipeline import ingest
from ingest.settings import Settings

SHORTEST, LONGEST = 150, 400
STRETCH = 400
REPLACED = 0.15
COMMON = frozenset(
    [
        "the", "of", "and", "to", "in", "a", "is", "that", "for", "on", "with", "as", "by", "be", "are", "it",
        "this", "or", "from", "at",
    ]
)  # fmt: skip
TAGS = (
    "trafficking", "forced labour", "debt bondage", "child labour", "refugees", "asylum", "smuggling",
    "survivors", "supply chains", "recruitment", "domestic work", "fishing", "agriculture", "construction",
    "garments", "mining", "sexual exploitation", "organ removal", "early marriage", "child soldiers",
    "statelessness", "detention", "repatriation", "legal aid",
)  # fmt: skip
COUNTRIES = (
    "India", "Bangladesh", "Nepal", "Thailand", "Nigeria", "Kenya", "Mexico", "Brazil", "Ukraine", "Italy",
    "Jordan", "Lebanon",
)  # fmt: skip
JUDGED = ("cranfield", "cacm", "lisa", "time", "xquad-en")
_WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])")
_PARAGRAPH = re.compile(r"<(p|li|dd|blockquote)\b[^>]*>(.*?)(?=</\1>|<\1\b)", re.S | re.I)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Heaps:
    """Distinct words among the first n: factor * n ** exponent."""

    factor: float
    exponent: float

    def new_words_at(self, n: int) -> float:
        """The probability that the n-th word is a new one."""
        return float(self.factor * self.exponent * n ** (self.exponent - 1))


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text that read like prose."""
    for sentence in _SENTENCE_END.split(" ".join(text.split())):
        words = sentence.count(" ") + 1
        letters = sum(char.isalpha() or char == " " for char in sentence)
        prose = 4 <= words <= 80 and len(sentence) < 12 * words and letters >= 0.85 * len(sentence)
        if prose and not COMMON.isdisjoint(sentence.lower().split()):
            yield sentence


def is_english(text: str) -> bool:
    """Whether enough of the words are the commonest English ones."""
    words = _WORD.findall(text[:20_000].lower())
    return sum(word in COMMON for word in words) >= 0.08 * max(1, len(words))


def extracted(folders: Iterable[Path], work: Path) -> Iterator[str]:
    """The texts of the documents in folders, by the project's own extraction, kept in a catalogue below `work`."""
    paths: list[Path] = []
    for folder in folders:
        judged = folder / "judged"
        if judged.is_dir():
            known = [judged / name / "corpus.jsonl" for name in JUDGED]
            paths += [folder / "domain", folder / "html-benchmark", *(path for path in known if path.exists())]
        else:
            paths.append(folder)
    data = work / "catalogue"
    ingest(paths, data, settings=Settings())
    with Catalogue.open(data) as catalogue:
        for document_id in sorted(catalogue.live_ids()):
            yield " ".join(page.text for page in catalogue.pages(document_id))


def plain_prose(folder: Path) -> Iterator[str]:
    """The texts of the files below a folder that hold prose: .html, .txt, and dictd's .dz."""
    for path in sorted(folder.rglob("*")):
        suffix = path.suffix.lower()
        if suffix not in (".html", ".htm", ".txt", ".dz") or "_sources" in path.parts or not path.is_file():
            continue
        raw = gzip.decompress(path.read_bytes()) if suffix == ".dz" else path.read_bytes()
        text = raw.decode("utf-8", errors="replace")
        if suffix in (".html", ".htm"):
            text = " ".join(html.unescape(_TAG.sub(" ", match[2])) for match in _PARAGRAPH.finditer(text))
        yield text


def distinct_sentences(texts: Iterable[str]) -> list[str]:
    """The sentences of the English ones among the texts, each once, in order."""
    seen: set[int] = set()
    kept = []
    for text in texts:
        if is_english(text):
            for sentence in sentences(text):
                key = hash(sentence)
                if key not in seen:
                    seen.add(key)
                    kept.append(sentence)
    return kept


def cut(pool: list[str], draw: random.Random) -> list[list[str]]:
    """Passages, as lists of sentences that follow one another."""
    passages: list[list[str]] = []
    current: list[str] = []
    length = 0
    target = draw.randint(SHORTEST, LONGEST)
    for sentence in pool:
        words = sentence.count(" ") + 1
        if current and length >= SHORTEST and length + words > target:
            passages.append(current)
            current, length, target = [], 0, draw.randint(SHORTEST, LONGEST)
        current.append(sentence)
        length += words
    if length >= SHORTEST:
        passages.append(current)
    draw.shuffle(passages)
    return passages


def measured_heaps(passages: list[list[str]]) -> tuple[Heaps, int]:
    """Heaps' law through the vocabulary of the first half of the passages and of all of them, and their words."""
    known: set[str] = set()
    seen, half, half_known = 0, 0, 1
    for number, passage in enumerate(passages, 1):
        words = _WORD.findall(" ".join(passage).lower())
        seen += len(words)
        known.update(words)
        if number == len(passages) // 2:
            half, half_known = seen, len(known)
    exponent = math.log(len(known) / half_known) / math.log(seen / half) if half else 0.6
    return Heaps(len(known) / seen**exponent, exponent), seen


class Recombiner:
    """Makes passages out of the sentences of others."""

    def __init__(self, pool: list[str], heaps: Heaps, words: int, draw: random.Random) -> None:
        self.pool = pool
        self.heaps = heaps
        self.words = words
        self.draw = draw
        # Earlier places of the stream, to draw replacements from: the pool's words, then what came in their place.
        self.earlier = [
            word for sentence in draw.sample(pool, min(len(pool), 200_000)) for word in sentence.split()
        ]
        self.known = {word.lower() for word in self.earlier}
        self.fresh = 0.0

    def passage(self) -> list[str]:
        """The next one."""
        draw, pool = self.draw, self.pool
        start = draw.randrange(max(1, len(pool) - STRETCH))
        target = draw.randint(SHORTEST, LONGEST)
        made: list[str] = []
        length = 0
        while length < target - 12:
            at = start + draw.randrange(min(STRETCH, len(pool) - 1))
            for sentence in pool[at : at + 2]:
                words = sentence.split()
                if length + len(words) > LONGEST:
                    break
                length += len(words)
                self._replace(words)
                made.append(" ".join(words))
            else:
                continue
            if length >= SHORTEST:
                break
        self.words += length
        self.fresh += length * self.heaps.new_words_at(self.words)
        return made

    def _replace(self, words: list[str]) -> None:
        draw, earlier = self.draw, self.earlier
        for place in range(len(words)):
            if draw.random() < REPLACED:
                if self.fresh >= 1:
                    self.fresh -= 1
                    word = self._new_word()
                else:
                    word = earlier[int(draw.random() * len(earlier))]
                words[place] = word
                # A bounded memory: a new entry takes the place of an old one, drawn evenly.
                earlier[int(draw.random() * len(earlier))] = word

    def _new_word(self) -> str:
        earlier, draw = self.earlier, self.draw
        while True:
            front, end = (_WORD.findall(draw.choice(earlier).lower()) for _ in range(2))
            if front and end and len(front[0]) > 3 and len(end[0]) > 3:
                word: str = front[0][: draw.randint(3, len(front[0]))] + end[0][draw.randint(1, 2) :]
                if len(word) < 20 and word.isalpha() and word not in self.known:
                    self.known.add(word)
                    return word


def labelled(number: int, passage: list[str], draw: random.Random) -> dict[str, object]:
    """The record of a passage."""
    words = draw.choice(passage).split()
    start = draw.randrange(max(1, len(words) - 7))
    title = " ".join(words[start : start + draw.randint(4, 8)]).strip(" .,;:\"'()[]")
    return {
        "_id": f"p{number:07d}",
        "title": title[:1].upper() + title[1:],
        "text": " ".join(passage),
        "language": "en",
        "published": str(draw.randint(1990, 2024)),
        "tags": sorted({_zipf(TAGS, draw) for _ in range(draw.randint(1, 3))}),
        "regions": [_zipf(COUNTRIES, draw)],
    }


def _zipf(values: tuple[str, ...], draw: random.Random) -> str:
    weights = list(accumulate(1 / rank for rank in range(1, len(values) + 1)))
    return draw.choices(values, cum_weights=weights)[0]


def stream(pool: list[str], seed: int) -> Iterator[tuple[dict[str, object], bool]]:
    """Records without end, and whether each is one of the distinct passages."""
    draw = random.Random(seed)
    passages = cut(pool, draw)
    number = 0
    for passage in passages:
        number += 1
        yield labelled(number, passage, draw), True
    heaps, words = measured_heaps(passages)
    print(
        f"{len(passages):,} distinct passages of {words:,} words; Heaps' law: {heaps.factor:.1f} * n **"
        f" {heaps.exponent:.3f}; the others are recombined",
        file=sys.stderr,
    )
    recombiner = Recombiner(pool, heaps, words, draw)
    while True:
        number += 1
        yield labelled(number, recombiner.passage(), draw), False


def make(target: Path, count: int, sources: list[Path], prose: list[Path], work: Path, seed: int = 1) -> int:
    """Write `count` passages to `target`; how many of them are distinct. Raises SystemExit without sources."""
    work.mkdir(parents=True, exist_ok=True)

    def texts() -> Iterator[str]:
        if sources:
            yield from extracted(sources, work)
        for folder in prose:
            yield from plain_prose(folder)

    pool = distinct_sentences(texts())
    if len(pool) < 1000:
        raise SystemExit(f"{len(pool)} sentences of English prose are too few: name folders that hold more.")
    distinct = 0
    part = target.with_name(target.name + ".part")
    with part.open("w", encoding="utf-8") as out:
        for record, real in stream(pool, seed):
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
            distinct += real
            if record["_id"] == f"p{count:07d}":
                break
    part.replace(target)
    return distinct


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that say where passages come from."""
    parser.add_argument("sources", nargs="*", type=Path, help="folders of PDFs, pages and JSON Lines")
    parser.add_argument("--prose", type=Path, action="append", default=[], help="a folder of HTML, text or .dz")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is made, kept between runs")


def main() -> None:
    """Make a collection."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--count", type=int, default=10_000, help="passages (default 10000)")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    target = args.work / f"passages-{args.count}.jsonl"
    distinct = make(target, args.count, args.sources, args.prose, args.work, args.seed)
    print(f"{target}: {args.count:,} passages, {distinct:,} of them distinct, {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
