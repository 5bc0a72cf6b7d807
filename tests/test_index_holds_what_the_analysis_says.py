"""What is indexed of many documents at once is, word by word and position by position, what the analysis makes of
each; written at once, in runs, by any number of processes or merged from segments, in C or in Python, it is the
same file."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, chain, pairwise
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from libraries import put, record

from ingest.catalogue import Catalogue
from ingest.document import Document, Page, Status
from searchidx import analysis, build, build_chunk, build_terms, inversion, segment_writer
from searchidx.build import build_runs, merged_runs
from searchidx.build_chunk import Chunk
from searchidx.document_terms import LABEL_GAP, filter_values, own_title
from searchidx.fields import FILTER_FIELDS, TEXT_FIELD_NAMES, stem_field
from searchidx.postings import decode_postings, encode_postings
from searchidx.sections import packed
from searchidx.segment import SUFFIX, SegmentData
from searchidx.segment_writer import Source, merge_segments

try:
    from searchidx import _inverter
except ImportError:
    _inverter = None  # type: ignore[assignment]

ENGINES = [inversion, *([_inverter] if _inverter is not None else [])]

PIECES = [
    "forced labour", "children's", "l'enfant", "don't", "U.N.", "e.g.", "state-owned", "foo_bar", "note²", "victims",
    "Victim", "maîtres", "esclaves", "police", "policies", "人口贩运", "強制労働", "การค้ามนุษย์", "강제 노동", "жертвы", "الضحايا", "3,000",
    "x" * 60, "rock’n’roll", "''", "—", "\n", "the",
]  # fmt: skip
_text = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=12).map(" ".join)
_label = st.sampled_from(["Forced labour", "a, b", "人口", "Asia", "", "—"])


@st.composite
def _documents(draw: st.DrawFn) -> list[Document]:
    count = draw(st.integers(0, 7))
    return [
        Document(
            id=f"{number + 1:016x}",
            paths=tuple(draw(st.lists(st.sampled_from(["a.pdf", "B/c.pdf", "é.pdf"]), max_size=2))),
            title=draw(_text),
            media_type="application/pdf",
            status=Status.OK,
            summary=draw(st.none() | _text),
            publisher=draw(st.none() | _label),
            authors=tuple(draw(st.lists(_label, max_size=2))),
            published=draw(st.sampled_from([None, "2003", "1999-05"])),
            language=draw(st.sampled_from([None, "en", "fr", "zh", "ru", "ar"])),
            tags=tuple(draw(st.lists(_label, max_size=3))),
            regions=tuple(draw(st.lists(st.sampled_from(["Asia", "France", "Atlantis"]), max_size=2))),
            pages=tuple(Page(n, draw(_text)) for n in range(1, draw(st.integers(0, 3)) + 1)),
        )
        for number in range(count)
    ]


Postings = dict[tuple[str, str], dict[int, list[int]]]


def _expected(documents: Sequence[Document]) -> tuple[Postings, list[dict[str, int]]]:
    """{(field, term): {document: positions}} and the lengths of each document's fields, by the analysis alone."""
    found: Postings = defaultdict(dict)
    lengths = []
    for number, document in enumerate(documents):
        parts = {
            "title": [own_title(document)],
            "summary": [document.summary or ""],
            "labels": [*document.tags, *document.regions, document.publisher or "", *document.authors],
            "text": [page.text for page in document.pages],
        }
        lengths.append(dict.fromkeys(TEXT_FIELD_NAMES, 0))
        for name, texts in parts.items():
            position = 0
            for text in texts:
                tokens = analysis.index_tokens(text)
                for token in tokens:
                    for key in (
                        (name, token.term),
                        (stem_field(name), analysis.stem(token.term, document.language)),
                    ):
                        found[key].setdefault(number, []).append(position)
                    position += 1
                lengths[-1][name] += len(tokens)
                position += LABEL_GAP if name == "labels" and tokens else 0
        for name, values in {"id": [document.id], **filter_values(document)}.items():
            for value in values:
                if value:
                    found[name, value][number] = []
    return dict(found), lengths


def _read(data: SegmentData) -> Postings:
    found = {}
    for name in (*TEXT_FIELD_NAMES, *map(stem_field, TEXT_FIELD_NAMES), *FILTER_FIELDS):
        terms = data.terms(name)
        for term in terms.among(range(len(terms))):
            postings = terms.postings(terms.find(term.encode()))
            found[name, term] = {
                doc: postings.at(index) if postings.ends else [] for index, doc in enumerate(postings.docs)
            }
    return found


def _check(data: SegmentData, documents: Sequence[Document]) -> None:
    expected, lengths = _expected(documents)
    assert _read(data) == expected
    assert [data.document_id(number) for number in range(data.doc_count)] == [d.id for d in documents]
    for name in TEXT_FIELD_NAMES:
        counts = [of[name] for of in lengths]
        assert data.lengths(name).tolist() == counts
        assert data.totals(name) == (sum(counts), sum(count > 0 for count in counts))
    for number, document in enumerate(documents):
        starts, numbers = data.pages(number)
        before = [len(analysis.index_tokens(page.text)) for page in document.pages]
        assert starts.tolist() == [sum(before[:index]) for index in range(len(before))]
        assert numbers.tolist() == [page.number for page in document.pages]
    data.check()


