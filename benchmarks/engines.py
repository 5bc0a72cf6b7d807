"""The engines that the benchmarks of speed compare, each behind the same three calls: build, open, ask.

Rule: every engine is given the same words and the same question, as a user of it would put it: its own query
parser or query objects, its own ranking with its default settings, ten hits with their ids. Text is lower-cased
and stemmed for English (Snowball's stemmer; SQLite and Whoosh: Porter's). No word is left out as a stop word, and
no question asks for one. Title and text are one field with positions. Each stores the text, for its own snippets.

This module needs nothing of Dossier and is also run by other Pythons (Xapian's is the system's); each engine is
imported where it is used. A question is a dict: "all", "any", "none" are lists of words, "phrase" a list of words
that follow one another, "prefix" the beginning of a word, "tag" and "region" values; all of them must hold.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from importlib.metadata import version as installed
from itertools import islice
from pathlib import Path
from typing import Any

LIMIT = 10
SNIPPET_CHARACTERS = 300
Question = dict[str, Any]
#: Hits as (id, title, snippet); title and snippet are empty where only ids were asked for.
Hits = list[tuple[str, str, str]]


class Records:
    """The first `count` records of a collection, and how long reading and parsing them took."""

    def __init__(self, collection: Path, count: int) -> None:
        self.collection = collection
        self.count = count
        self.seconds = 0.0
        self.cpu_seconds = 0.0
        self.text_bytes = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        with self.collection.open(encoding="utf-8") as lines:
            number = 0
            while number < self.count:
                started, cpu = time.perf_counter(), time.thread_time()
                chunk = [json.loads(line) for line in islice(lines, min(1000, self.count - number))]
                for record in chunk:
                    record["body"] = f"{record['title']}\n{record['text']}"
                    self.text_bytes += len(record["body"].encode())
                self.seconds += time.perf_counter() - started
                self.cpu_seconds += time.thread_time() - cpu
                if not chunk:
                    raise SystemExit(f"{self.collection} holds {number:,} records, not {self.count:,}")
                number += len(chunk)
                yield from chunk


class Engine:
    """One engine. Subclasses say with what they build, and whether their totals are exact."""

    threads = "1 thread"
    total = "no"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @staticmethod
    def version() -> str:
        """Name and version. Raises ImportError where the engine is not installed."""
        raise NotImplementedError

    def build(self, records: Records) -> None:
        """Make the index in `folder` until it can be searched."""
        raise NotImplementedError

    def settle(self) -> None:
        """Wait for what goes on after `build`, where something does."""

    def open(self) -> None:
        """Open the index for searching."""
        raise NotImplementedError

    def can(self, question: Question) -> bool:
        """Whether the engine knows this kind of question."""
        return True

    def ask(self, question: Question, snippets: bool) -> tuple[Hits, int | None]:
        """The ten best, and how many match where the engine says so."""
        raise NotImplementedError

    def sizes(self) -> dict[str, int]:
        """Bytes of the index on disk, and of the part that holds the texts where that is a file of its own."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        return {"index": sum(path.stat().st_size for path in files)}


