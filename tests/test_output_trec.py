"""Evaluation tools read the run and see our order."""

from __future__ import annotations

import dataclasses
import io
import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from output_samples import DOCUMENT, FACETS, PLAIN, RESULT, printed

from ingest.errors import SettingsError
from output.printer import Report, make_printer
from output.trec import trec_lines


def test_a_line_is_query_q0_document_rank_score_tag() -> None:
    first, second = printed("trec", query_id="q 7%", run_tag="our run").splitlines()
    assert first == "q%207%25 Q0 9f2c12ab34cd56ef 1 12.345678 our%20run"
    assert second.split()[2:4] == ["00aa00aa00aa00aa", "2"]


@given(st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=60))
def test_scores_fall_with_the_rank_even_as_32_bit_floats(scores: list[float]) -> None:
    hits = [dataclasses.replace(PLAIN, rank=rank, score=score) for rank, score in enumerate(scores, start=1)]
    written = [float(line.split()[4]) for line in trec_lines("1", hits, "t")]
    small = [struct.unpack("f", struct.pack("f", score))[0] for score in written]
    assert all(before > after for before, after in pairwise(small))


@given(st.text(st.characters(codec=None), min_size=1))
def test_any_name_is_one_column(name: str) -> None:
    (line,) = trec_lines(name, [dataclasses.replace(PLAIN, id=name)], "t")
    assert len(line.split()) == 6
    assert line.encode("utf-8").count(b"\n") == 1


@pytest.mark.parametrize(("method", "thing"), [("document", DOCUMENT), ("facets", FACETS), ("report", Report({}))])
def test_what_is_no_ranking_is_refused_in_a_sentence(method: str, thing: object) -> None:
    with pytest.raises(SettingsError, match="holds ranked results only"):
        getattr(make_printer("trec", io.StringIO()), method)(thing)


def test_remarks_do_not_mix_with_the_run() -> None:
    stream, notes = io.StringIO(), io.StringIO()
    make_printer("trec", stream, notes=notes).search(RESULT)
    assert len(stream.getvalue().splitlines()) == 2
    assert "warning: and is a word here" in notes.getvalue()
