"""What a person sees in the terminal, and what a document cannot make it do."""

from __future__ import annotations

import dataclasses
import io
import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from output_samples import DOCUMENT, FACETS, HOSTILE, PLAIN, RESULT, printed

from output.paths import write_paths
from output.plain_text import clean, display_width, wrap
from output.printer import Report, Table, make_printer
from output.terminal import Look

COLOR = Look(color=True)


def test_a_hit_is_title_place_passage_and_labels() -> None:
    text = printed("text", dataclasses.replace(RESULT, hits=(PLAIN,), facets={}))
    assert text.splitlines() == [
        "1. Trafficking in Human Beings, Especially Women  (2003, OSCE)  [9f2c12ab34cd56ef]",
        "    reports/asia/nepal 2003.pdf, page 12 (and 1 more copy)",
        "    The trafficking of brides is a crime.",
        "    p. 14: Brides are sold.",
        "    tags: bride trafficking, debt bondage; regions: Nepal",
    ]


def test_matched_words_are_coloured_where_they_stand() -> None:
    text = printed("text", look=COLOR)
    assert "The \x1b[1;31mtrafficking\x1b[0m of \x1b[1;31mbrides\x1b[0m is a crime." in text
    assert "\x1b[1;31mTrafficking\x1b[0m\x1b[1m in Human" in text


def test_colour_changes_nothing_but_colour() -> None:
    assert re.sub("\x1b\\[[0-9;]*m", "", printed("text", look=COLOR)) == printed("text")


def test_marks_stay_on_their_words_when_hidden_characters_go() -> None:
    snippet = dataclasses.replace(
        PLAIN.snippets[0], text="\x1b[1m\u202ea \x07slave\xad ship", highlights=((8, 14),)
    )
    text = printed(
        "text", dataclasses.replace(RESULT, hits=(dataclasses.replace(PLAIN, snippets=(snippet,)),)), look=COLOR
    )
    assert "    [1ma \x1b[1;31mslave\x1b[0m ship\n" in text


def test_a_document_cannot_steer_the_terminal() -> None:
    nasty = "a\x1b]0;title\x07\x1b[2J\x9b31m\u202e\u2066\u200f\x00\x7f\r\nb\u2028c\udcff"
    hit = dataclasses.replace(
        HOSTILE, title=nasty, path=nasty, tags=(nasty,), regions=(nasty,), publisher=nasty, summary=nasty
    )
    result = dataclasses.replace(
        RESULT,
        hits=(hit,),
        interpreted=nasty,
        suggestions=(nasty,),
        warnings=(nasty,),
        explanation={nasty: [nasty]},
    )
    stream = io.StringIO()
    printer = make_printer("text", stream, notes=stream)
    printer.search(result)
    printer.document(dataclasses.replace(DOCUMENT, title=nasty, reason=nasty, paths=(nasty,), tags=(nasty,)))
    printer.report(Report({nasty: nasty}, Table("t", (nasty,), [(nasty,)], title=nasty)))
    text = stream.getvalue()
    assert not [char for char in text if char < " " and char != "\n"]
    assert not set(text) & set("\x7f\x9b\u202e\u2066\u200f\u2028\udcff")
    text.encode("utf-8")