class Tantivy(Engine):
    """Tantivy through its Python package; without `count` it may skip documents that cannot be among the ten."""

    threads = f"{min(8, os.cpu_count() or 1)} threads (its default)"
    count = False

    @staticmethod
    def version() -> str:
        import tantivy  # noqa: F401

        return f"Tantivy {installed('tantivy')}"

    def _index(self) -> Any:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("number", fast=True)
        builder.add_text_field("body", stored=True, tokenizer_name="english")
        builder.add_text_field("tag", tokenizer_name="raw", index_option="basic")
        builder.add_text_field("region", tokenizer_name="raw", index_option="basic")
        index = tantivy.Index(builder.build(), path=str(self.folder))
        chain = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        chain = chain.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.stemmer("english"))
        index.register_tokenizer("english", chain.build())
        return index

    def build(self, records: Records) -> None:
        import tantivy

        writer = self._index().writer()
        ids: list[str] = []
        for record in records:
            values = {"body": record["body"], "tag": record["tags"], "region": record["regions"]}
            writer.add_document(tantivy.Document(number=len(ids), **values))
            ids.append(record["_id"])
        writer.commit()
        write_ids(self.folder, ids)
        self._writer = writer

    def settle(self) -> None:
        self._writer.wait_merging_threads()

    def open(self) -> None:
        import tantivy

        self.index = self._index()
        self.index.reload()
        self.searcher = self.index.searcher()
        self.ids = read_ids(self.folder)
        self.tantivy = tantivy

    def query(self, question: Question) -> Any:
        """Its own query; a beginning of a word is a regular expression over the stems."""
        parts = [f"+{word}" for word in question.get("all", ())]
        parts += [f"-{word}" for word in question.get("none", ())]
        if question.get("any"):
            together = " ".join(question["any"])
            parts.append(f"+({together})" if len(question) > 2 else together)
        if question.get("phrase"):
            parts.append('+"' + " ".join(question["phrase"]) + '"')
        parts += [f'+{field}:"{question[field]}"' for field in ("tag", "region") if question.get(field)]
        if not question.get("prefix"):
            return self.index.parse_query(" ".join(parts), ["body"])
        of_beginning = self.tantivy.Query.regex_query(self.index.schema, "body", question["prefix"] + ".*")
        if not parts:
            return of_beginning
        rest = self.index.parse_query(" ".join(parts), ["body"])
        must = self.tantivy.Occur.Must
        return self.tantivy.Query.boolean_query([(must, rest), (must, of_beginning)])

    def ask(self, question: Question, snippets: bool) -> tuple[Hits, int | None]:
        query = self.query(question)
        found = self.searcher.search(query, LIMIT, count=self.count)
        total = found.count if self.count else None
        addresses = [address for _, address in found.hits]
        numbers = self.searcher.fast_field_values("number", addresses) if addresses else []
        if not snippets:
            return [(self.ids[number], "", "") for number in numbers], total
        generator = self.tantivy.SnippetGenerator.create(self.searcher, query, self.index.schema, "body")
        generator.set_max_num_chars(SNIPPET_CHARACTERS)
        hits = []
        for address, number in zip(addresses, numbers, strict=True):
            document = self.searcher.doc(address)
            text = document["body"][0]
            snippet = generator.snippet_from_doc(document).to_html()
            hits.append((self.ids[number], text[: text.find("\n")], snippet))
        return hits, total

    def sizes(self) -> dict[str, int]:
        found = super().sizes()
        return found | {"texts": sum(path.stat().st_size for path in self.folder.glob("*.store"))}


class TantivyTotal(Tantivy):
    """The same index, counting every match."""

    total = "exact"
    count = True


def write_ids(folder: Path, ids: list[str]) -> None:
    """Keep the ids beside an index that numbers its documents."""
    (folder / "ids.json").write_text(json.dumps(ids), encoding="utf-8")


def read_ids(folder: Path) -> list[str]:
    """The ids by number."""
    found: list[str] = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
    return found


class Fts5(Engine):
    """SQLite's FTS5 through Python's sqlite3. Tags and regions are columns of single words."""

    @staticmethod
    def version() -> str:
        return f"SQLite {sqlite3.sqlite_version} FTS5"

    def build(self, records: Records) -> None:
        database = sqlite3.connect(self.folder / "fts.sqlite")
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(
            "CREATE VIRTUAL TABLE docs USING fts5(id UNINDEXED, body, tag, region, tokenize='porter unicode61')"
        )
        with database:
            database.executemany(
                "INSERT INTO docs VALUES (?, ?, ?, ?)",
                (
                    (
                        record["_id"],
                        record["body"],
                        *(" ".join(map(whole, record[k])) for k in ("tags", "regions")),
                    )
                    for record in records
                ),
            )
        database.close()

    def open(self) -> None:
        self.database = sqlite3.connect(f"file:{self.folder / 'fts.sqlite'}?mode=ro", uri=True)

    def query(self, question: Question) -> str:
        """Its own query."""
        parts = [f'"{word}"' for word in question.get("all", ())]
        if question.get("any"):
            parts.append("(" + " OR ".join(f'"{word}"' for word in question["any"]) + ")")
        if question.get("phrase"):
            parts.append('"' + " ".join(question["phrase"]) + '"')
        if question.get("prefix"):
            parts.append(f'"{question["prefix"]}" *')
        text = " AND ".join(parts)
        for word in question.get("none", ()):
            text = f'({text}) NOT "{word}"'
        text = f"body : ({text})"
        for field in ("tag", "region"):
            if question.get(field):
                text += f' AND {field} : "{whole(question[field])}"'
        return text

    def ask(self, question: Question, snippets: bool) -> tuple[Hits, int | None]:
        shown = (
            f"body, snippet(docs, 1, '<b>', '</b>', '...', {SNIPPET_CHARACTERS // 6})" if snippets else "'', ''"
        )
        rows = self.database.execute(
            f"SELECT id, {shown} FROM docs WHERE docs MATCH ? ORDER BY rank LIMIT {LIMIT}",
            (self.query(question),),
        )
        return [(id_, text[: text.find("\n")], snippet) for id_, text, snippet in rows], None


