"""A report on a country names that country on more pages than any other."""

from pathlib import Path

import pytest

from ingest.mentions import mentions
from ingest.regions import resolve

REPORTS = ["Bangladesh", "Guinea-Bissau", "Niger", "Georgia", "Jordan", "Chad", "Turkey", "Congo, Republic of the"]


@pytest.mark.parametrize("name", REPORTS)
def test_the_country_of_the_report(corpora: Path, name: str) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    path = corpora / "domain" / "pdf" / f"{name}.pdf"
    if not path.exists():
        pytest.skip(f"{path.name} is not among the real files")
    document = pdfium.PdfDocument(path)
    counts = mentions([page.get_textpage().get_text_bounded() for page in document], "en")
    document.close()
    region = resolve(name)
    assert region is not None
    assert counts[region.key] == max(counts.values())
