"""Shown text holds what the page shows: letters for ligatures, no control characters, superscripts as printed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pagetext import clean_pages
from ingest.rtl import logical_order
from ingest.textquality import text_quality


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("traﬃcking oﬃce ﬂow", "trafficking office flow"),
        ("5 km² of H₂O, ½ and ™", "5 km² of H₂O, ½ and ™"),
        ("ｆｕｌｌ", "ｆｕｌｌ"),
        ("one\x00two\x07 three\x1b[31m", "onetwo three[31m"),
        ("a\u00a0b\u2009c\td", "a b c d"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("\uf0b7 first\n\uf0a7 second", "• first\n▪ second"),
        ("\uf8f5odd", "odd"),
        ("⼈口", "人口"),
        ("ﻣﻜﺎﻓﺤﺔ", "مكافحة"),
        ("cafe\u0301", "café"),
        ("关 于 红 军 作 战", "关于红军作战"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("First\x0cSecond", "First\nSecond"),
    ],
)
def test_characters(raw: str, shown: str) -> None:
    assert clean_pages([raw]) == [shown]


def test_lines_run_on_where_they_fill_the_page() -> None:
    page = (
        "A heading\r\n"
        "The first sentence of the paragraph is long enough to fill the whole line of the\r\n"
        "page, so that it runs on into the second line, which is long as well, and then it\r\n"
        "ends.\r\n"
        "Another paragraph begins here and goes on and on until it reaches the end of the\r\n"
        "• a list item\r\n"
        "• another one"
    )
    assert clean_pages([page])[0].split("\n") == [
        "A heading",
        "The first sentence of the paragraph is long enough to fill the whole line of the page, so that it runs "
        "on into the second line, which is long as well, and then it ends.",
        "",
        "Another paragraph begins here and goes on and on until it reaches the end of the",
        "• a list item",
        "• another one",
    ]


def test_right_to_left_text_in_visual_order_is_turned() -> None:
    read = "مكافحة الاتجار بالأشخاص (2016) في المدرسة"
    assert logical_order(read) == read
    assert logical_order("ةسردملا يف (2016) صاخشألاب راجتالا ةحفاكم") == read
    hebrew = "האדם של העובדים והילדים בעולם"
    assert logical_order(hebrew[::-1]) == hebrew
    assert logical_order("plain text") == "plain text"


def test_quality_tells_text_from_noise() -> None:
    prose = "The inspectors found children at work in nine of the twelve brick kilns they visited."
    assert text_quality(prose) == 1.0
    assert text_quality("") == 1.0
    assert text_quality("儿童权利公约第三十二条") == 1.0
    assert text_quality("关 于 红 军 作 战 的 原 则") == 1.0
    assert text_quality("T h e i n s p e c t o r s f o u n d c h i l d r e n") < 0.2
    assert text_quality(prose.replace(" ", "")[:70]) < 0.2
    assert text_quality("(cid:12)(cid:7)(cid:99) (cid:3)") < 0.2
    assert text_quality("\ue001\ue002\ufffd\ufffd\x01\x02") == 0.0
    assert text_quality("£± ÄÂÎÊÌâµÄÒâ¼û ¹ØÓÚºì¾ü×÷Õ½") < 0.6
    assert text_quality((prose * 2).translate(str.maketrans("aeiouyAEIOUY", "xkxkxkXKXKXK"))) < 0.5
    assert (
        text_quality("Les enfants ont été privés de leur liberté dès l’âge où l’école est censée être gratuite.")
        == 1.0
    )


@given(st.lists(st.text(max_size=200), max_size=4))
def test_any_text_comes_out_fit_to_show(pages: list[str]) -> None:
    cleaned = clean_pages(pages)
    assert len(cleaned) == len(pages)
    for page in cleaned:
        assert page == page.strip()
        assert not any(unicodedata.category(char) in {"Cc", "Co", "Cs"} and char != "\n" for char in page)
        assert "\n\n\n" not in page
        assert "  " not in page
    assert all(0.0 <= text_quality(page) <= 1.0 for page in pages)
