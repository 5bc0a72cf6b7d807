"""Records for what library pages list and the library does not hold.

Rules: such a record is found like a document, by its title, summary, publisher, tags and regions; it has no file
and no pages, and its path is that of the pages that list it. What it is, is its link: the same address listed
twice, on one page or on several, is one record, however its scheme, host's case, port or fragment are written. An
entry without a link is known by its title. A relative link means the place beside the page or, where the page says
what its own address is, that address. What names a place on the disk of whoever saved the page, or one outside of
the library, is no link.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from ingest.document import ListingEntry

_WEB = ("http", "https", "ftp")
_PORTS = {"http": 80, "https": 443, "ftp": 21}


def address(href: str | None, page_url: str | None, page_paths: Sequence[str] = ()) -> str | None:
    """Where the link of an entry leads: an address in the web, or the link as written where only the page's place
    says; None for what is no place (a script, a mail address) or none of the library (`../../etc/passwd`).

    page_url: the address that the page says it has; page_paths: catalogue paths of the page that lists it.
    """
    href = (href or "").strip()
    try:
        parts = urlsplit(urljoin(page_url, href) if page_url and _scheme(page_url) in _WEB else href)
    except ValueError:
        return None
    if parts.scheme.lower() in _WEB:
        return parts.geturl() if parts.netloc else None
    if parts.scheme or not parts.path or href.startswith("\\\\"):
        return None
    return None if _place(parts.path, page_paths).split("/")[0] == ".." else href


def name_of(entry: ListingEntry, link: str | None, page_paths: Sequence[str]) -> str:
    """SHA-256 (64 hexadecimal digits) of what an entry stands for.

    link: its `address`; page_paths: catalogue paths of the page that lists it.
    """
    if link is None:
        what = f"title {' '.join(entry.title.split()).casefold()}"
    elif _scheme(link) in _WEB:
        what = f"web {_comparable(link)}"
    else:
        what = f"file {_place(urlsplit(link).path, page_paths)}"
    return hashlib.sha256(f"listed {what}".encode("utf-8", "surrogatepass")).hexdigest()


def _place(path: str, page_paths: Sequence[str]) -> str:
    """The catalogue path that a relative link of a page means; it begins with ".." where it leaves the library."""
    folder = PurePosixPath(min(page_paths, default="")).parent
    return os.path.normpath(folder / unquote(path).replace("\\", "/").lstrip("/"))


def _comparable(link: str) -> str:
    """An address without what makes no difference: RFC 3986, section 6.2, and http for https."""
    parts = urlsplit(link)
    scheme = parts.scheme.lower()
    try:
        port = parts.port
    except ValueError:
        port = None
    host = (parts.hostname or "").removeprefix("www.")
    shown = f":{port}" if port not in (None, _PORTS[scheme]) else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{shown}{unquote(parts.path).rstrip('/')}{query}"


def _scheme(link: str) -> str:
    try:
        return urlsplit(link).scheme.lower()
    except ValueError:
        return ""
