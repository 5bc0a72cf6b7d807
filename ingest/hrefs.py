"""Where on disk a saved page's link may lead.

Rule: a relative href (or a `file:` URL) names a file beside the page: without query and fragment, percent-decoded
and as written, in the page's folder and, for pages saved by a browser, in the folder "<page>_files" beside it. An
absolute http(s) URL names a file only by a guess: a file of the same name in those folders or in a folder beside
the page; `guess_href` is apart so that a caller can tell.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

_SAVED = ("_files", "-Dateien", "_fichiers", "_archivos", ".files")


def resolve_href(href: str, page_path: Path) -> list[Path]:
    """The files on disk that a relative href of the page at `page_path` names, the likeliest first."""
    parts = _split(href)
    if parts is None or parts[0] not in ("", "file") or not parts[1]:
        return []
    folder = page_path.parent
    names = dict.fromkeys((unquote(parts[1]), parts[1]))
    if parts[0] == "file":
        return _existing(Path(name) for name in names)
    relative = [name.lstrip("/") for name in names]
    places = [folder, *(folder / f"{page_path.stem}{suffix}" for suffix in _SAVED)]
    return _existing(place / name for place in places for name in relative)


def guess_href(href: str, page_path: Path) -> list[Path]:
    """Files with the name that an absolute URL ends in, in and right below the page's folder: a guess."""
    parts = _split(href)
    if parts is None or parts[0] not in ("http", "https", "file"):
        return []
    base = parts[1].replace("\\", "/").rstrip("/").rpartition("/")[2]
    names = dict.fromkeys(name for name in (unquote(base), base) if name and name not in (".", ".."))
    folder = page_path.parent
    try:
        with os.scandir(folder) as listing:
            below = sorted(Path(entry.path) for entry in listing if entry.is_dir(follow_symlinks=False))
    except OSError:
        below = []
    return _existing(place / name for place in (folder, *below) for name in names)


def _split(href: str) -> tuple[str, str] | None:
    """(scheme, path) of the href, or None where it is no URL."""
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return None
    return parts.scheme.lower(), parts.path


def _existing(paths: Iterable[Path]) -> list[Path]:
    found: dict[Path, None] = {}
    for path in paths:
        try:
            if path.is_file():
                found[Path(os.path.normpath(path))] = None
        except (OSError, ValueError):  # a name too long, or with a NUL in it, names no file
            continue
    return list(found)
