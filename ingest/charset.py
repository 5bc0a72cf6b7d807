"""The bytes of a web page as text, decided as browsers decide.

Rule, the first that answers: a byte order mark; what came with the page (the header of an archive's part); what
the page declares in its first 1,024 bytes (`<meta charset>`,
`<meta http-equiv="Content-Type">`, then the XML declaration), with the label meaning what the WHATWG Encoding
Standard (https://encoding.spec.whatwg.org/#names-and-labels) says it means: `iso-8859-1` is windows-1252,
`gb2312` is gb18030; UTF-8 where the bytes are valid UTF-8; a guess by charset-normalizer; windows-1252.
A declared encoding that the bytes contradict is followed all the same, as browsers do, with one exception: where
a legacy encoding is declared but the bytes are well-formed UTF-8 beyond ASCII, they are UTF-8 (a page saved by a
browser is re-encoded and keeps its old declaration; by chance this does not happen). Bytes that do not decode
become U+FFFD and are counted in the warning.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

DECLARATION_WINDOW = 1024
GUESS_WINDOW = 64 * 1024

#: Where the label's meaning on the web is not the one Python gives it. Keys are compared without `-`, `_`, spaces.
_WEB_MEANING = {
    **dict.fromkeys(
        (
            "ascii",
            "usascii",
            "ansix3.41968",
            "iso88591",
            "iso88591:1987",
            "latin1",
            "l1",
            "ibm819",
            "cp819",
            "isoir100",
            "csisolatin1",
            "xcp1252",
            "cp1252",
            "windows1252",
        ),
        "cp1252",
    ),
    **dict.fromkeys(("iso88599", "iso88599:1989", "latin5", "l5", "isoir148", "csisolatin5", "xcp1254"), "cp1254"),
    **dict.fromkeys(("iso885911", "tis620", "dos874", "windows874"), "cp874"),
    **dict.fromkeys(
        ("gb2312", "gbk", "xgbk", "chinese", "csgb2312", "gb231280", "isoir58", "csiso58gb231280"), "gb18030"
    ),
    **dict.fromkeys(("shiftjis", "sjis", "xsjis", "mskanji", "windows31j", "ms932", "csshiftjis"), "cp932"),
    **dict.fromkeys(
        ("euckr", "ksc56011987", "ksc5601", "ksc56011989", "korean", "cseuckr", "windows949"), "cp949"
    ),
    **dict.fromkeys(("big5", "cnbig5", "xxbig5", "csbig5", "big5hkscs"), "big5hkscs"),
    **dict.fromkeys(("xeucjp",), "euc_jp"),
    **dict.fromkeys(("koi8", "koi", "koi8r", "cskoi8r"), "koi8_r"),
    **dict.fromkeys(("koi8ru",), "koi8_u"),
    **dict.fromkeys(("iso88598i", "iso88598e", "logical", "visual"), "iso8859_8"),
    **dict.fromkeys(("xmaccyrillic", "xmacukrainian"), "mac_cyrillic"),
    **dict.fromkeys(("macintosh", "mac", "xmacroman", "csmacintosh"), "mac_roman"),
    **{f"xcp{page}": f"cp{page}" for page in (1250, 1251, 1253, 1255, 1256, 1257, 1258)},
    # A page that can be read far enough to find its declaration is not UTF-16: the standard reads UTF-8 then.
    **dict.fromkeys(("utf16", "utf16le", "utf16be", "unicode", "ucs2", "utf32", "xuserdefined"), "utf-8"),
}
_GUESSES = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp874", "koi8_r", "cp932"]
_GUESSES += ["euc_jp", "gb18030", "big5", "cp949"]

#: Codecs of Python that no page is written in: some raise whatever the bytes are, UTF-7 hides markup.
_NO_WEB = frozenset(
    ("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7", "mbcs", "oem")
)

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9_.:\-]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9_.:\-]+)", re.IGNORECASE)
_CODE = re.compile(rb"<(script|style)\b")
_TAG = re.compile(rb"<[^<>]*>")
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The page's text, the Python codec it was read by, and a sentence where the bytes did not all fit."""

    text: str
    encoding: str
    warning: str = ""


def codec_of(label: str) -> str | None:
    """The Python codec for an encoding label as the web understands it ("latin1" -> "cp1252"), or None."""
    key = re.sub(r"[\s_-]+", "", label.strip().lower())
    try:
        info = codecs.lookup(_WEB_MEANING.get(key, label.strip()))
    except (LookupError, ValueError):
        return None
    # Python also registers codecs such as rot13 and zlib, which make no text out of bytes.
    return info.name if getattr(info, "_is_text_encoding", True) and info.name not in _NO_WEB else None


def declared_label(data: bytes) -> str | None:
    """The encoding label that the page declares about itself, as written, or None."""
    window = _COMMENT.sub(b"", data[:DECLARATION_WINDOW])
    found = _META.search(window) or _XML.search(window)
    return found[1].decode("ascii") if found else None


def decode_html(data: bytes, *, header: str | None = None) -> Decoded:
    """Decode a page's bytes. Never raises; the byte order mark is not part of the text.

    header: the encoding label that came with the page, if any.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], encoding)
    unmarked = _utf16_without_mark(data)
    if unmarked:
        return _decode(data, unmarked)
    label = header if header and codec_of(header) else declared_label(data)
    declared = codec_of(label) if label else None
    unknown = f"the page declares an encoding that does not exist, {label!r}" if label and not declared else ""
    valid_utf8 = _valid_utf8(data)
    if declared and not (valid_utf8 and _is_legacy(declared, data)):
        return _decode(data, declared)
    if valid_utf8:
        return Decoded(data.decode("utf-8"), "utf-8", unknown)
    result = _decode(data, _guess(data))
    return Decoded(result.text, result.encoding, "; ".join(filter(None, (unknown, result.warning))))


def _is_legacy(codec: str, data: bytes) -> bool:
    """Whether the codec is neither UTF-8 nor one whose own bytes are 7-bit, so that valid UTF-8 contradicts it."""
    return codec not in ("utf-8", "iso2022_jp", "hz") and not data.isascii()


def _valid_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 shows in NUL bytes at every other place of the markup's ASCII characters."""
    head = data[:DECLARATION_WINDOW]
    if len(head) < 4:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.7 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    visible = _TAG.sub(b" ", _without_code(data[: 4 * GUESS_WINDOW]))
    best = from_bytes(visible[:GUESS_WINDOW], cp_isolation=_GUESSES, enable_fallback=False).best()
    return (codec_of(best.encoding) if best else None) or "cp1252"


def _without_code(data: bytes) -> bytes:
    """The page without scripts and styles; an unclosed one is left, and all after it."""
    lower, parts, at = data.lower(), [], 0
    for opening in _CODE.finditer(lower):
        if opening.start() >= at:
            end = lower.find(b"</" + opening[1], opening.end())
            if end < 0:
                break
            parts.append(data[at : opening.start()])
            at = end
    return b" ".join((*parts, data[at:]))


def _decode(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, errors="replace")
    bad = text.count("\ufffd")
    warning = f"{bad} characters did not decode as {encoding} and were replaced" if bad else ""
    return Decoded(text, encoding, warning)
