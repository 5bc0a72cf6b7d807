"""A query that can be read but may mean something else gets a remark, once, and a plain query gets none."""

import pytest

from searchidx.grammar import parse

NEAR = '"trafficing"~2 is near nothing; for other spellings write trafficing~1'

REMARKS = {
    "a or b": ["lower-case 'or' is searched as a word; write OR for the operator"],
    "a Or b": ["'Or' is searched as a word; write OR for the operator"],
    "slavery and labour": ["lower-case 'and' is searched as a word; write AND for the operator"],
    "not a": ["lower-case 'not' is searched as a word; write NOT for the operator"],
    "a || b": ["'||' is searched as a word; write OR for the operator"],
    "a or b or c not d": [
        "lower-case 'or' is searched as a word; write OR for the operator",
        "lower-case 'not' is searched as a word; write NOT for the operator",
    ],
    "a b OR c": ["AND, also between plain words, binds tighter than OR: read as (a b) OR c"],
    "x (a OR b AND c)": ["AND, also between plain words, binds tighter than OR: read as a OR (b AND c)"],
    "a " * 50 + "OR c": ["AND, also between plain words, binds tighter than OR: read as a b OR c is (a b) OR c"],
    "-a": ["only exclusions: this finds every document without them"],
    "-a NOT (b c)": ["only exclusions: this finds every document without them"],
    "a OR -b": ["an exclusion as an alternative of OR finds every document without it"],
    "worker(s)": ["a bracket inside a word begins a group; quotes search worker(s) as it is written"],
    "child? labour": ["a ? at the end of a word is punctuation; child* finds longer forms"],
    "child?": ["a ? at the end of a word is punctuation; child* finds longer forms"],
    "regoin: asia": ["'regoin:' is searched as a word; no field has this name"],
    "'forced labour'": ['single quotes make no phrase; write "double quotes"'],
    "‘forced’": ['single quotes make no phrase; write "double quotes"'],
    "supply-ch*": ["'supply-ch*' is compared with single words, and these never hold a -"],
    '"traffick*"': ["a * inside quotes is no wildcard"],
    '"trafficing"~2': [NEAR],
}
PLAIN = [
    *("a b", "a OR b", "(a b) OR c", "a AND (b OR c)", "a -b", "or", "a or", "a AND or", "a (or)", "title:or b"),
    *("What is bonded labour?", "la traite ?", "children's workers' rights", "l'enfant l’enfance", "12:30"),
    *(
        "https://ilo.org",
        "a, b; c.",
        "U.S.*",
        'publisher:"ILO*"',
        '"a b"~3',
        "人口（贩运）",
        "-(-a)",
        "region:asia a",
    ),
]


@pytest.mark.parametrize(("query", "remarks"), [*REMARKS.items()])
def test_a_doubtful_query_gets_its_remark(query: str, remarks: list[str]) -> None:
    assert list(parse(query).hints) == remarks


@pytest.mark.parametrize("query", PLAIN)
def test_a_plain_query_gets_no_remark(query: str) -> None:
    assert parse(query).hints == ()


def test_remarks_never_change_the_reading() -> None:
    assert parse("a or b").tree == parse('a "or"~0 b').tree


def test_a_remark_prints_on_one_line() -> None:
    (remark,) = parse("a\x1b? b").hints
    assert remark.isprintable()
