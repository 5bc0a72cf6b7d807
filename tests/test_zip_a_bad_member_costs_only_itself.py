"""A member of an archive that hangs or crashes its reader costs that member; the rest of the archive is read."""

import zipfile
from pathlib import Path

from ingest.catalogue import Catalogue
from ingest.document import Status
from ingest.pipeline import ingest
from ingest.report import IngestReport
from ingest.settings import Limits, Settings

HOSTILE = {"text/plain": "hostile_extractors:obey"}


def _index(root: Path, *, seconds: float = 2, obeying: bool = True) -> IngestReport:
    return ingest(
        [root / "in"],
        root / "index_data",
        settings=Settings(limits=Limits(seconds=seconds)),
        jobs=1,
        extractors=HOSTILE if obeying else None,
    )


def _statuses(root: Path) -> dict[str, Status]:
    with Catalogue.open(root / "index_data") as catalogue:
        return {row.path: row.status for row in catalogue.files()}


def test_the_members_around_a_bad_one_are_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    texts = {
        "a.txt": "first words",
        "b.txt": "CRASH",
        "c.txt": "words between",
        "d.txt": "HANG",
        "e.txt": "last words",
    }
    with zipfile.ZipFile(tmp_path / "in" / "a.zip", "w") as archive:
        for name, text in texts.items():
            archive.writestr(name, text)

    report = _index(tmp_path)
    assert _statuses(tmp_path) == {
        "in/a.zip": Status.PARTIAL,
        "in/a.zip/a.txt": Status.OK,
        "in/a.zip/b.txt": Status.CORRUPT,
        "in/a.zip/c.txt": Status.OK,
        "in/a.zip/d.txt": Status.TIMEOUT,
        "in/a.zip/e.txt": Status.OK,
    }
    assert (report.added, report.unreadable) == (3, 2)

    again = _index(tmp_path)
    assert (again.unchanged, again.extracted) == (6, 0)  # they would fail again

    mended = _index(tmp_path, seconds=60, obeying=False)  # another limit is a reason to try, and now they read
    assert mended.extracted == 2
    assert set(_statuses(tmp_path).values()) == {Status.OK}
