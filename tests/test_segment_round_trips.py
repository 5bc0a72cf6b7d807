"""What is written to a segment is what is read from it, whatever the numbers and the words."""

from __future__ import annotations

import secrets
from io import BytesIO
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest.errors import IndexDamaged
from searchidx.inversion import Merged, Write
from searchidx.postings import decode_postings, encode_postings, encode_varint
from searchidx.sections import SectionFile, SectionWriter, packed, unpacked
from searchidx.segment import SUFFIX, SegmentData, footer_of
from searchidx.segment_writer import Documents, Words, write_segment
from searchidx.snapshot import OpenSegment

# Gaps on both sides of every width, and some in between.
_gap = st.one_of(
    st.sampled_from([1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 1 << 24, (1 << 24) + 1, 1 << 28]),
    st.integers(1, 300),
)


def _ascending(first: st.SearchStrategy[int]) -> st.SearchStrategy[list[int]]:
    def walk(start: int, gaps: list[int]) -> list[int]:
        found = [start]
        for gap in gaps:
            found.append(found[-1] + gap)
        return found

    return st.builds(walk, first, st.lists(_gap, max_size=7))


@st.composite
def _postings(draw: st.DrawFn) -> tuple[list[int], list[int], list[list[int]]]:
    docs = draw(_ascending(st.one_of(st.just(0), _gap)))
    if draw(st.booleans()):
        return docs, [1] * len(docs), []
    runs = [draw(_ascending(st.one_of(st.just(0), _gap))) for _ in docs]
    return docs, [len(run) for run in runs], runs


@given(postings=_postings())
@example(postings=([0], [300], [list(range(0, 600, 2))]))
@example(postings=([0], [70_000], [list(range(70_000))]))
@settings(max_examples=120, deadline=None)
def test_a_posting_list_comes_back(postings: tuple[list[int], list[int], list[list[int]]]) -> None:
    docs, freqs, runs = postings
    data = encode_postings(docs, freqs, runs)
    found = decode_postings(data, len(docs))
    assert list(found.docs) == docs
    assert list(found.freqs) == freqs
    assert [found.at(index) for index in range(len(docs))] == runs if runs else not found.ends


@given(postings=_postings(), cut=st.integers(0, 10_000), more=st.booleans())
@settings(max_examples=80, deadline=None)
def test_a_posting_list_of_another_length_is_refused(
    postings: tuple[list[int], list[int], list[list[int]]], cut: int, more: bool
) -> None:
    docs, freqs, runs = postings
    data = encode_postings(docs, freqs, runs)
    wrong = data + b"\0" if more else data[: cut % len(data)]
    with pytest.raises(ValueError, match=r"bytes|documents|block"):
        decode_postings(wrong, len(docs))


@given(st.lists(st.integers(0, (1 << 32) - 1)))
def test_packed_numbers_are_little_endian_whatever_the_machine(values: list[int]) -> None:
    data = packed(values)
    assert data == b"".join(value.to_bytes(4, "little") for value in values)
    assert unpacked(data).tolist() == values


# Words as they may stand in documents: any text that is no lone surrogate, also beyond the basic plane.
_word = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
_near_word = st.text(st.sampled_from("ab\x7f\x80é߿ࠀ￿𐀀\U0010ffff"), min_size=1, max_size=4)


class _Given:
    """Documents with {word: positions} as their text, every word also one of their tags; the stem of a word is its
    first letter."""

    def __init__(self, given: list[dict[str, list[int]]]) -> None:
        self._words = {word: {n: d[word] for n, d in enumerate(given) if word in d} for d in given for word in d}
        self.documents = Documents()
        for number, words in enumerate(given):
            self.documents.ids += number.to_bytes(8, "big")
            for field, lengths in enumerate(self.documents.lengths):
                lengths.append(sum(map(len, words.values())) if field == 3 else 0)
            self.documents.page_start.extend([0, 3])
            self.documents.page_number.extend([1, number + 2])
            self.documents.page_index.append(len(self.documents.page_start))

    def words(self, base: int, write: Write) -> Words:
        length = self.documents.lengths[3].__getitem__
        lists = []
        for _, at in sorted(self._words.items()):
            data = encode_postings(list(at), list(map(len, at.values())), list(at.values()), length)
            head = (len(at), sum(map(len, at.values())), len(data))
            lists.append(b"\x08" + b"".join(map(encode_varint, head)) + data)
        stems = sorted({word[0] for word in self._words})
        numbers = packed(stems.index(word[0]) for word in sorted(self._words))
        found = self._written(lists, numbers, base, write)
        return Words(found, "".join(stems).encode(), packed(accumulate(len(stem.encode()) for stem in stems)))

    def values(self, name: str, base: int, write: Write) -> Merged:
        if name != "tag":
            return Merged(b"", b"", b"", b"", b"")
        return self._written(
            [encode_postings(list(at)) for _, at in sorted(self._words.items())], b"", base, write
        )

    def _written(self, lists: list[bytes], stems: bytes, base: int, write: Write) -> Merged:
        for data in lists:
            write(data)
        words = sorted(self._words)
        at = accumulate(map(len, lists), initial=base)
        return Merged(
            "".join(words).encode(),
            packed(accumulate(len(word.encode()) for word in words)),
            stems,
            b"".join(offset.to_bytes(8, "little") for offset in at),
            packed(len(self._words[word]) for word in words),
        )


