"""Records (`ingest.frozen`) behave as frozen dataclasses do: equal by value and kind, unchangeable, and known to
`match`, `pickle`, `copy` and the module `dataclasses`."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest

from ingest.document import Claim, Document, Page, Source, Status
from ingest.frozen import Frozen
from searchidx.query import And, Everything, Node, Or, Phrase, Prefix, Word
from searchidx.results import Hit, SearchRequest, Snippet

PAGE = Page(1, "kilns", label="ii", quality=0.5)
DOCUMENT = Document(
    "0" * 16,
    ("a.pdf",),
    "Kilns",
    "application/pdf",
    Status.OK,
    published="2003-05",
    pages=(PAGE,),
    claims=(Claim("title", "Kilns", Source.FILE),),
)


def test_equal_where_kind_and_fields_are() -> None:
    assert Word("kiln") == Word("kiln", None, False)
    assert hash(Word("kiln")) == hash(Word(text="kiln", exact=False))
    assert Word("kiln") != Word("kiln", exact=True)
    one, two = Word("one"), Word("two")
    assert And((one, two)) == And((Word("one"), Word("two")))
    assert And((one, two)) != Or((one, two))
    assert Prefix("one") != Phrase("one")
    assert one != ("one", None, False)
    assert Everything() == Everything()
    assert hash(Everything()) == hash(Everything())
    assert Everything() != Node()
    assert len({one, Word("one"), two, And((one, two)), Or((one, two)), Everything()}) == 5


def test_nothing_changes_a_record() -> None:
    with pytest.raises(AttributeError, match="a Page does not change"):
        PAGE.text = "other"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="a Page does not change"):
        PAGE.other = 1  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="a Page does not change"):
        del PAGE.text
    assert not hasattr(PAGE, "__dict__")


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((), {}),
        ((1,), {}),
        ((1, "a", None, 1.0, "more"), {}),
        ((1, "a"), {"text": "b"}),
        ((1, "a"), {"other": 1}),
        ((1,), {"other": 1}),
        ((), {"number": 1, "text": "a", "other": 1}),
        ((1, "a", None, 1.0, "more"), {"text": "b"}),
    ],
)
def test_a_record_is_made_of_its_fields_only(values: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="Page has the fields number, text, label, quality"):
        Page(*values, **named)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Everything has the fields"):
        Everything(1)  # type: ignore[call-arg]


def test_fields_come_by_place_by_name_and_by_default() -> None:
    assert Page(1, "a") == Page(number=1, text="a") == Page(1, text="a", quality=1.0) == Page(1, "a", None, 1.0)
    assert repr(Page(1, "a")) == "Page(number=1, text='a', label=None, quality=1.0)"
    assert repr(And((Word("a"),))) == "And(children=(Word(text='a', field=None, exact=False),))"
    assert DOCUMENT.year == 2003


def test_a_record_may_add_fields_to_those_of_another() -> None:
    class Numbered(Page):
        place: int = 0

    assert Numbered(1, "a", place=2).text == "a"
    assert Numbered(1, "a") != Page(1, "a")
    assert [field.name for field in dataclasses.fields(Numbered)] == [*Page.__match_args__, "place"]
    assert [field.name for field in dataclasses.fields(Page)] == ["number", "text", "label", "quality"]


def test_fields_with_a_default_come_last() -> None:
    with pytest.raises(TypeError, match="fields without a default come first"):

        class Longer(Page):
            place: int  # type: ignore[misc]


def test_match_takes_it_apart() -> None:
    match Word("kiln", "title"):
        case Word(text, field):
            assert (text, field) == ("kiln", "title")
        case _:
            pytest.fail("no match")


@pytest.mark.parametrize("record", [PAGE, DOCUMENT, Everything(), Word("a"), SearchRequest("kiln", limit=None)])
def test_copies_and_pickles_are_equal(record: Frozen) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(record, protocol)) == record
    assert copy.deepcopy(record) == copy.copy(record) == record


def test_the_module_dataclasses_knows_it() -> None:
    assert dataclasses.is_dataclass(Hit)
    assert dataclasses.replace(PAGE, text="ships") == Page(1, "ships", label="ii", quality=0.5)
    assert dataclasses.asdict(Snippet("a", ((0, 1),))) == {
        "text": "a",
        "highlights": ((0, 1),),
        "page": None,
        "label": None,
    }
    assert dataclasses.asdict(DOCUMENT)["pages"] == (dataclasses.asdict(PAGE),)
    with pytest.raises(TypeError):
        dataclasses.replace(PAGE, other=1)  # type: ignore[call-arg]
