"""After any mixture of changes the catalogue holds exactly what the folder holds, and read only what was new."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ingest.catalogue import Catalogue
from ingest.pipeline import ingest

ROUNDS = 12


def held(data: Path) -> dict[str, str]:
    with Catalogue.open(data) as catalogue:
        rows = {row.path for row in catalogue.files()}
        found = {
            path: "".join(page.text for page in catalogue.pages(document.id))
            for document in catalogue.documents(list(catalogue.live_ids())).values()
            for path in document.paths
        }
        assert rows == set(found)
        return found


@pytest.mark.parametrize("seed", [1, 2])
def test_the_catalogue_is_what_is_on_disk(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    corpus, data = tmp_path / "corpus", tmp_path / "data"
    places = [corpus / folder / f"{name}.txt" for folder in ("a", "b/c") for name in range(8)]
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    for _ in range(ROUNDS):
        before = set(held(data).values()) if data.exists() else set()
        for _ in range(chance.randint(1, 8)):
            place, other = chance.sample(places, 2)
            act = chance.choice(["write", "write", "delete", "move", "copy", "touch"])
            if act == "write":
                written += 1
                place.write_text(f"text {written}", encoding="utf-8")
            elif place.exists():
                if act == "delete":
                    place.unlink()
                elif act == "move":
                    place.replace(other)
                elif act == "copy":
                    other.write_bytes(place.read_bytes())
                else:
                    place.touch()
        on_disk = {
            f"corpus/{path.relative_to(corpus).as_posix()}": path.read_text("utf-8")
            for path in corpus.rglob("*.txt")
        }
        rehearsal = ingest([corpus], data, dry_run=True, yes=True)
        report = ingest([corpus], data, jobs=1, yes=True)
        assert held(data) == on_disk
        assert report.extracted == len(set(on_disk.values()) - before)
        counts = ("added", "changed", "moved", "copied", "touched", "removed", "unchanged")
        assert [getattr(report, name) for name in counts] == [getattr(rehearsal, name) for name in counts]
        with Catalogue.open(data) as catalogue:
            revision = catalogue.revision
        again = ingest([corpus], data, jobs=1)
        assert (again.unchanged, again.extracted) == (len(on_disk), 0)
        with Catalogue.open(data, write=True) as catalogue:
            assert catalogue.revision == revision
            if chance.random() < 0.5:
                with catalogue.transaction():
                    catalogue.purge(revision)
