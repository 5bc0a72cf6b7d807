"""What an index depends on besides the documents, as one short text.

Rule: when layout, fields, analysis or the vocabulary of regions change, the fingerprint changes, and an index
made before is not searched any more (it would silently miss documents) but made anew from the catalogue.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from zlib import crc32

import ingest
from searchidx import analysis
from searchidx.fields import FILTER_FIELDS, POSITION_FIELDS
from searchidx.sections import FORMAT

#: Of `ingest.regions`, which need not be loaded for it.
VOCABULARY = Path(ingest.__file__).with_name("data") / "regions.json"
#: Raised by hand when `document_terms` derives other terms or values from the same record.
TERMS_VERSION = 3


@cache
def fingerprint() -> str:
    """8 hexadecimal digits."""
    parts = (
        str(FORMAT),
        str(TERMS_VERSION),
        *POSITION_FIELDS,
        *FILTER_FIELDS,
        analysis.fingerprint(),
        f"{crc32(VOCABULARY.read_bytes()):08x}",
    )
    return f"{crc32(chr(0).join(parts).encode()):08x}"