def whole(value: str) -> str:
    """A value as a single word."""
    return "v" + "".join(filter(str.isalnum, value.lower()))


def _wanted(question: Question) -> list[str]:
    """What must occur, in the syntax that Xapian's and Whoosh's parsers share: parts to be joined by AND."""
    parts = list(question.get("all", ()))
    if question.get("any"):
        parts.append("(" + " OR ".join(question["any"]) + ")")
    if question.get("phrase"):
        parts.append('"' + " ".join(question["phrase"]) + '"')
    if question.get("prefix"):
        parts.append(question["prefix"] + "*")
    return parts


class Xapian(Engine):
    """Xapian through its Python bindings."""

    @staticmethod
    def version() -> str:
        import xapian

        return f"Xapian {xapian.version_string()}"

    def build(self, records: Records) -> None:
        import xapian

        database = xapian.WritableDatabase(str(self.folder / "db"), xapian.DB_CREATE_OR_OVERWRITE)
        generator = xapian.TermGenerator()
        generator.set_stemmer(xapian.Stem("english"))
        for record in records:
            document = xapian.Document()
            generator.set_document(document)
            generator.set_termpos(0)
            generator.index_text(record["body"])
            for tag in record["tags"]:
                document.add_boolean_term("XTAG" + tag)
            for region in record["regions"]:
                document.add_boolean_term("XREGION" + region)
            document.add_value(0, record["_id"])
            document.set_data(record["body"])
            database.add_document(document)
        database.commit()
        database.close()

    def open(self) -> None:
        import xapian

        self.xapian = xapian
        self.database = xapian.Database(str(self.folder / "db"))
        self.stem = xapian.Stem("english")
        self.parser = xapian.QueryParser()
        self.parser.set_stemmer(self.stem)
        self.parser.set_stemming_strategy(xapian.QueryParser.STEM_SOME)
        self.parser.set_database(self.database)
        kinds = xapian.QueryParser
        self.flags = kinds.FLAG_BOOLEAN | kinds.FLAG_PHRASE | kinds.FLAG_LOVEHATE | kinds.FLAG_WILDCARD

    def query(self, question: Question) -> Any:
        """Its own query."""
        parts = _wanted(question)
        text = " AND ".join(parts)
        for word in question.get("none", ()):
            text = f"({text}) NOT {word}"
        query = self.parser.parse_query(text, self.flags)
        for field, prefix in (("tag", "XTAG"), ("region", "XREGION")):
            if question.get(field):
                value = self.xapian.Query(prefix + question[field])
                query = self.xapian.Query(self.xapian.Query.OP_FILTER, query, value)
        return query

    def ask(self, question: Question, snippets: bool) -> tuple[Hits, int | None]:
        enquire = self.xapian.Enquire(self.database)
        enquire.set_query(self.query(question))
        found = enquire.get_mset(0, LIMIT)
        hits = []
        for match in found:
            if snippets:
                text = match.document.get_data().decode()
                snippet = found.snippet(text, SNIPPET_CHARACTERS, self.stem).decode()
                hits.append((match.document.get_value(0).decode(), text[: text.find("\n")], snippet))
            else:
                hits.append((match.document.get_value(0).decode(), "", ""))
        return hits, None

    def sizes(self) -> dict[str, int]:
        return super().sizes() | {"texts": (self.folder / "db" / "docdata.glass").stat().st_size}


