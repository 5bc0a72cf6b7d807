"""The search index: query language, index layout, ranking, snippets, facets.

import searchidx
with searchidx.open("index_data") as library:
    for hit in library.search("debt bondage", region="asia", limit=10):
        print(hit.title, hit.page, hit.snippet)
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from searchidx.library import Library

__all__ = ["open"]


def open(data_dir: str | Path = "index_data") -> Library:
    """Open the library in a data folder for searching; see `searchidx.library.Library`."""
    from searchidx.library import Library

    return Library.open(data_dir)
