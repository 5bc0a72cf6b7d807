"""A byte that is no text in the catalogue's list of tables, which SQLite quotes in its error, ends in a sentence."""

from __future__ import annotations

from pathlib import Path

from libraries import library, record

from ingest.catalogue import Catalogue
from ingest.catalogue_schema import FILE_NAME
from ingest.errors import DossierError


def test_wherever_the_byte_stands(tmp_path: Path) -> None:
    library(tmp_path, {"a.pdf": record("kiln")})
    file = tmp_path / FILE_NAME
    whole = file.read_bytes()
    said = set()
    places = [at for at in range(100, len(whole), 13) if whole.rfind(b"CREATE ", max(0, at - 400), at + 60) >= 0]
    assert len(places) > 200
    for at in places:
        file.write_bytes(whole[:at] + b"\xf8" + whole[at + 1 :])
        try:
            Catalogue.open(tmp_path).close()
        except DossierError as error:
            said.add(str(error))
    assert any("is no text" in sentence for sentence in said)
    assert [sentence for sentence in said if FILE_NAME not in sentence or "\n" in sentence] == []
