"""The plain way to make a folder searchable: pdfminer.six and BeautifulSoup read it, Whoosh indexes it.

    python benchmarks/plain_pipeline.py FOLDER INDEX

What `benchmarks/end_to_end.py` measures Dossier against, as one would write it in an afternoon: two processes
extract, this one indexes; a file that fails is counted and left out. Prints a JSON object: documents, failed.
"""

from __future__ import annotations

import json
import logging
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

SUFFIXES = (".pdf", ".html", ".htm")


def text_of(path: Path) -> tuple[str, str] | None:
    """Title and text, or None where the reader fails."""
    try:
        if path.suffix.lower() == ".pdf":
            from pdfminer.high_level import extract_text

            logging.disable()
            return path.stem, extract_text(path)
        from bs4 import BeautifulSoup

        soup = BeautifulSoup(path.read_bytes(), "lxml")
        for tag in soup(["script", "style", "noscript"]):
            tag.decompose()
        return (soup.title.get_text() if soup.title else path.stem), soup.get_text(" ")
    except Exception:
        return None


def main() -> None:
    """Read and index."""
    from whoosh import fields, index
    from whoosh.analysis import StemmingAnalyzer

    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.mkdir(parents=True)
    analyzer = StemmingAnalyzer()
    schema = fields.Schema(
        path=fields.ID(stored=True, unique=True),
        title=fields.TEXT(analyzer=analyzer, stored=True),
        text=fields.TEXT(analyzer=analyzer, stored=True),
    )
    writer = index.create_in(target, schema).writer()
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() in SUFFIXES)
    failed = 0
    with ProcessPoolExecutor(2) as processes:
        for path, found in zip(paths, processes.map(text_of, paths, chunksize=4), strict=True):
            if found is None:
                failed += 1
            else:
                writer.add_document(path=str(path), title=found[0], text=found[1])
    writer.commit()
    print(json.dumps({"documents": len(paths) - failed, "failed": failed}))


if __name__ == "__main__":
    main()