class Whoosh(Engine):
    """Whoosh with its default codec, writer, parser and searcher."""

    writer_options: dict[str, Any] = {}  # noqa: RUF012

    @staticmethod
    def version() -> str:
        import whoosh

        return "Whoosh " + ".".join(map(str, whoosh.__version__))

    def build(self, records: Records) -> None:
        from whoosh import fields, index
        from whoosh.analysis import StemmingAnalyzer

        schema = fields.Schema(
            id=fields.STORED,
            body=fields.TEXT(analyzer=StemmingAnalyzer(stoplist=None, minsize=1), phrase=True, stored=True),
            tag=fields.KEYWORD(commas=True),
            region=fields.KEYWORD(commas=True),
        )
        writer = index.create_in(self.folder, schema).writer(**self.writer_options)
        for record in records:
            writer.add_document(
                id=record["_id"],
                body=record["body"],
                tag=",".join(record["tags"]),
                region=",".join(record["regions"]),
            )
        writer.commit()

    def open(self) -> None:
        from whoosh import index, qparser, query

        self.index = index.open_dir(self.folder)
        self.searcher = self.index.searcher()
        self.parser = qparser.QueryParser("body", self.index.schema)
        self.kinds = query

    def query(self, question: Question) -> Any:
        """Its own query."""
        parts = _wanted(question)
        parts += [f"NOT {word}" for word in question.get("none", ())]
        query = self.parser.parse(" AND ".join(parts))
        values = [self.kinds.Term(field, question[field]) for field in ("tag", "region") if question.get(field)]
        return self.kinds.And([query, *values]) if values else query

    def ask(self, question: Question, snippets: bool) -> tuple[Hits, int | None]:
        found = self.searcher.search(self.query(question), limit=LIMIT)
        if not snippets:
            return [(hit["id"], "", "") for hit in found], None
        return [(hit["id"], hit["body"].partition("\n")[0], hit.highlights("body")) for hit in found], None


class WhooshTwo(Whoosh):
    """Whoosh's writer with two processes, each of which leaves a segment."""

    threads = "2 processes, multisegment"
    writer_options = {"procs": 2, "multisegment": True}  # noqa: RUF012


class Bm25s(Engine):
    """bm25s with PyStemmer: an index of scores in memory; words of which any may occur, and nothing else."""

    @staticmethod
    def version() -> str:
        import bm25s
        import Stemmer

        return f"bm25s {bm25s.__version__} with PyStemmer {Stemmer.version()}"

    def build(self, records: Records) -> None:
        import bm25s
        import Stemmer
        from bm25s.tokenization import Tokenizer

        ids = []

        def bodies() -> Iterator[str]:
            for record in records:
                ids.append(record["_id"])
                yield record["body"]

        words = Tokenizer(stopwords=[], stemmer=Stemmer.Stemmer("english"))
        engine = bm25s.BM25()
        tokens = words.tokenize(bodies(), return_as="tuple", show_progress=False, length=records.count)
        engine.index(tokens, show_progress=False)
        engine.save(self.folder, show_progress=False)
        words.save_vocab(self.folder)
        write_ids(self.folder, ids)

    def open(self) -> None:
        import bm25s
        import Stemmer
        from bm25s.tokenization import Tokenizer

        self.engine = bm25s.BM25.load(self.folder)
        self.words = Tokenizer(stopwords=[], stemmer=Stemmer.Stemmer("english"))
        self.words.load_vocab(self.folder)
        self.ids = read_ids(self.folder)

    def can(self, question: Question) -> bool:
        return set(question) == {"kind", "any"}

    def ask(self, question: Question, snippets: bool) -> tuple[Hits, int | None]:
        tokens = self.words.tokenize([" ".join(question["any"])], update_vocab="never", show_progress=False)
        found, scores = self.engine.retrieve(tokens, k=LIMIT, show_progress=False)
        return [(self.ids[at], "", "") for at, score in zip(found[0], scores[0], strict=True) if score > 0], None


ENGINES: dict[str, type[Engine]] = {
    "tantivy": Tantivy,
    "tantivy-total": TantivyTotal,
    "fts5": Fts5,
    "xapian": Xapian,
    "whoosh": Whoosh,
    "whoosh-2": WhooshTwo,
    "bm25s": Bm25s,
}
#: These search the index of another one.
SHARED = {"tantivy-total": "tantivy"}
#: These only build: their index is searched as the other's is.
ONLY_BUILD = frozenset({"whoosh-2"})
#: These have no snippets of their own.
NO_SNIPPETS = frozenset({"bm25s"})
