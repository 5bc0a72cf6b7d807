"""The compiled search, where it is installed.

Rule: this is the only module that imports it. Without it everything is done in plain Python, with the same results
(searchidx/ranking.py is the specification of both); DOSSIER_ENGINE=python asks for that.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from types import ModuleType
from typing import TYPE_CHECKING

from searchidx.segment import SegmentData

if TYPE_CHECKING:
    from searchidx._kernel import Segment

SETTING = "DOSSIER_ENGINE"


def kernel() -> ModuleType | None:
    """The module, where it is there and not put aside."""
    if os.environ.get(SETTING) == "python":
        return None
    try:
        from searchidx import _kernel
    except ImportError:
        return None
    return _kernel


def word_bounds(text: str) -> tuple[bytes, list[int]] | None:
    """What `_kernel.words` says of a text; None where it is not at hand, too."""
    compiled = kernel()
    found: tuple[bytes, list[int]] | None = compiled.words(text) if compiled else None
    return found


def open_kernel(data: SegmentData, deleted: Collection[int]) -> Segment | None:
    """The compiled view of a segment, None where there is none.

    Raises IndexDamaged where the tables of the segment do not fit it.
    """
    compiled = kernel()
    if compiled is None:
        return None
    file = data.file
    places = tuple(map(file.place, compiled.SECTIONS))
    gone = tuple(sorted(deleted))
    segment: Segment = compiled.Segment(file.map, file.crcs, file.body, places, data.doc_count, gone, file.damaged)
    return segment
