"""A zip archive of documents is walked like a folder, and only what is new in it is read."""

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from dossier_command import dossier
from pdf_making import write_pages
from scans import needs_tesseract, write_scan

from ingest.catalogue import Catalogue, FileRow
from ingest.document import Status
from ingest.pipeline import ingest
from ingest.report import IngestReport
from ingest.settings import Limits, Settings

ENCRYPTED_FLAG = 1


def write_zip(path: Path, members: Mapping[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return path


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    return tmp_path


def _run(limits: Limits | None = None) -> IngestReport:
    return ingest([Path("in")], Path("index_data"), settings=Settings(limits=limits or Limits()), jobs=1)


def _rows() -> dict[str, FileRow]:
    with Catalogue.open(Path("index_data")) as catalogue:
        return {row.path: row for row in catalogue.files()}


def _pdf(*lines: str) -> bytes:
    return write_pages(Path("page.pdf"), [lines]).read_bytes()


def test_members_are_found_shown_and_filtered_by_their_path() -> None:
    write_zip(
        Path("in/reports.zip"),
        {
            "asia/kilns.pdf": _pdf("Debt bondage in the brick kilns"),
            "notes.txt": "Notes on fishing fleets and crews",
            "__MACOSX/asia/._kilns.pdf": b"\0\5",
            ".DS_Store": b"x",
            "photo.png": b"\x89PNG....",
        },
    )
    assert dossier("index", "in").status == 0
    assert "in/reports.zip/asia/kilns.pdf, page 1" in dossier("search", "bondage").out
    assert "in/reports.zip/notes.txt" in dossier("search", "fleets", "path:in/reports.zip").out
    assert "Debt bondage in the brick kilns" in dossier("show", "in/reports.zip/asia/kilns.pdf").out
    rows = _rows()
    assert set(rows) == {"in/reports.zip"} | {
        f"in/reports.zip/{name}" for name in ("asia/kilns.pdf", "notes.txt", "photo.png")
    }
    assert rows["in/reports.zip/photo.png"].status is Status.UNSUPPORTED
    with Catalogue.open(Path("index_data")) as catalogue:
        assert catalogue.file_path("in/reports.zip/asia/kilns.pdf") == Path.cwd() / "in/reports.zip"


def test_an_unchanged_archive_is_not_opened_again() -> None:
    archive = write_zip(Path("in/a.zip"), {"a.txt": "first text", "b.txt": "second text"})
    assert _run().added == 2
    times = os.stat(archive)
    archive.write_bytes(b"\0" * times.st_size)
    os.utime(archive, ns=(times.st_atime_ns, times.st_mtime_ns))
    again = _run()
    assert (again.unchanged, again.extracted, again.removed, again.problems) == (3, 0, 0, ())


def test_of_a_changed_archive_only_new_contents_are_read() -> None:
    write_zip(Path("in/a.zip"), {"same.txt": "stays as it is", "old.txt": "goes", "edit.txt": "version one"})
    _run()
    write_zip(
        Path("in/a.zip"), {"same.txt": "stays as it is", "new.txt": "comes", "edit.txt": "version two, longer"}
    )
    report = _run()
    assert (report.extracted, report.added, report.changed, report.removed, report.touched) == (2, 1, 1, 1, 1)
    assert set(_rows()) == {"in/a.zip", "in/a.zip/same.txt", "in/a.zip/new.txt", "in/a.zip/edit.txt"}


def test_what_is_unpacked_or_renamed_has_moved_and_a_deleted_archive_takes_its_documents_along() -> None:
    archive = write_zip(Path("in/a.zip"), {"a.txt": "first text", "b.txt": "second text"})
    _run()
    archive.rename("in/b.zip")
    moved = _run()
    assert (moved.moved, moved.extracted) == (2, 0)
    Path("in/b.zip").unlink()
    Path("in/a.txt").write_text("first text", encoding="utf-8")
    report = _run()
    assert (report.moved, report.removed, report.extracted) == (1, 1, 0)
    assert set(_rows()) == {"in/a.txt"}


def test_the_same_content_inside_and_outside_is_one_document() -> None:
    Path("in/a.txt").write_text("one and the same text", encoding="utf-8")
    _run()
    write_zip(Path("in/a.zip"), {"copy.txt": "one and the same text"})
    report = _run()
    assert (report.copied, report.extracted) == (1, 0)
    with Catalogue.open(Path("index_data")) as catalogue:
        document = catalogue.document("in/a.txt")
        assert document is not None
        assert document.paths == ("in/a.txt", "in/a.zip/copy.txt")


def test_a_dry_run_counts_what_is_inside() -> None:
    write_zip(Path("in/a.zip"), {"a.txt": "first text", "b.txt": "second text"})
    report = ingest([Path("in")], Path("index_data"), dry_run=True)
    assert (report.added, Path("index_data").exists()) == (2, False)


def test_names_that_lead_elsewhere_only_name() -> None:
    write_zip(
        Path("in/a.zip"), {"../../outside.txt": "climbing up", "/etc/abs.txt": "from the root", "w\\in.txt": "w"}
    )
    _run()
    assert set(_rows()) == {"in/a.zip", "in/a.zip/outside.txt", "in/a.zip/etc/abs.txt", "in/a.zip/w/in.txt"}
    assert not list(Path.cwd().parent.glob("outside.txt"))


def test_encrypted_members_and_archives_say_so() -> None:
    def encrypted(members: dict[str, str], which: set[str]) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
                if name in which:
                    archive.getinfo(name).flag_bits |= ENCRYPTED_FLAG
        return made.getvalue()

    Path("in/all.zip").write_bytes(encrypted({"a.txt": "x"}, {"a.txt"}))
    Path("in/some.zip").write_bytes(encrypted({"a.txt": "open words", "b.txt": "x"}, {"b.txt"}))
    _run()
    rows = _rows()
    assert rows["in/all.zip"].status is Status.ENCRYPTED
    assert rows["in/some.zip/a.txt"].status is Status.OK
    assert rows["in/some.zip/b.txt"].status is Status.ENCRYPTED
    assert rows["in/some.zip"].status is Status.PARTIAL
    assert "b.txt" in rows["in/some.zip"].reason
    assert "unpack" in rows["in/all.zip"].next_step
    assert "unpack" in rows["in/some.zip/b.txt"].next_step


def test_bombs_are_put_out() -> None:
    limits = Limits(file=4 * 2**20)
    write_zip(
        Path("in/bomb.zip"),
        {"ratio.txt": "\0" * (3 * 2**20), "large.txt": "x" * (5 * 2**20), "good.txt": "words that are read"},
    )
    lines = "".join(os.urandom(20).hex() + "x" * 400 for _ in range(7_000))  # 3 MiB, packed to a twentieth
    write_zip(Path("in/many.zip"), {f"{number:02}.txt": f"{number} {lines}" for number in range(12)})
    _run(limits)
    rows = _rows()
    assert {rows[f"in/bomb.zip/{name}.txt"].status for name in ("ratio", "large")} == {Status.TOO_LARGE}
    assert "200 times" in rows["in/bomb.zip/ratio.txt"].reason
    assert rows["in/bomb.zip/good.txt"].status is Status.OK
    kept = [row.status for path, row in rows.items() if path.startswith("in/many.zip/")]
    assert Status.OK in kept
    assert "32 MiB in all" in rows["in/many.zip/11.txt"].reason


def test_archives_in_archives_and_what_only_looks_like_one_are_told() -> None:
    inner = write_zip(Path("inner.zip"), {"deep.txt": "deep down"}).read_bytes()
    write_zip(Path("in/outer.zip"), {"inner.zip": inner, "report.docx": inner, "a.txt": "text"})
    Path("in/broken.zip").write_bytes(inner[:40])
    Path("in/page.zip").write_text("<!doctype html><title>T</title><p>A page by another name", encoding="utf-8")
    _run()
    rows = _rows()
    assert "an archive in an archive" in rows["in/outer.zip/inner.zip"].reason
    assert rows["in/outer.zip/report.docx"].status is Status.UNSUPPORTED
    assert rows["in/outer.zip"].status is Status.OK
    assert rows["in/broken.zip"].status is Status.CORRUPT
    assert rows["in/page.zip"].media_type == "text/html"


@needs_tesseract
def test_scans_in_archives_are_read_too() -> None:
    scan = write_scan(Path("scan.pdf"), [["Nineteen kilns stand along the river bank"]])
    write_zip(Path("in/a.zip"), {"scans/scan.pdf": scan.read_bytes()})
    Path("dossier.toml").write_text('[ocr]\nlanguages = ["eng"]\n', encoding="utf-8")
    assert dossier("index", "--ocr", "in").status == 0
    assert "in/a.zip/scans/scan.pdf, page 1" in dossier("search", "nineteen kilns").out
