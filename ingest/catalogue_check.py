"""Is the catalogue what Dossier wrote?

Rule: every row is read. SQLite tests its own structure; what it cannot see is tested here: each text against its
checksum, each value against what it may be, each document's record against the claims that it was made from. The
findings are sentences; each says what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from ingest.catalogue import Catalogue
from ingest.catalogue_schema import FILE_NAME, expected_schema
from ingest.document import ID_LENGTH
from ingest.errors import CatalogueDamaged

_MOST = 10
_STEP = "restore it from a backup, or run `dossier rebuild --salvage`"


def check(data_dir: Path) -> list[str]:
    """What is wrong with the catalogue in `data_dir`, in sentences; none when all is well.

    Raises NoLibrary where there is none, DossierError where another version of Dossier wrote it.
    """
    try:
        with Catalogue.open(data_dir) as catalogue:
            catalogue.hold()
            findings = _findings(catalogue)
            first = list(islice(findings, _MOST))
            more = sum(1 for _ in findings)
    except CatalogueDamaged as error:
        return [str(error)]
    return first + ([f"{data_dir / FILE_NAME}: and {more:,} more like these"] if more else [])


def _findings(catalogue: Catalogue) -> Iterator[str]:
    file = catalogue.data_dir / FILE_NAME
    db = catalogue._db
    statements = db.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL")
    made_by = {name: "".join(sql.split()) for name, sql in statements}
    if any(made_by.get(name) != sql for name, sql in expected_schema().items()):
        yield f"{file} is damaged (its tables are not those of a catalogue): {_STEP}"
        return
    broken = [str(said) for (said,) in db.execute("PRAGMA integrity_check") if said != "ok"]
    if broken:
        yield f"{file} is damaged ({broken[0].splitlines()[-1]}; {len(broken)} in all): {_STEP}"
        return  # what stands in it is not worth reading
    loose = db.execute("PRAGMA foreign_key_check").fetchall()
    if loose:
        yield f"{file} is damaged ({len(loose)} rows belong to no document): {_STEP}"
    (strange,) = db.execute(
        "SELECT count(*) FROM files JOIN documents ON id = document_id WHERE files.sha256 <> documents.sha256"
    ).fetchone()
    if strange:
        yield f"{file} is damaged ({strange} files are not what their documents were read from): {_STEP}"
    yield from _damage(lambda: (list(catalogue.files()), catalogue.revision, catalogue.purged_revision))
    comparable = _same_rules(catalogue)
    # One that is to be read again (`ingest.salvage`) has no engine and may be incomplete until then.
    rows = db.execute(
        "SELECT id, sha256, page_count, status = 'partial' AND engine = '' FROM documents ORDER BY number"
    ).fetchall()
    for document_id, sha256, page_count, known_loss in rows:
        found = list(_damage(lambda: _read(catalogue, document_id)))  # noqa: B023 - called at once
        yield from found
        if found:
            continue
        pages = db.execute("SELECT count(*) FROM pages WHERE document_id = ?", (document_id,)).fetchone()[0]
        if sha256[:ID_LENGTH] != document_id or (pages not in (0, page_count) and not known_loss):
            yield f"{file} is damaged (document {document_id} is not complete): {_STEP}"
        elif comparable and catalogue.has_paths(document_id) and not _record_is_right(catalogue, document_id):
            yield f"{file} is damaged (what is said of document {document_id} has changed): {_STEP}"


def _damage(read: Callable[[], object]) -> Iterator[str]:
    try:
        read()
    except CatalogueDamaged as error:
        yield str(error)


def _read(catalogue: Catalogue, document_id: str) -> None:
    """Read all that is known of a document. Raises CatalogueDamaged."""
    catalogue.documents([document_id])
    for _ in catalogue.pages(document_id):
        pass
    for parts in (catalogue.all_claims, catalogue.entries, catalogue.outline, catalogue.links, catalogue.warnings):
        list(parts(document_id))


def _same_rules(catalogue: Catalogue) -> bool:
    """Whether records were made by the rules that are in force now, so that they can be made once more."""
    from ingest.metadata import VERSION

    made_by = catalogue.note("record_versions")
    return not made_by or made_by.endswith(f", rules {VERSION}")


def _record_is_right(catalogue: Catalogue, document_id: str) -> bool:
    document = catalogue.documents([document_id])[document_id]
    fields = asdict(catalogue.fields(document_id))
    return list(document.paths) == catalogue.paths(document_id) and all(
        getattr(document, name) == value for name, value in fields.items()
    )
