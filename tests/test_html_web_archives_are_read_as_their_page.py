"""A page saved as a web archive (.mhtml) is read like the page in it."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from ingest.document import Status
from ingest.mhtml import extract_mhtml


def archive(html: str, charset: str, *, encoding: str = "quoted-printable", frame_first: bool = False) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Saved page"
    message.add_related(b"\x89PNG", maintype="image", subtype="png")
    parts = [EmailMessage()]
    parts[0].set_content(html, subtype="html", charset=charset, cte=encoding)
    parts[0]["Content-Location"] = "https://example.org/kilns"
    parts[0]["Content-ID"] = "<page@x>"
    if frame_first:
        parts.insert(0, EmailMessage())
        parts[0].set_content("<p>An advertisement</p>", subtype="html")
    for part in parts:
        message.attach(part)
    if frame_first:
        message.set_param("start", "<page@x>")
    return message.as_bytes()


def test_text_and_address_of_the_page(tmp_path: Path) -> None:
    path = tmp_path / "kilns.mhtml"
    for charset, encoding in (("utf-8", "quoted-printable"), ("windows-1251", "base64")):
        path.write_bytes(archive("<h1>Kilns</h1><p>Рабство = debt</p>", charset, encoding=encoding))
        extraction = extract_mhtml(path)
        assert extraction.status is Status.OK
        assert extraction.pages[0].text == "Kilns\n\nРабство = debt"
        assert ("source_url", "https://example.org/kilns") in [(c.field, c.value) for c in extraction.claims]


def test_the_start_part_is_the_page(tmp_path: Path) -> None:
    path = tmp_path / "kilns.mht"
    path.write_bytes(archive("<p>The page itself.</p>", "utf-8", frame_first=True))
    assert extract_mhtml(path).pages[0].text == "The page itself."


def test_an_archive_without_a_page_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.mhtml"
    for data, status in (
        (b"", Status.EMPTY),
        (b"\xff\xfe\x00garbage", Status.CORRUPT),
        (b"Subject: x\n\ny", Status.CORRUPT),
    ):
        path.write_bytes(data)
        assert extract_mhtml(path).status is status
    assert extract_mhtml(tmp_path / "gone.mhtml").status is Status.UNREADABLE
