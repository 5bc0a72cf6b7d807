"""Real reports read as their readers know them (skipped where the shared files are absent)."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.document import Status
from ingest.pdf import extract_pdf

SUMMIT = "A-71-353 - SG Report on the Outcome of the WHS"


def test_a_united_nations_report(corpora: Path) -> None:
    extraction = extract_pdf(corpora / "domain" / "pdf" / f"{SUMMIT}.pdf")
    assert extraction.status is Status.OK
    assert len(extraction.pages) == 22
    titles = [claim.value for claim in extraction.claims if claim.field == "title"]
    assert titles == ["Outcome of the World Humanitarian Summit"]
    second = extraction.pages[1].text
    assert "I convened the first World Humanitarian Summit in Istanbul, Turkey: the first time" in second
    assert not any("16-12603" in page.text for page in extraction.pages[2:])
    assert sum("A/71/353" in page.text.split("\n", maxsplit=1)[0] for page in extraction.pages[1:]) == 1


@pytest.mark.parametrize(
    ("language", "phrase"),
    [
        ("French", "action humanitaire"),
        ("Russian", "гуманитарной помощи"),
        ("Chinese", "世界人道主义首脑会议"),
        ("Spanish", "asistencia humanitaria"),
    ],
)
def test_the_same_report_in_other_languages(corpora: Path, language: str, phrase: str) -> None:
    extraction = extract_pdf(corpora / "domain" / "pdf" / f"{SUMMIT} ({language}).pdf")
    text = " ".join(page.text for page in extraction.pages)
    assert phrase in text
    assert min(page.quality for page in extraction.pages) > 0.9


def test_a_two_column_paper_reads_down_its_columns(corpora: Path) -> None:
    extraction = extract_pdf(corpora / "pdf-robustness" / "pdfminer" / "naacl06-shinyama.pdf")
    text = " ".join(" ".join(page.text.split()) for page in extraction.pages[:1])
    assert extraction.status is Status.OK
    assert text.index("Abstract") < text.index("1 Background") < text.index("it is hard to estimate")


def test_scanned_reports_are_told_as_such(corpora: Path) -> None:
    scans = sorted((corpora / "scanned").glob("*.pdf"))
    assert scans
    for path in scans:
        extraction = extract_pdf(path)
        assert extraction.status is Status.IMAGE_ONLY, path.name
        assert "ocrmypdf" in extraction.reason


def test_owner_passwords_and_user_passwords(corpora: Path) -> None:
    odd = corpora / "pdf-robustness"
    assert extract_pdf(odd / "pdfminer" / "aes-128.pdf").status is Status.ENCRYPTED
    opened = extract_pdf(odd / "pdfminer" / "aes-128.pdf", passwords=["foo"])
    assert opened.status is Status.OK
    assert opened.pages[0].text == "Secret!"
