"""Ten thousand random questions: Dossier finds what Whoosh finds, and scores it as Whoosh does, given one formula.

    python benchmarks/same_as_whoosh.py FILE.jsonl --documents 2000 --queries 10000

Dossier's library is made from the passages and a tenth of them more, which are taken out in a third run, so that
its index has segments and deletions. Whoosh's is made of the passages that stay, in one segment with its own codec
and writer, out of the same terms (`searchidx.analysis`). Passages are cut to lengths that Whoosh's codec keeps
exactly (it rounds the others), and have neither title nor summary nor words in their tags, so that one field
counts.

Dossier ranks with its plain weighting: K1 and b as they are, an idf without RARITY, and no bonus for exact words,
for words side by side or near, and no synonyms. Whoosh ranks with BM25F of the same K1 and B, and the idf that
Dossier uses, ln(1 + (N - df + 0.5) / (df + 0.5)), in place of its own, which is of another kind.

Compared are the number of documents found, the hundred best, and their scores, ties aside, to 1e-5. Questions are
trees of words with AND, OR and NOT, alone or with a filter by tag. Phrases and beginnings of words are compared by
what they find, not by scores, since the two score them differently on purpose. Where the sets differ, a plain
reading of all texts says who is right. Exit status 1 where Dossier is wrong or a score differs.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from whoosh import fields, index
from whoosh import query as whoosh_query
from whoosh.analysis import Token, Tokenizer
from whoosh.query import spans
from whoosh.scoring import BM25F
from whoosh.util.numeric import byte_to_length, length_to_byte

from ingest.pipeline import ingest
from ingest.settings import Settings
from searchidx import ranking, rerank
from searchidx.analysis import index_tokens, stem
from searchidx.fields import TEXT_FIELDS
from searchidx.index import update
from searchidx.library import Library
from searchidx.results import SearchRequest
from searchidx.stopwords import stop_words

B = next(field.b for field in TEXT_FIELDS if field.name == "text")
DEEP = 100
TAGS = ("qvone", "qvtwo", "qvthree")


@dataclass(frozen=True)
class Asked:
    """A question in both languages, what decides it by plain reading, and whether its scores are compared."""

    typed: str
    whoosh: Any
    reads: Any
    tag: str | None
    scored: bool


class Terms(Tokenizer):
    """Whoosh's tokens, with positions, of a list of terms joined by spaces."""

    def __call__(self, value: str, positions: bool = False, **options: Any) -> Iterator[Token]:
        token = Token(positions, removestops=False)
        for position, term in enumerate(value.split()):
            token.text = term
            token.pos = position
            token.boost = 1.0
            yield token


class SameIdf(BM25F):
    """Whoosh's BM25F with the idf of `searchidx.ranking`."""

    def idf(self, searcher: Any, fieldname: str, text: str) -> float:
        import math

        parent = searcher.get_parent()
        df = parent.doc_frequency(fieldname, text)
        return math.log1p((parent.doc_count_all() - df + 0.5) / (df + 0.5))


def plain_weighting() -> None:
    """Leave of the ranking what is BM25."""
    ranking.RARITY = 1.0
    ranking.EXACT = ranking.ORDERED = ranking.NEARBY = 0.0
    rerank.QUESTION = sys.maxsize  # no query is a question


