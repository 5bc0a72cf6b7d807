"""Whatever bytes are thrown at readers and queries, the answer is one that was promised; what once was not stays so."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from fuzz.targets import TARGETS, seeds
from hypothesis import given, settings
from hypothesis import strategies as st

FOUND = Path(__file__).parent / "fuzz" / "found"


@pytest.mark.parametrize("path", sorted(FOUND.iterdir()), ids=lambda path: path.name)
def test_what_was_found_is_answered_now(path: Path) -> None:
    target, _, _ = path.name.rpartition("-")
    if target in TARGETS:
        TARGETS[target](path.read_bytes())


def test_each_find_is_small_and_names_a_target() -> None:
    for path in FOUND.iterdir():
        assert path.stat().st_size <= 8_192, path
        assert path.name.rpartition("-")[0] in {*TARGETS, "segment", "pdf_tables"}, path


@pytest.mark.parametrize("name", TARGETS)
def test_a_good_input_is_answered(name: str) -> None:
    for seed in seeds(name):
        TARGETS[name](seed)


@st.composite
def damaged(draw: st.DrawFn, originals: list[bytes]) -> bytes:
    """A good input with bytes changed, cut, doubled, or put in from elsewhere in it; or any bytes."""
    data = bytearray(draw(st.sampled_from([*originals, b""])))
    chance = random.Random(draw(st.integers(0, 2**32)))
    for _ in range(draw(st.integers(0, 8))):
        at, end = sorted((chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)))
        match draw(st.integers(0, 4)):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[at : min(end, at + 20)]
            case 2:
                data[at:at] = data[at : min(end, at + 200)] * chance.randrange(1, 4)
            case 3:
                data[at:at] = draw(st.binary(max_size=12))
            case 4:
                data[at:end] = reversed(data[at:end])
    return bytes(data[:8_192])


def run(name: str, examples: int) -> None:
    target: Callable[[bytes], None] = TARGETS[name]

    @settings(max_examples=examples)
    @given(damaged(seeds(name)))
    def throw(data: bytes) -> None:
        target(data)

    throw()


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_inputs_are_answered(name: str) -> None:
    run(name, 15)


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_many_damaged_inputs_are_answered(name: str) -> None:
    run(name, 1_000)
