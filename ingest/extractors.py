"""What kind of file a file is, and which extractor reads that kind.

Rule: the first bytes decide before the name does: a `.pdf` that is a web page is read as a web page, a PDF without
a suffix as a PDF. The name decides only among kinds that look alike (text, Markdown, JSON Lines) and where the
bytes say nothing; then the extractor says what is wrong with it. Sources: ISO 32000 (PDF header, which readers
accept within the first 1024 bytes), the WHATWG MIME Sniffing standard (HTML), RFC 2557 (MHTML).
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from pathlib import PurePath

from ingest.catalogue_files import ZIP
from ingest.document import Extraction

HEAD_BYTES = 4096
JSON_LINES = "application/jsonl"
#: Kinds of files that hold documents, and are none themselves.
CONTAINERS = (JSON_LINES, ZIP)

#: Media type -> "module:function". An extractor takes a Path; the one for PDF also engine, max_pages, passwords.
EXTRACTORS = {
    "application/pdf": "ingest.pdf:extract_pdf",
    "text/html": "ingest.html:extract_html",
    "multipart/related": "ingest.mhtml:extract_mhtml",
    "text/plain": "ingest.plain:extract_plain",
    "text/markdown": "ingest.plain:extract_markdown",
}
#: Packages whose version decides whether a file that failed may be read now.
_READERS = ("dossier-search", "pypdfium2", "pdfminer.six", "trafilatura", "lxml")

_SUFFIXES = {
    ".pdf": "application/pdf",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".mht": "multipart/related",
    ".mhtml": "multipart/related",
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".jsonl": JSON_LINES,
    ".zip": ZIP,
}
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|meta|script|h1|table)[\s>]", re.IGNORECASE)
_BEFORE_HTML = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<!--.*?-->|<\?xml.*?\?>)*", re.DOTALL)
_MHTML = re.compile(rb"^content-type:\s*multipart/related", re.IGNORECASE | re.MULTILINE)

_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")  # the latter of one without members

_MAGIC = (
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"{\\rtf", "a rich-text file"),
    (b"%!PS", "a PostScript file"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "an archive"),
    (b"Rar!", "an archive"),
)
_NAMED = {
    ".docx": "a Word document",
    ".doc": "a Word document",
    ".odt": "an OpenDocument text",
    ".xlsx": "a spreadsheet",
    ".xls": "a spreadsheet",
    ".ods": "a spreadsheet",
    ".csv": "a table",
    ".tsv": "a table",
    ".pptx": "a presentation",
    ".ppt": "a presentation",
    ".odp": "a presentation",
    ".epub": "an e-book",
    ".mp4": "a video",
    ".mp3": "a sound recording",
    ".svg": "a picture",
    ".json": "a JSON file",
    ".xml": "an XML file",
}


def media_type_of(head: bytes, name: str) -> str | None:
    """The media type of a file by its first `HEAD_BYTES` bytes and its name; None for a kind that is not read."""
    by_name = _SUFFIXES.get(PurePath(name).suffix.lower())
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16: the ASCII of it is enough to look for tags
        head = head.replace(b"\0", b"")[2:]
    start = _BEFORE_HTML.match(head)
    if _HTML.match(head, start.end() if start else 0):
        return "text/html"
    if by_name == ZIP:  # Office files and e-books are zip files too: only one that is called so is walked
        return ZIP if head.startswith(_ZIP_MAGIC) else None
    if _MHTML.search(head) and head[:1].isalpha():
        return "multipart/related"
    if by_name in ("text/plain", "text/markdown", JSON_LINES):
        return None if b"\0" in head else by_name
    if by_name is not None and _HTML.search(head):
        return "text/html"
    return None if any(head.startswith(magic) for magic, _ in _MAGIC) else by_name


def has_known_suffix(name: str) -> bool:
    """Whether a file of this name is most likely of a kind that is read."""
    return PurePath(name).suffix.lower() in _SUFFIXES


def is_json_lines(name: str) -> bool:
    """Whether a file of this name holds one document a line."""
    return _SUFFIXES.get(PurePath(name).suffix.lower()) == JSON_LINES


def is_archive(name: str) -> bool:
    """Whether a file of this name is walked like a folder."""
    return _SUFFIXES.get(PurePath(name).suffix.lower()) == ZIP


def unsupported_reason(head: bytes, name: str) -> str:
    """What the file is, as far as can be told, for a person who wonders why it is not read."""
    suffix = PurePath(name).suffix.lower()
    kind = _NAMED.get(suffix) or next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    if kind is None and head.startswith(b"PK\x03\x04"):
        kind = "an archive or Office file"
    if kind is None:
        kind = "a file of unknown kind" + (f" ({suffix})" if suffix else "")
    return f"{kind}: PDF, HTML, MHTML, plain text, Markdown, JSON Lines and zip archives of these are read"


def load_extractor(media_type: str, replaced: Mapping[str, str]) -> Callable[..., Extraction]:
    """The extractor of a media type; `replaced` names other ones by media type ("module:function")."""
    module, _, function = replaced.get(media_type, EXTRACTORS[media_type]).partition(":")
    extractor: Callable[..., Extraction] = getattr(importlib.import_module(module), function)
    return extractor


def reader_versions() -> str:
    """The versions of everything that decides how a file is read: a file that failed under the same versions
    would fail again."""
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for package in _READERS:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} -")
    return ", ".join(found)
