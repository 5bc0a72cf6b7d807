"""The run format of TREC: `query-id Q0 document-id rank score tag`, a line per hit.

Rule: a tool that sorts by score (trec_eval does, and keeps scores as 32-bit floats) sees our order. Scores that
do not fall with the rank (equal ones, or a result sorted by year) are lowered by a millionth of their size.
Blanks in names are percent-encoded, because the columns are split at blanks, and so is what cannot be seen.
Format: https://github.com/usnistgov/trec_eval, README, "results file".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NoReturn, TextIO

from ingest.errors import SettingsError
from output.plain_text import clean
from output.printer import Facets, Report
from output.remarks import count_line, write_remarks

if TYPE_CHECKING:
    from ingest.document import Document
    from searchidx.results import Hit, SearchResult

_UNSAFE = re.compile(r"[^\w.:/~-]")


def trec_name(name: str) -> str:
    """A name without blanks, control characters or percent signs, each byte of which is written %XX."""

    def encoded(found: re.Match[str]) -> str:
        sign = found[0]
        if sign != "%" and not sign.isspace() and clean(sign) == sign:
            return sign
        return "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "surrogatepass"))

    return _UNSAFE.sub(encoded, name) or "-"


def trec_lines(query_id: str, hits: Iterable[Hit], run_tag: str) -> Iterator[str]:
    """The lines of one query's hits."""
    previous: float | None = None
    for hit in hits:
        score = round(hit.score, 6)
        if previous is not None:
            score = min(score, round(previous - 1e-6 * max(1.0, abs(previous)), 6))
        previous = score
        names = trec_name(query_id), trec_name(hit.id), trec_name(run_tag)
        yield f"{names[0]} Q0 {names[1]} {hit.rank} {score:.6f} {names[2]}\n"


class TrecPrinter:
    """Ranked results only."""

    def __init__(self, stream: TextIO, notes: TextIO | None, *, query_id: str, run_tag: str) -> None:
        self._stream = stream
        self._notes = notes
        self._query_id = query_id
        self._run_tag = run_tag

    def search(self, result: SearchResult) -> None:
        if self._notes is not None:
            self._notes.write(count_line(result) + "\n")
        self._stream.writelines(trec_lines(self._query_id, result.hits, self._run_tag))
        write_remarks(result, self._notes)

    def document(self, document: Document) -> None:
        _refuse("a document")

    def facets(self, facets: Facets, *, query: str = "", total: int | None = None) -> None:
        _refuse("facets")

    def report(self, report: Report) -> None:
        _refuse("this report")


def _refuse(what: str) -> NoReturn:
    raise SettingsError(f"--format trec holds ranked results only, not {what}: use text, json, jsonl or csv.")