@given(st.text(st.characters(codec=None)))
def test_any_text_is_clean_after_cleaning(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.encode("utf-8").decode("utf-8").splitlines() in ([], [cleaned])
    assert clean(cleaned) == cleaned


def test_persian_and_emoji_keep_their_joiners() -> None:
    assert clean("می‌خواهم 👩‍👧") == "می‌خواهم 👩‍👧"


@pytest.mark.parametrize(
    ("text", "cells"),
    [("slave", 5), ("人身売買", 8), ("cafe\u0301", 4), ("한국", 4), ("أطفال", 5), ("عُمَان", 4), ("ｱ", 1)],
)
def test_a_text_is_as_wide_as_the_terminal_shows_it(text: str, cells: int) -> None:
    assert display_width(text) == cells


def test_chinese_is_wrapped_by_its_width_and_an_accent_stays_with_its_letter() -> None:
    text = "人身売買の被害者"
    assert [text[start:end] for start, end in wrap(text, 5)] == ["人身", "売買", "の被", "害者"]
    accents = "e\u0301" * 7
    assert [accents[start:end] for start, end in wrap(accents, 3)] == ["e\u0301" * 3, "e\u0301" * 3, "e\u0301"]


@given(st.text("ab 人e\u0301", max_size=80), st.integers(2, 20))
def test_wrapping_loses_no_letter_and_keeps_to_the_width(text: str, width: int) -> None:
    lines = [text[start:end] for start, end in wrap(text, width)]
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(display_width(line) <= width for line in lines)
    assert all(line.strip() for line in lines)


def test_lines_keep_to_the_terminal_but_paths_stay_whole() -> None:
    long = dataclasses.replace(PLAIN, path="a/" * 60 + "b.pdf", title="Word " * 30)
    lines = printed("text", dataclasses.replace(RESULT, hits=(long, HOSTILE)), look=Look(width=60)).splitlines()
    assert [line for line in lines if display_width(line) > 60] == [
        "    " + "a/" * 60 + "b.pdf, page 12 (and 1 more copy)"
    ]


def test_the_count_says_what_part_is_shown() -> None:
    stream = io.StringIO()
    printer = make_printer("text", stream, notes=stream)
    printer.search(RESULT)
    assert stream.getvalue().startswith('42 documents match bride* AND "sold"; 1 to 2 are shown (1.9 ms)\n\n1. ')
    assert stream.getvalue().endswith(
        "\nwarning: and is a word here, not an operator\nhint: without the region Asia: 12 documents\n"
    )


@pytest.mark.parametrize(
    ("total", "said"), [(0, "No document matches x (1.0 ms)"), (1, "1 document matches x (1.0 ms)")]
)
def test_none_and_one_are_said_in_words(total: int, said: str) -> None:
    notes = io.StringIO()
    result = dataclasses.replace(RESULT, total=total, hits=(PLAIN,) * total, interpreted="x", took_ms=1, facets={})
    make_printer("text", io.StringIO(), notes=notes).search(
        dataclasses.replace(result, warnings=(), suggestions=())
    )
    assert notes.getvalue() == said + "\n"


def test_a_pipe_holds_results_only_and_remarks_there_are_never_painted() -> None:
    stream, notes = io.StringIO(), io.StringIO()
    make_printer("text", stream, notes=notes, look=COLOR).search(RESULT)
    assert "documents match" not in stream.getvalue()
    assert "\x1b" not in notes.getvalue()


def test_a_document_shows_its_record_then_its_pages() -> None:
    stream = io.StringIO()
    make_printer("text", stream).document(DOCUMENT)
    text = stream.getvalue()
    assert text.startswith(
        "A report\n  id         9f2c12ab34cd56ef\n  path       reports/a.pdf\n             b.pdf\n"
    )
    assert "  status     partial: 2 of 9 pages could not be read\n" in text
    assert "\n--- page 3 (iii) ---\nFirst line\n[2Jsecond, line\n" in text
    assert "publisher" not in text


def test_facets_are_an_indented_tree_with_counts_in_line() -> None:
    stream = io.StringIO()
    make_printer("text", stream).facets(FACETS)
    assert stream.getvalue() == "region\n  Asia     7\n    Nepal  1\n  Global   2\n\nyear\n  2003  1,200\n"


def test_tables_line_up_with_numbers_to_the_right_and_wide_characters() -> None:
    stream = io.StringIO()
    rows = [("人身.pdf", 7, "It is empty."), ("a.pdf", 1200, "It needs a password that we do not have.")]
    make_printer("text", stream, look=Look(width=40)).report(
        Report({"files": 2}, Table("problems", ("path", "pages", "reason"), rows, title="Problems"))
    )
    assert stream.getvalue().splitlines() == [
        "  files  2",
        "",
        "Problems",
        "path      pages  reason",
        "人身.pdf      7  It is empty.",
        "a.pdf      1200  It needs a password",
        "                 that we do not have.",
    ]


def test_a_reason_is_readable_beside_a_long_path() -> None:
    stream = io.StringIO()
    rows = [("a/" * 30 + "b.pdf", "encrypted", "It needs a password that we do not have, so it is not searched.")]
    make_printer("text", stream, look=Look(width=60)).report(
        Report({}, Table("p", ("path", "status", "reason"), rows))
    )
    assert stream.getvalue().splitlines() == [
        "path  status",
        "    reason",
        "a/" * 30 + "b.pdf  encrypted",
        "    It needs a password that we do not have, so it is not",
        "    searched.",
    ]


def test_links_open_the_page_and_only_where_they_are_known() -> None:
    text = printed("text", look=Look(color=True, links=True))
    address = "file://" + os.path.abspath("reports/asia").replace(" ", "%20") + "/nepal%202003.pdf#page=12"
    assert f"\x1b]8;;{address}\x1b\\" in text
    assert "odd%20%FF%2C%20%22name%22.pdf\x1b\\" in text
    assert "\x1b]8" not in printed("text", look=COLOR)


def test_paths_alone_are_bytes_for_the_next_program() -> None:
    stream = io.BytesIO()
    write_paths(["a b.pdf", os.fsdecode(b"odd \xff.pdf"), "a b.pdf"], stream)
    assert stream.getvalue() == b"a b.pdf\nodd \xff.pdf\n"
    stream = io.BytesIO()
    write_paths(["two\nlines.pdf", "b"], stream, nul=True)
    assert stream.getvalue() == b"two\nlines.pdf\0b\0"
