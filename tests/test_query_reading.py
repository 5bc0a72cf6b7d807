"""A query is read as its words, phrases, patterns, fields and operators say: one row, one rule."""

import pytest

from searchidx.grammar import parse
from searchidx.query import (
    And,
    Everything,
    Filter,
    Fuzzy,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Range,
    Wildcard,
    Word,
)

A, B, C = Word("a"), Word("b"), Word("c")

OPERATORS = {
    "": Everything(),
    " \t\n\u3000\ufeff": Everything(),
    "a": A,
    "a b c": And((A, B, C)),
    "a AND b": And((A, B)),
    "a OR b OR c": Or((A, B, C)),
    "a b OR c": Or((And((A, B)), C)),
    "a OR b AND c": Or((A, And((B, C)))),
    "a (b OR c)": And((A, Or((B, C)))),
    "(a)": A,
    "((a b)) c": And((A, B, C)),
    "a OR (b OR c)": Or((A, B, C)),
    "-a": Not(A),
    "NOT a b": And((Not(A), B)),
    "a AND NOT b": And((A, Not(B))),
    "a OR -b": Or((A, Not(B))),
    "NOT(a b)": Not(And((A, B))),
    "-(-a)": Not(Not(A)),
    "-a -b": And((Not(A), Not(B))),
    "+a b": And((A, B)),
    "*": Everything(),
    "a **": And((A, Everything())),
    "a（b OR c）": And((A, Or((B, C)))),
    "a\u3000b、c": And((A, B, C)),
}

WORDS = {
    text: Word(text)
    for text in (
        *("supply-chain", "C-182", "2014/36/EU", "e-mail@x.org", "557", "U.S.", "AT&T", "#metoo", "children's"),
        *("l’enfant", "12:30", "1:2", "http://x.org/a?b=c*", "https:", "mailto:a@b.org", "doi:10.1000/182", ":"),
        *(
            "Slavery:",
            "-",
            "--",
            "->",
            "–",
            "+",
            "=",
            "?",
            "&",
            "trafficking?",
            "and",
            "Not",
            "C:\\reports",
            "a\\",
        ),
        *("www.ilo.org/?x=*", "~100", "~~", "الأطفال", 'צה"ל', "人口：贩运", "région:x", "C++", "a_b:c", "x’"),
        *("AND,", "ORs", "'90s", "a~b"),
    )
}

TERMS = {
    "=a": Word("a", exact=True),
    '"a"': Word("a", exact=True),
    '="a"': Word("a", exact=True),
    "=AND": Word("AND", exact=True),
    '" a "': Word("a", exact=True),
    '"a"~0': A,
    '"a"~3': A,
    '"AND"~0': Word("AND"),
    '"a  b"': Phrase("a b"),
    '="a b"': Phrase("a b"),
    '"a b"~5': Phrase("a b", slop=5),
    '"a b"~0.': Phrase("a b", slop=0),
    '"a: (b*)"': Phrase("a: (b*)"),
    '"a \\"b\\" \\\\ \\c"': Phrase('a "b" \\ \\c'),
    '"a b", c': And((Phrase("a b"), C)),
    'a"b c"': And((A, Phrase("b c"))),
    "l'«a b»": And((Word("l'"), Phrase("a b"))),
    "a*": Prefix("a"),
    "a**": Prefix("a"),
    "a*, b": And((Prefix("a"), B)),
    "'a*'": Prefix("a"),
    "w?ld": Wildcard("w?ld"),
    "w?ld?": Wildcard("w?ld?"),
    "*ing": Wildcard("*ing"),
    "a*b": Wildcard("a*b"),
    "?a*": Wildcard("?a*"),
    "a~": Fuzzy("a"),
    "a~1": Fuzzy("a"),
    "a~2": Fuzzy("a", 2),
    "a~2,": Fuzzy("a", 2),
    "-a*": Not(Prefix("a")),
    '-"a b"': Not(Phrase("a b")),
    "-=a": Not(Word("a", exact=True)),
}

QUOTED = {
    f"{left}a b{right}": Phrase("a b")
    for left, right in ("“”", "„“", "„”", "””", "«»", "»«", "»»", "「」", "『』", "《》", "＂＂", '“"', "‟”")
}

FIELDS = {
    "title:a": Word("a", "title"),
    "TITLE:a": Word("a", "title"),
    "title：a": Word("a", "title"),
    "title:=a": Word("a", "title", exact=True),
    'summary:"a b"': Phrase("a b", "summary"),
    'text:"a b"~2': Phrase("a b", "text", 2),
    "text:a*": Prefix("a", "text"),
    "title:*": Wildcard("*", "title"),
    "title:a?b": Wildcard("a?b", "title"),
    "title:a~2": Fuzzy("a", 2, "title"),
    "title:12:30": Word("12:30", "title"),
    "title:(a b)": And((Word("a", "title"), Word("b", "title"))),
    "title:(a OR -b)": Or((Word("a", "title"), Not(Word("b", "title")))),
    "title:(a (=b OR c*))": And((Word("a", "title"), Or((Word("b", "title", True), Prefix("c", "title"))))),
    "-title:a": Not(Word("a", "title")),
    "title:a b": And((Word("a", "title"), B)),
    "tag:a": Filter("tag", "a"),
    "tag:A": Filter("tag", "A"),
    "tags:a": Filter("tag", "a"),
    'tag:"forced labour"': Filter("tag", "forced labour"),
    'tag:"a, b*"': Filter("tag", "a, b*"),
    "tag:supply-chain": Filter("tag", "supply-chain"),
    "tag:*": Filter("tag", "*"),
    "tag:(-a)": Not(Filter("tag", "a")),
    "region:(asia OR africa)": Or((Filter("region", "asia"), Filter("region", "africa"))),
    "region:=asia": Filter("region", "asia", exact=True),
    'region:="south asia"': Filter("region", "south asia", exact=True),
    "region:(=asia)": Filter("region", "asia", exact=True),
    "region~:asia": Filter("region~", "asia"),
    "regions~:asia": Filter("region~", "asia"),
    "language:en": Filter("lang", "en"),
    "filetype:pdf": Filter("type", "pdf"),
    "publisher:U.N.*": Filter("publisher", "U.N.*"),
    "path:a/b,c/*.pdf": Filter("path", "a/b,c/*.pdf"),
    "path:C:\\x": Filter("path", "C:\\x"),
    "path:PROGRA~1": Filter("path", "PROGRA~1"),
    "id:9f2c": Filter("id", "9f2c"),
    "year:2015": Range("year", 2015, 2015),
    "year:2015..2020": Range("year", 2015, 2020),
    "year:2015-2020": Range("year", 2015, 2020),
    "year:2015–2020": Range("year", 2015, 2020),
    "year:2015..": Range("year", 2015, None),
    "year:..2020": Range("year", None, 2020),
    "year:>=2015": Range("year", 2015, None),
    "year:>2015": Range("year", 2016, None),
    "year:<=2015": Range("year", None, 2015),
    "year:<2000": Range("year", None, 1999),
    "year:*": Range("year", None, None),
    'year:"2015"': Range("year", 2015, 2015),
    "year:(2010 OR 2015..)": Or((Range("year", 2010, 2010), Range("year", 2015, None))),
    "-year:2015": Not(Range("year", 2015, 2015)),
}


@pytest.mark.parametrize(("query", "tree"), [*(OPERATORS | WORDS | TERMS | QUOTED | FIELDS).items()])
def test_a_query_reads_as(query: str, tree: Node) -> None:
    assert parse(query).tree == tree