def _write(path: Path, documents: Sequence[Document], chunk: Chunk | None = None) -> bytes:
    chunk = chunk or Chunk()
    for document in documents:
        chunk.add(document)
    chunk.write(path)
    return path.read_bytes()


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.__name__.rpartition(".")[2])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Each engine in turn takes the place of the one that would be used."""
    module: ModuleType = request.param
    _use(module, monkeypatch)
    return module


def _use(engine: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment_writer, "engine", engine)
    monkeypatch.setattr(build_chunk, "engine", engine)
    monkeypatch.setattr(build_terms, "compiled", None if engine is inversion else engine)


@given(documents=_documents())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_word_and_value_stands_where_the_analysis_says(
    tmp_path: Path, engine: ModuleType, documents: list[Document]
) -> None:
    _write(tmp_path / f"a{SUFFIX}", documents)
    data = SegmentData(tmp_path, "a")
    try:
        _check(data, documents)
    finally:
        data.close()


@given(documents=_documents(), cuts=st.lists(st.integers(0, 7), max_size=2), gone=st.sets(st.integers(0, 6)))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_merge_is_what_writing_the_same_documents_anew_would_be(
    tmp_path: Path, engine: ModuleType, documents: list[Document], cuts: list[int], gone: set[int]
) -> None:
    bounds = [0, *sorted(min(cut, len(documents)) for cut in cuts), len(documents)]
    sources = []
    chunk = Chunk()  # one that has seen other documents numbers its words otherwise
    for number, (start, end) in enumerate(pairwise(bounds)):
        _write(tmp_path / f"{number}{SUFFIX}", documents[start:end], chunk)
        deleted = frozenset(doc - start for doc in gone if start <= doc < end)
        sources.append(Source(tmp_path, str(number), end - start, deleted))
    kept = [document for number, document in enumerate(documents) if number not in gone]
    assert merge_segments(tmp_path, "merged", sources) == Source(tmp_path, "merged", len(kept))
    merged = (tmp_path / f"merged{SUFFIX}").read_bytes()
    assert merged == _write(tmp_path / f"anew{SUFFIX}", kept)
    data = SegmentData(tmp_path, "merged")
    try:
        _check(data, kept)
    finally:
        data.close()


def _many(count: int) -> list[Document]:
    """Documents with long posting lists (several blocks) and positions of each width."""
    rng = random.Random(9)
    words = ["the", "of", "victim", "victims", *(f"w{number}" for number in range(200))]
    return [
        Document(
            id=f"{number + 1:016x}",
            paths=(f"{number}.pdf",),
            title=" ".join(rng.choices(words, k=3)),
            media_type="application/pdf",
            status=Status.OK,
            language=rng.choice(["en", "fr"]),
            tags=("common", f"tag {number % 3}"),
            pages=tuple(
                Page(n, " ".join(rng.choices(words, k=rng.choice([0, 30, 300])))) for n in range(rng.randint(0, 2))
            ),
        )
        for number in range(count)
    ]


@pytest.mark.skipif(_inverter is None, reason="not compiled")
def test_c_and_python_write_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = Document(
        "f" * 16, ("l",), "L", "text/plain", Status.OK, pages=(Page(1, "rare " + "of " * 66_000 + "rare"),)
    )
    documents = [*_many(400), long, *_many(3)]
    found = []
    for number, module in enumerate(ENGINES):
        _use(module, monkeypatch)
        folder = tmp_path / str(number)
        folder.mkdir()
        first = _write(folder / f"a{SUFFIX}", documents)
        second = _write(folder / f"b{SUFFIX}", documents[::-1])
        sources = [
            Source(folder, "a", len(documents), frozenset(range(0, len(documents), 3))),
            Source(folder, "b", len(documents), frozenset([0, 5])),
        ]
        merge_segments(folder, "c", sources)
        found.append((first, second, (folder / f"c{SUFFIX}").read_bytes()))
    assert found[0] == found[1]
    data = SegmentData(tmp_path / "1", "c")
    kept = [d for number, d in enumerate(documents) if number % 3] + [
        d for number, d in enumerate(documents[::-1]) if number not in (0, 5)
    ]
    try:
        _check(data, kept)
    finally:
        data.close()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of some documents."""
    data_dir = tmp_path_factory.mktemp("library") / "index_data"
    rng = random.Random(2)
    put(
        data_dir,
        {
            f"{n}.pdf": record(
                *(" ".join(rng.choices(PIECES, k=40)) for _ in range(rng.randint(0, 3))),
                title=f"T {n}",
                tags=["one", f"{n % 5}"],
                language=rng.choice(["en", "fr", "ru"]),
            )
            for n in range(90)
        },
    )
    return data_dir


