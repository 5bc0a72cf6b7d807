"""Patterns of .dossierignore mean what they mean in .gitignore."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.ignore import IgnoreRules


@pytest.mark.parametrize(
    ("pattern", "matched", "unmatched"),
    [
        ("*.bak", ["a.bak", "x/y/b.bak"], ["a.bak.txt", "bak"]),
        ("/draft.txt", ["draft.txt"], ["x/draft.txt"]),
        ("x/*.txt", ["x/a.txt"], ["x/y/a.txt", "z/x/a.txt"]),
        ("x/**", ["x/a", "x/y/z"], ["x", "y/x/a"]),
        ("**/old", ["old", "a/b/old"], ["old2", "a/cold"]),
        ("a/**/b", ["a/b", "a/x/y/b"], ["a/xb", "b"]),
        ("report?.txt", ["report1.txt"], ["report.txt", "report/.txt"]),
        ("[a-c]x", ["ax", "d/bx"], ["dx", "/x"]),
        ("[!a]x", ["bx"], ["ax"]),
        (r"\#x", ["#x"], ["x"]),
        (r"a\*", ["a*"], ["ab"]),
        ("[x", ["[x"], ["x"]),
        ("# comment", [], ["# comment"]),
        ("trailing   ", ["trailing"], ["trailing   "]),
    ],
)
def test_a_pattern(pattern: str, matched: list[str], unmatched: list[str]) -> None:
    rules = IgnoreRules.parse(pattern)
    assert [path for path in matched if not rules.verdict(path, folder=False)] == []
    assert [path for path in unmatched if rules.verdict(path, folder=False)] == []


def test_the_last_pattern_that_matches_decides() -> None:
    rules = IgnoreRules.parse("*.txt\n!keep.txt\n")
    assert rules.verdict("a.txt", folder=False) is True
    assert rules.verdict("keep.txt", folder=False) is False
    assert rules.verdict("a.pdf", folder=False) is None


def test_a_slash_at_the_end_means_folders() -> None:
    rules = IgnoreRules.parse("old/")
    assert rules.verdict("x/old", folder=True) is True
    assert rules.verdict("x/old", folder=False) is None


pieces = st.lists(
    st.sampled_from(["a", "b", "ab", "*", "?", "**", "a*", "*b", "[ab]", "[!a]"]), min_size=1, max_size=3
)
names = st.lists(st.sampled_from(["a", "b", "ab", "ba", "c", "abc"]), min_size=1, max_size=4)


@settings(max_examples=150)
@given(pieces, st.booleans(), names)
def test_the_verdict_is_that_of_an_independent_implementation(
    pattern: list[str], anchored: bool, path: list[str]
) -> None:
    pathspec = pytest.importorskip("pathspec")
    line = ("/" if anchored else "") + "/".join(pattern)
    reference = pathspec.GitIgnoreSpec.from_lines([line])
    ours = IgnoreRules.parse(line)
    # Git ignores what lies in an ignored folder; here the walk does not go into one.
    prefixes = ["/".join(path[:end]) for end in range(1, len(path) + 1)]
    mine = any(
        ours.verdict(prefix, folder=number < len(prefixes) - 1) is True for number, prefix in enumerate(prefixes)
    )
    assert mine == reference.match_file("/".join(path)), line
