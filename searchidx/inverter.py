"""The functions of `searchidx.inversion`, compiled where they were."""

try:
    from searchidx._inverter import gather_stems, invert, merge, stem_documents, union
except ImportError:
    from searchidx.inversion import gather_stems, invert, merge, stem_documents, union

__all__ = ["gather_stems", "invert", "merge", "stem_documents", "union"]
