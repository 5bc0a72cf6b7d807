"""Dossier as an engine of the benchmarks of speed.

Rule: this is the one place of them that knows Dossier's interface. Building is `dossier index` over the whole
collection (catalogue and index), searching is `Library.search` with a query string. Synonyms are off, because no
peer has them; all the rest is as it comes: totals are exact, and hits are whole records from the catalogue.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from itertools import count, islice
from pathlib import Path

from engines import LIMIT, Engine, Hits, Question, Records

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
#: The command as the installed script runs it.
COMMAND = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); import cli; cli.main()"]
JOBS = 2
#: Records in a file: a file of a million passages is larger than what Dossier reads unless it is told to.
PART = 100_000


def dossier(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command of Dossier. Raises SystemExit with its words where it fails."""
    done = subprocess.run([*COMMAND, "--quiet", *arguments], capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise SystemExit(f"dossier {' '.join(arguments)}: {done.stderr.strip()}")
    return done


def as_typed(question: Question) -> str:
    """The question in Dossier's query language."""
    parts = list(question.get("all", ()))
    if question.get("any"):
        together = " OR ".join(question["any"])
        parts.append(f"({together})" if len(question["any"]) > 1 else together)
    if question.get("phrase"):
        parts.append('"' + " ".join(question["phrase"]) + '"')
    if question.get("prefix"):
        parts.append(question["prefix"] + "*")
    parts += [f"-{word}" for word in question.get("none", ())]
    parts += [f'{field}:"{question[field]}"' for field in ("tag", "region") if question.get(field)]
    return " ".join(parts)


class Dossier(Engine):
    """The whole: a catalogue made from the file, and an index made from the catalogue."""

    threads = f"--jobs {JOBS}"
    total = "exact"

    @staticmethod
    def version() -> str:
        from importlib.metadata import version

        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        return f"Dossier {version('dossier-search')} {commit.stdout.strip()}".strip()

    def build(self, records: Records) -> None:
        parts = self.folder.with_name("collection")
        shutil.rmtree(parts, ignore_errors=True)
        parts.mkdir()
        with records.collection.open("rb") as lines:
            left = islice(lines, records.count)
            for number in count():
                some = list(islice(left, PART))
                if not some:
                    break
                (parts / f"{number:04}.jsonl").write_bytes(b"".join(some))
        dossier("--data", str(self.folder), "index", str(parts), "--jobs", str(JOBS))

    def open(self) -> None:
        from searchidx.library import Library
        from searchidx.results import SearchRequest

        self.library = Library.open(self.folder)
        self.request = SearchRequest

    def ask(self, question: Question, snippets: bool) -> tuple[Hits, int | None]:
        request = self.request(
            query=as_typed(question), limit=LIMIT, snippets=1 if snippets else 0, synonyms=False
        )
        if not snippets:
            total, ranked = self.library.rank(request)
            return [(id_, "", "") for id_, _ in ranked], total
        result = self.library.search(request)
        return [(hit.id, hit.title, hit.snippet) for hit in result], result.total

    def sizes(self) -> dict[str, int]:
        texts = sum(path.stat().st_size for path in self.folder.glob("catalogue.sqlite*"))
        return super().sizes() | {"texts": texts}


class DossierIndex(Dossier):
    """The index alone, anew from the catalogue that `dossier` has made beside it."""

    threads = "as `dossier rebuild` chooses"

    def build(self, records: Records) -> None:
        dossier("--data", str(self.folder.with_name("dossier")), "rebuild")


DOSSIER: dict[str, type[Engine]] = {"dossier": Dossier, "dossier-index": DossierIndex}
