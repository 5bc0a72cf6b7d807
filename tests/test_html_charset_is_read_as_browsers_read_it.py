"""A page's letters are right whatever encoding it was saved in, as they are in a browser."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.charset import codec_of, decode_html
from ingest.html import extract_html_bytes


def page(charset: str, body: str, encoding: str, how: str = "meta") -> bytes:
    declaration = {
        "meta": f'<meta charset="{charset}">',
        "http-equiv": f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">',
        "none": "",
    }[how]
    return f"<html><head>{declaration}<title>t</title></head><body><p>{body}</p></body></html>".encode(encoding)


@pytest.mark.parametrize(
    ("label", "body", "saved_as"),
    [
        ("utf-8", "Señora café naïve", "utf-8"),
        ("iso-8859-1", "“curly quotes” – € 5", "cp1252"),
        ("latin1", "“enfants” œuvre", "cp1252"),
        ("us-ascii", "It’s", "cp1252"),
        ("windows-1251", "торговля людьми", "cp1251"),
        ("koi8-r", "рабство", "koi8_r"),
        ("windows-1256", "الاتجار بالبشر", "cp1256"),
        ("iso-8859-9", "çocuk işçiliği", "cp1254"),
        ("gb2312", "强迫劳动 镕", "gb18030"),
        ("big5", "人口販運", "big5"),
        ("shift_jis", "人身取引 ①", "cp932"),
        ("euc-jp", "人身取引", "euc_jp"),
        ("ks_c_5601-1987", "인신매매 똠", "cp949"),
        ("tis-620", "การค้ามนุษย์", "cp874"),
        ("x-cp1250", "dziecięca", "cp1250"),
    ],
)
@pytest.mark.parametrize("how", ["meta", "http-equiv"])
def test_the_label_means_what_the_web_means_by_it(label: str, body: str, saved_as: str, how: str) -> None:
    assert body in decode_html(page(label, body, saved_as, how)).text


def test_a_byte_order_mark_beats_the_declaration() -> None:
    data = codecs.BOM_UTF8 + page("windows-1251", "naïve", "utf-8")
    assert decode_html(data).encoding == "utf-8"
    assert "naïve" in decode_html(data).text
    assert not decode_html(data).text.startswith("\ufeff")


def test_utf16_is_read_with_and_without_a_mark() -> None:
    for encoding, mark in (("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE)):
        data = page("utf-16", "Дети и naïve", encoding)
        assert "Дети и naïve" in decode_html(mark + data).text
        assert "Дети и naïve" in decode_html(data).text


def test_a_page_that_declares_utf16_in_ascii_is_utf8() -> None:
    assert "naïve" in decode_html(page("utf-16", "naïve", "utf-8")).text


def test_xhtml_says_it_in_the_xml_declaration() -> None:
    data = '<?xml version="1.0" encoding="windows-1251"?><html><body><p>рабство</p></body></html>'.encode("cp1251")
    extraction = extract_html_bytes(data, name="a.xhtml")
    assert extraction.pages[0].text == "рабство"
    assert extraction.media_type == "application/xhtml+xml"


def test_a_declaration_in_a_comment_or_far_down_does_not_count() -> None:
    assert "é" in decode_html(b'<!-- <meta charset="windows-1251"> --><p>' + "é".encode()).text
    far = b"<p>" + b" " * 1100 + b'<meta charset="windows-1251">' + "é".encode()
    assert "é" in decode_html(far).text


def test_a_page_saved_as_utf8_with_its_old_declaration_is_utf8() -> None:
    assert "Señora “x”" in decode_html(page("iso-8859-1", "Señora “x”", "utf-8")).text


def test_bad_bytes_in_utf8_are_replaced_and_counted() -> None:
    data = page("utf-8", "Trafficking", "utf-8").replace(b"Traff", b"\xff\xfeTraff")
    extraction = extract_html_bytes(data)
    assert "Trafficking" in extraction.pages[0].text
    assert any(warning.startswith("2 characters did not decode") for warning in extraction.warnings)


def test_an_encoding_that_does_not_exist_is_named_in_a_warning() -> None:
    decoded = decode_html(page("utf-99", "naïve", "utf-8"))
    assert "naïve" in decoded.text
    assert "utf-99" in decoded.warning


def test_undeclared_text_is_guessed() -> None:
    russian = "Принудительный труд и торговля людьми остаются серьёзной проблемой во многих странах мира. " * 5
    assert "торговля людьми" in decode_html(page("", russian, "cp1251", "none")).text
    french = "Les enfants réfugiés ont été protégés à l’école, où l’on a créé un comité. " * 5
    assert "réfugiés ont été" in decode_html(page("", french, "cp1252", "none")).text


def test_codecs_that_make_no_text_are_no_charsets() -> None:
    assert codec_of("rot13") is None
    assert codec_of("base64") is None


@given(st.binary(max_size=400))
def test_any_bytes_decode(data: bytes) -> None:
    assert isinstance(decode_html(data).text, str)