def passages(collection: Path, count: int, draw: random.Random) -> Iterator[tuple[str, list[str], str]]:
    """(id, terms, tag) of so many passages, cut to a length that Whoosh keeps."""
    made = 0
    with collection.open(encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            terms = [token.term for token in index_tokens(record["text"])]
            length = next((n for n in range(len(terms), 0, -1) if byte_to_length(length_to_byte(n)) == n), 0)
            terms = terms[:length]
            if terms and [token.term for token in index_tokens(" ".join(terms))] == terms:
                made += 1
                yield record["_id"], terms, draw.choice(TAGS)
            if made == count:
                return
    raise SystemExit(f"{collection} holds {made:,} passages that can be used, not {count:,}")


def dossier_library(folder: Path, records: list[tuple[str, list[str], str]], kept: int) -> Path:
    """A data folder whose library holds the first `kept` records, after it has held half of them, and all."""
    data, source = folder / "data", folder / "passages.jsonl"
    for part in (records[: kept // 2], records, records[:kept]):
        with source.open("w", encoding="utf-8") as out:
            for id_, terms, tag in part:
                out.write(
                    json.dumps({"_id": id_, "text": " ".join(terms), "tags": [tag], "language": "en"}) + "\n"
                )
        ingest([source], data, settings=Settings())
        update(data)
    return data


def whoosh_index(folder: Path, records: list[tuple[str, list[str], str]]) -> Any:
    """Whoosh's index of the records: terms as written, their stems, tags."""
    (folder / "whoosh").mkdir()
    schema = fields.Schema(
        id=fields.STORED,
        text=fields.TEXT(analyzer=Terms(), phrase=True),
        stems=fields.TEXT(analyzer=Terms(), phrase=True),
        tag=fields.ID,
    )
    made = index.create_in(folder / "whoosh", schema)
    writer = made.writer()
    for id_, terms, tag in records:
        writer.add_document(id=id_, text=" ".join(terms), stems=" ".join(stem(t, "en") for t in terms), tag=tag)
    writer.commit(optimize=True)
    return made


class Asking:
    """Draws questions from the passages."""

    def __init__(self, records: list[tuple[str, list[str], str]], draw: random.Random) -> None:
        stop = stop_words("en")
        self.records = [(terms, {stem(term, "en") for term in terms}, tag) for _, terms, tag in records]
        self.draw = draw
        self.words = [
            [term for term in terms if term.isascii() and term.isalpha() and len(term) > 2 and term not in stop]
            for terms, _, _ in self.records
        ]
        self.words = [words for words in self.words if len(words) > 10]

    def question(self) -> Asked:
        """One, of any kind."""
        tag = self.draw.choice(TAGS) if self.draw.random() < 0.3 else None
        kind = self.draw.choices(("words", "phrase", "prefix"), (8, 1, 1))[0]
        typed, theirs, reads = getattr(self, f"_{kind}")()
        return Asked(f"{typed} tag:{tag}" if tag else typed, theirs, reads, tag, kind == "words")

    def _word(self, words: list[str]) -> tuple[str, Any, Any]:
        word = self.draw.choice(words)
        root = stem(word, "en")
        return word, whoosh_query.Term("stems", root), lambda terms, stems: root in stems

    def _words(self) -> tuple[str, Any, Any]:
        words = self.draw.choice(self.words)
        parts = [self._word(words) for _ in range(self.draw.randint(1, 4))]
        if self.draw.random() < 0.5:
            typed, theirs, reads = self._joined(parts, " ", whoosh_query.And, all)
        else:
            parts += [self._word(self.draw.choice(self.words))]
            typed, theirs, reads = self._joined(parts, " OR ", whoosh_query.Or, any)
        if self.draw.random() < 0.3:
            without, not_theirs, not_reads = self._word(self.draw.choice(self.words))
            theirs = whoosh_query.AndNot(theirs, not_theirs)
            both = reads
            typed = f"({typed}) -{without}"

            def reads(terms: list[str], stems: set[str]) -> bool:
                return bool(both(terms, stems)) and not not_reads(terms, stems)

        return typed, theirs, reads

    @staticmethod
    def _joined(parts: list[tuple[str, Any, Any]], sign: str, kind: Any, every: Any) -> tuple[str, Any, Any]:
        typed = sign.join(part[0] for part in parts)
        theirs = kind([part[1] for part in parts]) if len(parts) > 1 else parts[0][1]
        return (
            f"({typed})" if len(parts) > 1 else typed,
            theirs,
            lambda terms, stems: every(part[2](terms, stems) for part in parts),
        )

    def _phrase(self) -> tuple[str, Any, Any]:
        terms = self.draw.choice(self.records)[0]
        start = self.draw.randrange(len(terms) - 2)
        wanted = terms[start : start + 2]
        theirs = spans.SpanNear2([whoosh_query.Term("text", term) for term in wanted], slop=1, ordered=True)

        def reads(terms: list[str], stems: set[str]) -> bool:
            return any(terms[at : at + 2] == wanted for at in range(len(terms) - 1))

        return '"' + " ".join(wanted) + '"', theirs, reads

    def _prefix(self) -> tuple[str, Any, Any]:
        word = self.draw.choice(self.draw.choice(self.words))
        beginning = word[: max(3, len(word) - 2)]

        def reads(terms: list[str], stems: set[str]) -> bool:
            return any(term.startswith(beginning) for term in terms)

        return beginning + "*", whoosh_query.Prefix("text", beginning), reads


class Comparison:
    """Asks both and counts what differs."""

    def __init__(self, library: Library, searcher: Any, records: list[tuple[str, list[str], str]]) -> None:
        self.library = library
        self.searcher = searcher
        self.read = [(id_, terms, {stem(t, "en") for t in terms}, tag) for id_, terms, tag in records]
        self.wrong: list[str] = []
        self.whoosh_wrong: list[str] = []
        self.scores = 0
        self.largest = 0.0
        self.seconds = {"dossier": 0.0, "whoosh": 0.0}

    def ask(self, asked: Asked) -> None:
        """One question."""
        started = time.perf_counter()
        request = SearchRequest(query=asked.typed, limit=DEEP, snippets=0, synonyms=False)
        result = self.library.search(request)
        between = time.perf_counter()
        only = whoosh_query.Term("tag", asked.tag) if asked.tag else None
        found = self.searcher.search(asked.whoosh, limit=None, filter=only)
        theirs = {hit["id"]: hit.score for hit in found}
        self.seconds["dossier"] += between - started
        self.seconds["whoosh"] += time.perf_counter() - between
        ours = {hit.path.rpartition("#")[2]: hit.score for hit in result}
        if result.total != len(theirs) or not ours.keys() <= theirs.keys():
            self._judge(asked, result.total, set(ours), set(theirs))
        elif asked.scored:
            self._scores(asked, ours, theirs)

    def _judge(self, asked: Asked, total: int, ours: set[str], theirs: set[str]) -> None:
        right = {
            id_
            for id_, terms, stems, tag in self.read
            if (asked.tag is None or tag == asked.tag) and asked.reads(terms, stems)
        }
        if total != len(right) or not ours <= right:
            self.wrong.append(f"{asked.typed}: {total} found, {len(right)} are right, Whoosh has {len(theirs)}")
        if theirs != right:
            self.whoosh_wrong.append(f"{asked.typed}: Whoosh has {len(theirs)}, {len(right)} are right")

    def _scores(self, asked: Asked, ours: dict[str, float], theirs: dict[str, float]) -> None:
        ranked = sorted(theirs.values(), reverse=True)
        for (id_, score), at_this_rank in zip(ours.items(), ranked, strict=False):
            for other in (theirs[id_], at_this_rank):
                difference = abs(score - other) / max(abs(other), 1e-9)
                self.largest = max(self.largest, difference)
                if difference > 1e-5:
                    self.wrong.append(f"{asked.typed}: {id_} scores {score:.6f}, with Whoosh {other:.6f}")
                    return
        self.scores += len(ours)


def main() -> None:
    """Compare and say what differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collection", type=Path, help="a JSON Lines file of English passages")
    parser.add_argument("--documents", type=int, default=2000, help="passages that stay (default 2000)")
    parser.add_argument("--queries", type=int, default=10_000, help="questions (default 10000)")
    parser.add_argument("--seed", type=int, default=3)
    args = parser.parse_args()
    draw = random.Random(args.seed)
    plain_weighting()
    records = list(passages(args.collection, args.documents + args.documents // 10, draw))
    kept = records[: args.documents]
    with tempfile.TemporaryDirectory() as temporary:
        data = dossier_library(Path(temporary), records, args.documents)
        theirs = whoosh_index(Path(temporary), kept)
        with Library.open(data) as library, theirs.searcher(weighting=SameIdf(B=B, K1=ranking.K1)) as searcher:
            compared = Comparison(library, searcher, kept)
            asking = Asking(kept, draw)
            for _ in range(args.queries):
                compared.ask(asking.question())
            segments = len(library.snapshot.segments)
    print(f"{args.queries:,} questions over {args.documents:,} passages in {segments} segments with deletions")
    print(f"{compared.scores:,} scores agree; largest relative difference {compared.largest:.1e}")
    for engine, seconds in compared.seconds.items():
        print(f"{engine}: {seconds:.1f} s")
    for name, found in (("Whoosh's answer is wrong", compared.whoosh_wrong), ("Dossier differs", compared.wrong)):
        print(f"{name}: {len(found)}")
        for line in islice(found, 10):
            print(f"  {line}")
    raise SystemExit(1 if compared.wrong else 0)


if __name__ == "__main__":
    main()
