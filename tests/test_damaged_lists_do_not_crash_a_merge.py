"""Whatever stands in the tables and lists that are merged, the compiled part ends with an answer or a ValueError: it
never reads or writes beyond what it was given."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

from ingest.document import Document, Page, Status
from searchidx.build_chunk import Chunk
from searchidx.inversion import Part
from searchidx.sections import SectionFile, packed
from searchidx.segment import SUFFIX

_inverter = pytest.importorskip("searchidx._inverter")


@pytest.fixture(scope="module")
def sections(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The sections of a segment with long and short lists."""
    folder = tmp_path_factory.mktemp("segment")
    rng = random.Random(1)
    chunk = Chunk()
    for number in range(300):
        text = " ".join(rng.choices(["the", "kiln", "kilns", f"w{number % 40}", "border"], k=rng.randint(0, 30)))
        chunk.add(
            Document(f"{number:016x}", ("a.pdf",), "T", "text/plain", Status.OK, language="en", tags=("a", "b"),
                     pages=(Page(1, text),))
        )  # fmt: skip
    chunk.write(folder / f"a{SUFFIX}")
    file = SectionFile(folder / f"a{SUFFIX}")
    names = [
        "blob",
        "ends",
        "stem",
        "at",
        "df",
        "postings",
        "stem_blob",
        "stem_ends",
        "stem_first",
        "stem_entries",
    ]
    names += [f"tag:{name}" for name in ("blob", "ends", "df", "at")] + ["len:text"]
    found = {name: file.read(name) for name in names}
    file.close()
    return found


def _spoilt(data: bytes, rng: random.Random) -> bytes:
    spoilt = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(spoilt))
        spoilt[place] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)])
    return bytes(spoilt)


def _call(of: dict[str, bytes]) -> None:
    documents = packed(range(300))
    lengths = [of["len:text"]] * 4
    words = Part(of["blob"], of["ends"], of["stem"], of["at"], of["postings"], b"", documents)
    values = Part(
        of["tag:blob"], of["tag:ends"], b"", of["tag:at"], of["postings"], of["tag:df"], packed(range(300, 600))
    )
    stems = len(of["stem_first"]) // 4 - 1
    written: list[bytes] = []
    calls = (
        lambda: _inverter.merge([words], lengths, 0, written.append),
        lambda: _inverter.merge([values, values], [], 0, written.append),
        lambda: _inverter.union(
            [(of["blob"], of["ends"], of["stem_entries"]), (of["stem_blob"], of["stem_ends"], of["stem"])]
        ),
        lambda: _inverter.gather_stems(of["stem"], of["stem_blob"], of["stem_ends"]),
        lambda: _inverter.stem_documents(
            of["stem_first"], of["stem_entries"], of["at"], of["postings"], 300, 0, stems
        ),
    )
    for call in calls:
        with suppress(ValueError):
            call()


def test_spoilt_tables_and_lists_end_in_a_value_error_at_worst(sections: dict[str, bytes]) -> None:
    rng = random.Random(2)
    for _ in range(1500):
        name = rng.choice(["postings"] * 4 + list(sections))
        _call(sections | {name: _spoilt(sections[name], rng)})


def test_tables_that_are_cut_off_are_refused(sections: dict[str, bytes]) -> None:
    for name, data in sections.items():
        for length in (0, 1, len(data) // 2, len(data) - 1):
            _call(sections | {name: data[:length]})
    documents = packed(range(300))
    part = Part(sections["blob"], sections["ends"], sections["stem"], sections["at"], b"", b"", documents)
    with pytest.raises(ValueError, match="head"):
        _inverter.merge([part], [sections["len:text"]] * 4, 0, lambda data: None)
    with pytest.raises(ValueError, match="lengths"):
        _inverter.merge([part], [b""] * 4, 0, lambda data: None)
    with pytest.raises(ValueError, match="odd size"):
        _inverter.union([(b"ab", b"\0\0\0", b"")])
    with pytest.raises(ValueError, match="beyond its dictionary"):
        _inverter.union([(b"ab", packed([1, 2]), packed([0, 2]))])
    with pytest.raises(ValueError, match="without a term"):
        _inverter.invert(packed([0]), [(packed([7]), packed([1]), packed([1]))], 1, True, 0, lambda data: None)
    with pytest.raises(ValueError, match="fit"):
        _inverter.invert(packed([0]), [(packed([0]), packed([9]), packed([1]))], 1, True, 0, lambda data: None)
