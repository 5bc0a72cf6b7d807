"""The catalogue's revisions name exactly the documents that an index must add, replace or drop."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ingest.catalogue import Catalogue
from ingest.document import Claim, Extraction, Page, Source, Status


def extraction(text: str, **claims: str) -> Extraction:
    return Extraction(
        status=Status.OK,
        media_type="text/plain",
        pages=(Page(1, text), Page(2, text + " again")),
        claims=tuple(Claim(field, value, Source.FILE) for field, value in claims.items()),
        engine="plain 1",
    )


def add(catalogue: Catalogue, path: str, text: str, **claims: str) -> str:
    """One document in a transaction of its own."""
    with catalogue.transaction():
        document_id = catalogue.put_document(extraction(text, **claims), hashlib.sha256(text.encode()).hexdigest())
        catalogue.attach_path(path, document_id)
    return document_id


@pytest.fixture
def catalogue(tmp_path: Path):
    with Catalogue.open(tmp_path / "data", create=True) as opened:
        yield opened


def test_each_transaction_that_changes_something_is_one_revision(catalogue: Catalogue) -> None:
    first = add(catalogue, "a.txt", "alpha")
    with catalogue.transaction():
        second = catalogue.put_document(extraction("beta"), hashlib.sha256(b"beta").hexdigest())
        catalogue.attach_path("b.txt", second)
        third = catalogue.put_document(extraction("gamma"), hashlib.sha256(b"gamma").hexdigest())
        catalogue.attach_path("c.txt", third)
    assert catalogue.revision == 2
    assert list(catalogue.changed_since(0)) == [first, second, third]
    assert list(catalogue.changed_since(1)) == [second, third]
    assert list(catalogue.changed_since(2)) == []


def test_a_transaction_that_changes_nothing_to_find_is_no_revision(catalogue: Catalogue) -> None:
    document_id = add(catalogue, "a.txt", "alpha", title="Alpha")
    with catalogue.transaction():
        catalogue.attach_path("a.txt", document_id, size=5, mtime_ns=99)  # touched
        catalogue.set_claims(document_id, Source.LISTING, "listing", [Claim("tag", "", Source.LISTING)])
    assert catalogue.revision == 1


def test_a_failed_transaction_leaves_nothing(catalogue: Catalogue) -> None:
    def fail() -> None:
        with catalogue.transaction():
            catalogue.put_document(extraction("alpha"), hashlib.sha256(b"alpha").hexdigest())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert catalogue.revision == 0
    assert list(catalogue.live_ids()) == []
    assert catalogue.document(hashlib.sha256(b"alpha").hexdigest()) is None


def test_a_removed_document_is_readable_until_it_is_purged(catalogue: Catalogue) -> None:
    document_id = add(catalogue, "a.txt", "alpha")
    with catalogue.transaction():
        catalogue.detach_path("a.txt")
    assert list(catalogue.live_ids()) == []
    assert list(catalogue.removed_since(1)) == [document_id]
    kept = catalogue.document(document_id, pages=True)
    assert kept is not None
    assert [page.text for page in kept.pages] == ["alpha", "alpha again"]
    assert kept.paths == ("a.txt",)  # a search with the old index can still say where it was

    with catalogue.transaction():
        assert catalogue.purge(catalogue.revision) == 1
    assert catalogue.document(document_id) is None
    assert list(catalogue.pages(document_id)) == []
    assert list(catalogue.removed_since(0)) == []
    assert catalogue.purged_revision == 2


def test_a_removed_document_that_comes_back_needs_no_new_text(catalogue: Catalogue) -> None:
    document_id = add(catalogue, "a.txt", "alpha")
    with catalogue.transaction():
        catalogue.mark_removed(document_id)
    with catalogue.transaction():
        catalogue.attach_path("elsewhere/a.txt", document_id)
    assert list(catalogue.changed_since(2)) == [document_id]
    assert list(catalogue.removed_since(0)) == []


def test_what_the_user_said_outlives_a_purge(catalogue: Catalogue) -> None:
    document_id = add(catalogue, "a.txt", "alpha")
    with catalogue.transaction():
        catalogue.add_user_value(document_id, "tag", "bonded labour")
    with catalogue.transaction():
        catalogue.mark_removed(document_id)
    with catalogue.transaction():
        catalogue.purge(catalogue.revision)
    assert list(catalogue.pages(document_id)) == []
    assert add(catalogue, "a.txt", "alpha") == document_id
    back = catalogue.document(document_id)
    assert back is not None
    assert back.tags == ("bonded labour",)


def test_a_document_with_two_paths_lives_until_both_are_gone(catalogue: Catalogue) -> None:
    document_id = add(catalogue, "a.txt", "alpha")
    with catalogue.transaction():
        catalogue.attach_path("copy.txt", document_id)
    with catalogue.transaction():
        catalogue.detach_path("a.txt")
    document = catalogue.document(document_id)
    assert document is not None
    assert document.paths == ("copy.txt",)
    assert list(catalogue.live_ids()) == [document_id]
