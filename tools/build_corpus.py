"""Builds the PDFs of the sample library from their text sources in tools/corpus_sources/.

Rule: a build is reproducible. The same sources and the same toolchain (recorded in built-with.json beside the
sources: reportlab, Pillow, FreeType, zlib) give the same bytes; the PDFs in corpus/ are the build's result, never
edited by hand. The HTML pages of the library are written by hand and are not touched here.
"""

from __future__ import annotations

import argparse
import json
import zlib
from pathlib import Path

import PIL
import reportlab
from corpus_image import render_images
from corpus_layout import render
from corpus_source import Source, read_source
from PIL import features

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "tools" / "corpus_sources"
BUILT_WITH = SOURCES / "built-with.json"
CORPUS = ROOT / "corpus"


def sources() -> list[Source]:
    """All sources, in the order of their file names."""
    return [read_source(path) for path in sorted(SOURCES.glob("*.md"))]


def pdf_bytes(source: Source) -> bytes:
    """The PDF of one source, cut off where the source wants a damaged file."""
    whole = render_images(source) if source.layout == "image" else render(source)
    return whole[: int(len(whole) * source.keep_bytes)]


def build(output: Path) -> list[Path]:
    """Writes every PDF below `output`; returns the paths written."""
    written = []
    for source in sources():
        path = output / source.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pdf_bytes(source))
        written.append(path)
    return written


def toolchain() -> dict[str, str]:
    """The versions on which the bytes (not the texts) depend."""
    return {
        "reportlab": reportlab.__version__,
        "pillow": PIL.__version__,
        "freetype": str(features.version("freetype2")),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the PDFs of the sample library from their sources.")
    parser.add_argument("--output", type=Path, default=CORPUS, help="where the files go (default: corpus/)")
    parser.add_argument("--versions", action="store_true", help="print the toolchain's versions and build nothing")
    arguments = parser.parse_args()
    output: Path = arguments.output
    if arguments.versions:
        print(json.dumps(toolchain()))
        return
    for path in build(output):
        print(f"{path.stat().st_size:>8,}  {path.relative_to(output)}")
    if output.resolve() == CORPUS:
        BUILT_WITH.write_text(json.dumps(toolchain(), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
