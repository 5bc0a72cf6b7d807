"""Where on disk a saved page's link may lead.

Rule: a relative href (or a `file:` URL) names a file beside the page: without query and fragment, percent-decoded
and as written, in the page's folder and, for pages saved by a browser, in the folder "<page>_files" beside it. An
absolute http(s) URL names a file only by a guess: a file of the same name in those folders or in a folder beside
the page; `guess_href` is apart so that a caller can tell. A link can name any place at all (`../../etc/passwd`, a
share of another machine), and only to ask whether there is a file may touch a network: `is_file` says what there
is, and a library asks its catalogue, not the disk.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

_SAVED = ("_files", "-Dateien", "_fichiers", "_archivos", ".files")


def resolve_href(href: str, page_path: Path, is_file: Callable[[Path], bool] = Path.is_file) -> list[Path]:
    """The files that a relative href of the page at `page_path` names, the likeliest first.

    is_file: whether there is a file at a path, which is any that the page may write.
    """
    parts = _split(href)
    if parts is None or parts[0] not in ("", "file") or not parts[1]:
        return []
    folder = page_path.parent
    names = dict.fromkeys((unquote(parts[1]), parts[1]))
    if parts[0] == "file":
        return _existing((Path(name) for name in names), is_file)
    relative = [name.lstrip("/") for name in names]
    places = [folder, *(folder / f"{page_path.stem}{suffix}" for suffix in _SAVED)]
    return _existing((place / name for place in places for name in relative), is_file)


def guess_href(href: str, page_path: Path) -> list[Path]:
    """Files with the name that an absolute URL ends in, in and right below the page's folder: a guess."""
    parts = _split(href)
    if parts is None or parts[0] not in ("http", "https", "file"):
        return []
    base = parts[1].replace("\\", "/").rstrip("/").rpartition("/")[2]
    names = dict.fromkeys(name for name in (unquote(base), base) if _is_name(name))
    folder = page_path.parent
    try:
        with os.scandir(folder) as listing:
            below = sorted(Path(entry.path) for entry in listing if entry.is_dir(follow_symlinks=False))
    except OSError:
        below = []
    return _existing((place / name for place in (folder, *below) for name in names), Path.is_file)


def _is_name(name: str) -> bool:
    """Whether this is the name of a file and no way to another folder."""
    return name not in ("", ".", "..") and not re.search(r"[/\\]", name) and not Path(name).anchor


def _split(href: str) -> tuple[str, str] | None:
    """(scheme, path) of the href, or None where it is no URL."""
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return None
    return parts.scheme.lower(), parts.path


def _existing(paths: Iterable[Path], is_file: Callable[[Path], bool]) -> list[Path]:
    found: dict[Path, None] = {}
    for written in paths:
        path = Path(os.path.normpath(written))
        try:
            if is_file(path):
                found[path] = None
        except (OSError, ValueError):  # a name too long, or with a NUL in it, names no file
            continue
    return list(found)
