"""Sketches that were kept by earlier runs are those that are made today: the smallest sums over four words' hashes."""

from __future__ import annotations

import re
from hashlib import blake2b

from hypothesis import given
from hypothesis import strategies as st

from ingest.sketch import SHORTEST, SKETCH, sketch

WORDS = st.sampled_from(
    ["debt", "Bondage", "brick", "kiln", "don’t", "Ärzte", "漢字", "한국", "x_1", "2004", "a", "b"]
)


def by_definition(pages: list[str]) -> list[int]:
    words = [
        word
        for page in pages
        for word in re.findall("[^\\W\u2e80-\u9fff\uac00-\ud7af]+|[\u2e80-\u9fff\uac00-\ud7af]", page.lower())
    ]
    hashes = [int.from_bytes(blake2b(word.encode(), digest_size=8).digest()) for word in words]
    sums = {
        (hashes[i] + 3 * hashes[i + 1] + 5 * hashes[i + 2] + 7 * hashes[i + 3]) % 2**64
        for i in range(len(hashes) - 3)
    }
    return sorted(sums)[:SKETCH] if len(sums) >= SHORTEST else []


@given(st.lists(st.lists(WORDS, max_size=80).map(" ".join), max_size=4))
def test_a_sketch_is_what_it_is_by_definition(pages: list[str]) -> None:
    assert list(sketch(pages)) == by_definition(pages)


def test_the_sketch_of_a_long_text_is_what_it_is_by_definition() -> None:
    text = " ".join(f"word{number * number % 7919}" for number in range(6000))
    assert list(sketch([text])) == by_definition([text])
