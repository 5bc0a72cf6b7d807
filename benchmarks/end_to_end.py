"""A folder of real PDFs and web pages, made searchable from scratch, beside Recoll, Omega and a plain script.

    apt install recollcmd xapian-omega xapian-tools poppler-utils    # the peers, on Debian
    python benchmarks/end_to_end.py FOLDER ... --rounds 3

The folders' PDFs and pages are copied to a temporary folder, so that all tools walk the same files. Each tool
starts from nothing, in turn, --rounds times: `dossier index` with two workers; `recollindex` as it comes, which
uses threads, and with one thread; `omindex`; and `plain_pipeline.py`: pdfminer.six, BeautifulSoup and Whoosh with
two processes. Recoll and Omega read PDFs with poppler's pdftotext. Recoll keeps its files in a temporary folder
too, makes no spelling dictionary, and does not step back behind other programs (idxniceprio); Omega is told to
read pages that ask robots not to index them, as the others do.

Printed: seconds (smallest, middle, largest), processor seconds, the time divided by Dossier's, how many documents
the index holds at the end, words in them as the tool counts them (which shows that the text was read), and bytes.
Dossier's documents are its indexed files; Recoll counts folders and what lies inside of files as documents, too.
Tools that are not installed are named and left out.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from dossier_engine import COMMAND
from engine_process import environment
from machine import described, spread, table

HERE = Path(__file__).resolve().parent
SUFFIXES = (".pdf", ".html", ".htm")
RECOLL = """topdirs = {files}
noaspell = 1
idxniceprio = 0
loglevel = 1
logfilename = {folder}/log
"""
ONE_THREAD = "thrQSizes = -1 -1 -1\n"


@dataclass
class Way:
    """A tool, the program it needs, how it is called, and what was measured."""

    name: str
    program: str
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    documents: str = ""
    words: str = "-"
    bytes: int = 0

    def command(self, files: Path, folder: Path) -> list[str]:
        """The command that makes an index of `files` below `folder`, which is empty."""
        match self.name:
            case "dossier":
                return [*COMMAND, "--quiet", "--data", str(folder / "data"), "index", str(files), "--jobs", "2"]
            case "recollindex" | "recollindex, one thread":
                settings = RECOLL.format(files=files, folder=folder)
                settings += ONE_THREAD if self.name.endswith("thread") else ""
                (folder / "recoll.conf").write_text(settings)
                return ["recollindex", "-c", str(folder)]
            case "omindex":
                return ["omindex", "--ignore-exclusions", "--db", str(folder / "db"), "--url", "/", str(files)]
        return [sys.executable, str(HERE / "plain_pipeline.py"), str(files), str(folder / "index")]

    def measure(self, files: Path, folder: Path) -> None:
        """One run from nothing."""
        folder.mkdir()
        command = self.command(files, folder)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
        self.seconds.append(time.perf_counter() - started)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        if done.returncode not in (0, 1, 2) or (done.returncode and not self.name.startswith("dossier")):
            raise SystemExit(f"{self.name} failed: {done.stderr[-500:]}")
        self.count(folder, done.stdout)
        self.bytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        shutil.rmtree(folder)

    def count(self, folder: Path, stdout: str) -> None:
        """What the index holds."""
        if self.name == "dossier":
            self.documents, self.words = dossier_counts(folder / "data")
        elif self.name == "plain script":
            found = json.loads(stdout)
            self.documents = f"{found['documents']:,} ({found['failed']} failed)"
        elif shutil.which("xapian-delve"):
            database = folder / ("db" if self.name == "omindex" else "xapiandb")
            told = subprocess.run(
                ["xapian-delve", str(database)], capture_output=True, text=True, check=True
            ).stdout
            count = int(re.findall(r"number of documents = (\d+)", told)[0])
            mean = float(re.findall(r"average document length = ([\d.]+)", told)[0])
            self.documents, self.words = f"{count:,}", f"{count * mean:,.0f}"


def dossier_counts(data: Path) -> tuple[str, str]:
    """The documents in Dossier's index (not what is only listed on a page), and the words on their pages."""
    from ingest.catalogue import Catalogue

    count = words = 0
    with Catalogue.open(data) as catalogue:
        listed = set(catalogue.listed_ids())
        for document_id in catalogue.live_ids():
            if document_id not in listed:
                count += 1
                words += sum(len(re.findall(r"\w+", page.text)) for page in catalogue.pages(document_id))
    return f"{count:,}", f"{words:,}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--files", type=int, help="only so many of the files, evenly drawn")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    before = described()
    ways = [
        Way("dossier", sys.executable),
        Way("recollindex", "recollindex"),
        Way("recollindex, one thread", "recollindex"),
        Way("omindex", "omindex"),
        Way("plain script", sys.executable),
    ]
    for way in ways:
        if shutil.which(way.program) is None:
            print(f"{way.name} is not installed and is left out", file=sys.stderr)
    ways = [way for way in ways if shutil.which(way.program)]
    with tempfile.TemporaryDirectory() as temporary:
        files = Path(temporary) / "files"
        count, size = copied(args.folders, files, args.files)
        for number in range(args.rounds):
            for way in ways:
                print(f"round {number + 1} of {args.rounds}: {way.name}", file=sys.stderr)
                way.measure(files, Path(temporary) / "work")
    own = statistics.median(ways[0].seconds)
    rows = [
        [
            way.name,
            spread(way.seconds),
            f"{statistics.median(way.processor):.1f}",
            f"{statistics.median(way.seconds) / own:.2f}",
            way.documents,
            way.words,
            f"{way.bytes:,}",
        ]
        for way in ways
    ]
    head = ("", "seconds min / mid / max", "processor s", "time / dossier's", "documents", "words", "bytes")
    print(f"{count:,} files, {size / 2**20:,.0f} MiB, {args.rounds} rounds\n\n{table(head, rows)}\n")
    print(f"{before}, at the end {os.getloadavg()[0]:.1f}\n{versions()}")
    if args.json:
        args.json.write_text(json.dumps([vars(way) for way in ways]))


def copied(folders: list[Path], target: Path, limit: int | None) -> tuple[int, int]:
    """Copy the PDFs and pages of the folders below `target`; how many they are, and their bytes."""
    found = [
        (path, target / f"{number}-{folder.name}" / path.relative_to(folder))
        for number, folder in enumerate(folders)
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES and path.is_file()
    ]
    if limit is not None and limit < len(found):
        found = [found[at * len(found) // limit] for at in range(limit)]
    if not found:
        raise SystemExit("there are no PDFs or pages in these folders")
    for path, to in found:
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)
    return len(found), sum(to.stat().st_size for _, to in found)


def versions() -> str:
    """Of the tools that tell theirs."""
    from importlib.metadata import version

    names = ("dossier-search", "pypdfium2", "trafilatura", "pdfminer.six", "beautifulsoup4", "whoosh3")
    told = [f"{name} {version(name)}" for name in names]
    for command in (["recollindex", "-h"], ["omindex", "--version"], ["pdftotext", "-v"]):
        if shutil.which(command[0]):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            lines = (done.stdout + done.stderr).splitlines()
            told.append(next((line.strip() for line in lines if re.search(r"\d+\.\d+", line)), command[0]))
    return "; ".join(told)


if __name__ == "__main__":
    main()