def _built(data_dir: Path, folder: Path, jobs: int) -> bytes:
    folder.mkdir()
    told: list[int] = []
    with Catalogue.open(data_dir) as catalogue:
        ids = list(catalogue.live_ids())
        path, count = merged_runs(build_runs(catalogue, ids, folder, jobs=jobs, progress=told.append), folder)
    assert count == sum(told) == 90
    return path.read_bytes()


def test_the_file_does_not_depend_on_the_number_of_processes_or_runs(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _built(data_dir, tmp_path / "whole", 1)
    monkeypatch.setattr(build, "CHUNK_PAGES", 20)
    for jobs in (1, 2, 3):
        assert _built(data_dir, tmp_path / f"jobs {jobs}", jobs) == whole
    monkeypatch.setattr(build, "MOST_AT_ONCE", 2)
    assert _built(data_dir, tmp_path / "in groups", 1) == whole
    monkeypatch.setattr(build_chunk, "MOST_TOKENS", 300)
    assert _built(data_dir, tmp_path / "small runs", 1) == whole
    with Catalogue.open(data_dir) as catalogue:
        read = [catalogue.document(document_id, pages=True) for document_id in catalogue.live_ids()]
    documents = [document for document in read if document is not None]
    assert _write(tmp_path / "one by one", documents) == whole


def test_pages_are_read_in_groups_of_any_size(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _built(data_dir, tmp_path / "whole", 1)
    monkeypatch.setattr("ingest.catalogue_read._PAGES_AT_ONCE", 2)
    assert _built(data_dir, tmp_path / "two pages at once", 1) == whole


def test_a_title_that_the_text_begins_with_counts_where_somebody_says_it(tmp_path: Path) -> None:
    said = record("Labour in  kilns\nand fields.", "More.", title="Labour in kilns")
    other = record("About fields.", title="Labour in kilns")
    put(tmp_path / "index_data", {"a": said, "b": replace(said, claims=()), "c": other})
    with Catalogue.open(tmp_path / "index_data") as catalogue:
        build_runs(catalogue, list(catalogue.live_ids()), tmp_path)
    data = SegmentData(tmp_path, "0-0")
    try:
        assert data.lengths("title").tolist() == [3, 0, 3]
    finally:
        data.close()


def test_what_is_remembered_of_words_makes_no_difference(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _built(data_dir, tmp_path / "whole", 1)
    monkeypatch.setattr("searchidx.build_terms.MOST_KNOWN", 20)
    monkeypatch.setattr(build, "CHUNK_PAGES", 7)
    assert _built(data_dir, tmp_path / "forgetful", 1) == whole


def test_few_documents_start_no_process(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert _built(data_dir, tmp_path / "runs", 8)


@pytest.mark.skipif(sys.platform == "win32", reason="a folder cannot be closed to its owner")
def test_what_a_worker_cannot_write_is_told_in_the_words_of_the_system(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "CHUNK_PAGES", 20)
    with Catalogue.open(data_dir) as catalogue, pytest.raises(FileNotFoundError, match="No such file"):
        build_runs(catalogue, list(catalogue.live_ids()), tmp_path / "not there", jobs=2)


def test_words_are_taken_from_a_text_as_tokens_are() -> None:
    texts = list(_texts())
    for text in texts:
        terms = list(chain.from_iterable(map(analysis.terms_of, analysis.stretches(text))))
        assert terms == [token.term for token in analysis.index_tokens(text)]


def _texts() -> Iterator[str]:
    rng = random.Random(4)
    for _ in range(400):
        yield rng.choice(["", " ", "_", "."]).join(rng.choices([*PIECES, ".", "'", "_", "a", "B", "²"], k=8))


@pytest.mark.skipif(_inverter is None, reason="not compiled")
@pytest.mark.parametrize("bits", [*range(1, 13), 16, 20, 21])
def test_c_and_python_write_and_read_numbers_of_every_width(bits: int) -> None:
    """A value's documents renumbered with gaps of so many bits, and then back."""
    rng = random.Random(bits)
    gaps = [rng.randrange(1 << bits) for _ in range(min(300, (1 << 22) >> bits))]
    sparse = list(accumulate(gap + 1 for gap in gaps))
    at = (0).to_bytes(8, "little")

    def merged(engine: ModuleType, data: bytes, numbers: list[int]) -> bytes:
        ends = at + len(data).to_bytes(8, "little")
        part = inversion.Part(b"v", packed([1]), b"", ends, data, packed([len(gaps)]), packed(numbers))
        written: list[bytes] = []
        engine.merge([part], [], 0, written.append)
        return b"".join(written)

    dense = encode_postings(range(len(gaps)))
    back = [inversion.DROPPED] * (sparse[-1] + 1)
    for number, doc in enumerate(sparse):
        back[doc] = number
    for engine in ENGINES:
        assert merged(engine, dense, sparse) == encode_postings(sparse)
        assert merged(engine, encode_postings(sparse), back) == dense
    assert list(decode_postings(encode_postings(sparse), len(gaps)).docs) == sparse