def _segment(folder: Path, documents: list[dict[str, list[int]]]) -> SegmentData:
    name = secrets.token_hex(8)
    write_segment(folder / f"{name}{SUFFIX}", _Given(documents))
    return SegmentData(folder, name)


@given(
    documents=st.lists(st.dictionaries(_word | _near_word, _ascending(st.just(0) | _gap), max_size=6), max_size=6),
    prefix=st.text(st.sampled_from("ab\x7f\x80é߿ࠀ￿𐀀\U0010ffff"), max_size=3),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_segment_answers_as_the_documents_would(
    tmp_path: Path, documents: list[dict[str, list[int]]], prefix: str
) -> None:
    data = _segment(tmp_path, documents)
    try:
        words = sorted({word for document in documents for word in document})
        terms = data.terms("text")
        assert [terms.text(ordinal) for ordinal in range(len(terms))] == words
        assert [word.encode() for word in words] == sorted(word.encode() for word in words)
        assert [terms.text(o) for o in terms.starting_with(prefix.encode())] == [
            word for word in words if word.startswith(prefix)
        ]
        for word in words:
            having = {n: document[word] for n, document in enumerate(documents) if word in document}
            found = data.postings("text", word)
            assert {doc: found.at(index) for index, doc in enumerate(found.docs)} == having
            assert list(data.postings("tag", word).docs) == list(having)
            assert terms.occurs(terms.find(word.encode()))
        for stem in {word[0] for word in words}:
            places = [
                sorted(p for word, at in document.items() if word[0] == stem for p in at) for document in documents
            ]
            found = data.postings("text_stem", stem)
            assert {doc: found.at(index) for index, doc in enumerate(found.docs)} == {
                n: at for n, at in enumerate(places) if at
            }
        assert not data.postings("text", "no such word").docs
        assert not data.postings("title", words[0] if words else "a").docs
        assert data.lengths("text").tolist() == [sum(map(len, document.values())) for document in documents]
        assert data.lengths("title").tolist() == [0] * len(documents)
        for number in range(len(documents)):
            assert data.document_id(number) == f"{number:016x}"
            starts, numbers = data.pages(number)
            assert (starts.tolist(), numbers.tolist()) == ([0, 3], [1, number + 2])
        data.check()
    finally:
        data.close()


@given(
    sections=st.dictionaries(_word, st.binary(max_size=40), max_size=5),
    facts=st.dictionaries(_word, st.integers()),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sections_come_back_by_name(tmp_path: Path, sections: dict[str, bytes], facts: dict[str, int]) -> None:
    stream = BytesIO()
    writer = SectionWriter(stream)
    for name, data in sections.items():
        writer.section(name, data)
    writer.finish(facts=facts)
    path = tmp_path / "sections"
    path.write_bytes(stream.getvalue())
    file = SectionFile(path)
    assert {name: file.read(name) for name in sections} == sections
    assert file.facts["facts"] == facts
    assert file.read("absent" * 2) == b""
    file.check()
    file.close()


def test_a_file_of_another_format_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = BytesIO()
    with monkeypatch.context() as patch:
        patch.setattr("searchidx.sections.FORMAT", 99)
        SectionWriter(stream).finish()
    (tmp_path / "new").write_bytes(stream.getvalue())
    with pytest.raises(IndexDamaged, match=r"format 99.*dossier rebuild"):
        SectionFile(tmp_path / "new")


def test_deleted_documents_vanish_from_postings_with_their_positions(tmp_path: Path) -> None:
    from searchidx.manifest import SegmentEntry

    data = _segment(tmp_path, [{"a": [0]}, {"a": [1, 5], "b": [2]}, {"a": [70_000]}])
    name = data.name
    data.close()
    segment = OpenSegment(tmp_path, SegmentEntry(name, 3, footer_of(tmp_path, name), (1,)))
    found = segment.postings("text", "a")
    assert [(doc, found.at(index)) for index, doc in enumerate(found.docs)] == [(0, [0]), (2, [70_000])]
    assert not segment.postings("text", "b").docs
    assert segment.total_length("text") == (2, 2)
    segment.close()
