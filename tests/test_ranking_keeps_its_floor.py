"""The ranking does not get worse unnoticed: nDCG@10 on judged queries stays at the floors of tests/eval_floor.json.

A floor is what was measured when it was last set. The test fails where a measure falls more than `margin` below
it, or where the judged files are not those it was measured with. To move the floors on purpose, run

    python tests/test_ranking_keeps_its_floor.py --update

which raises what has risen and refuses to lower anything. To lower, say why; the reason is kept in the file:

    python tests/test_ranking_keeps_its_floor.py --update --lower-because "synonyms off: too many wrong ones"
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # for when it is run as a script

from ingest.pipeline import ingest
from ingest.settings import Settings
from searchidx.evaluate import measure, read_judged_queries, read_qrels, run
from searchidx.index import update
from searchidx.library import Library

ROOT = Path(__file__).resolve().parent.parent
FLOORS = Path(__file__).with_name("eval_floor.json")
MEASURE = "nDCG@10"
DEPTH = 20  # of which the measure sees ten
#: Collections that lie outside the project.
JUDGED = ("cranfield", "time")
Floors = dict[str, Any]


def measured(documents: Path, judged: Path, *, any_word: bool = True) -> float:
    """nDCG@10 of the queries in `judged` on a new library of `documents`, to four decimals."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "index_data"
        ingest([documents], data_dir, settings=Settings())
        update(data_dir)
        return of_library(data_dir, judged, any_word=any_word)


def of_library(data_dir: Path, judged: Path, *, any_word: bool) -> float:
    """nDCG@10 of the queries in `judged` on a library."""
    qrels = read_qrels(judged / "qrels.tsv")
    queries = [query for query in read_judged_queries(judged / "queries.jsonl") if query.id in qrels]
    names = {name for gains in qrels.values() for name in gains}
    with Library.open(data_dir) as library:
        means, _ = measure(qrels, list(run(library, queries, names, depth=DEPTH, any_word=any_word)), [MEASURE])
    return round(means[MEASURE], 4)


def digest(judged: Path) -> str:
    """What tells whether the judged files are the same: SHA-256 of their contents, the first 16 digits."""
    names = [name for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv") if (judged / name).is_file()]
    return hashlib.sha256(b"\0".join((judged / name).read_bytes() for name in names)).hexdigest()[:16]


def check(floors: Floors, name: str, judged: Path, value: float) -> None:
    """Fail where the measure fell below its floor."""
    floor = floors["collections"][name]
    assert digest(judged) == floor["digest"], (
        f"{name}: the judged files are not those the floor was measured with; set it anew with --update"
    )
    assert value >= floor[MEASURE] - floors["margin"], (
        f"{name}: {MEASURE} is {value}, its floor {floor[MEASURE]}. Where this is the price of something better,"
        ' lower it: python tests/test_ranking_keeps_its_floor.py --update --lower-because "..."'
    )


def moved(
    floors: Floors, values: dict[str, float], digests: dict[str, str], reason: str
) -> tuple[Floors, list[str]]:
    """(new floors, names of those that would be lower and stay because no reason is given)."""
    collections = {name: dict(floor) for name, floor in floors["collections"].items()}
    refused = []
    for name, value in values.items():
        old = collections.get(name, {})
        before = old.get(MEASURE, 0.0)
        if value < before and not reason:
            refused.append(name)
            continue
        lowered = old.get("lowered", [])
        if value < before:
            lowered = [*lowered, {"from": before, "to": value, "because": reason}]
        collections[name] = {MEASURE: value, "digest": digests[name]} | ({"lowered": lowered} if lowered else {})
    return floors | {"collections": collections}, refused


# -- the tests


@pytest.fixture(scope="module")
def floors() -> Floors:
    """The floors as they are set."""
    found: Floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample library, indexed."""
    data_dir = tmp_path_factory.mktemp("sample") / "index_data"
    ingest([ROOT / "corpus"], data_dir, settings=Settings())
    update(data_dir)
    return data_dir


@pytest.mark.parametrize(("name", "any_word"), [("sample", True), ("sample, all words", False)])
def test_on_the_sample_library(sample: Path, floors: Floors, name: str, any_word: bool) -> None:
    check(floors, name, ROOT / "corpus", of_library(sample, ROOT / "corpus", any_word=any_word))


@pytest.mark.slow
@pytest.mark.parametrize("name", JUDGED)
def test_on_judged_collections(corpora: Path, floors: Floors, name: str) -> None:
    judged = corpora / "judged" / name
    if not judged.is_dir():
        pytest.skip(f"the collection {name} is not on this machine")
    check(floors, name, judged, measured(judged / "corpus.jsonl", judged))


def test_a_fall_is_noticed_and_other_files_are_too() -> None:
    floors = {"margin": 0.005, "collections": {"sample": {MEASURE: 0.9, "digest": digest(ROOT / "corpus")}}}
    check(floors, "sample", ROOT / "corpus", 0.8951)
    with pytest.raises(AssertionError, match="its floor"):
        check(floors, "sample", ROOT / "corpus", 0.8949)
    floors["collections"]["sample"]["digest"] = "0" * 16  # type: ignore[index]
    with pytest.raises(AssertionError, match="judged files"):
        check(floors, "sample", ROOT / "corpus", 0.9)


def test_a_floor_is_raised_freely_and_lowered_only_with_a_reason() -> None:
    floors = {
        "margin": 0.005,
        "collections": {"a": {MEASURE: 0.5, "digest": "x"}, "b": {MEASURE: 0.5, "digest": "x"}},
    }
    values, digests = {"a": 0.6, "b": 0.4}, {"a": "y", "b": "y"}
    new, refused = moved(floors, values, digests, "")
    assert refused == ["b"]
    assert new["collections"] == {"a": {MEASURE: 0.6, "digest": "y"}, "b": {MEASURE: 0.5, "digest": "x"}}
    new, refused = moved(floors, values, digests, "a better rule for b")
    assert refused == []
    assert new["collections"]["b"] == {
        MEASURE: 0.4,
        "digest": "y",
        "lowered": [{"from": 0.5, "to": 0.4, "because": "a better rule for b"}],
    }


# -- setting the floors


def main() -> int:
    """Measure, print and, with --update, set the floors; 1 where one would fall without a reason."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="set the floors to what is measured now")
    parser.add_argument("--lower-because", default="", metavar="REASON", help="also lower them, for this reason")
    args = parser.parse_args()
    floors: Floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    values: dict[str, float] = {}
    digests: dict[str, str] = {}
    for name, any_word in (("sample", True), ("sample, all words", False)):
        values[name] = measured(ROOT / "corpus", ROOT / "corpus", any_word=any_word)
        digests[name] = digest(ROOT / "corpus")
    judged = Path(os.environ.get("DOSSIER_CORPORA") or ROOT.parent / "shared" / "corpora") / "judged"
    for name in JUDGED:
        if (judged / name).is_dir():
            values[name] = measured(judged / name / "corpus.jsonl", judged / name)
            digests[name] = digest(judged / name)
        else:
            print(f"{name}: not on this machine, its floor stays", file=sys.stderr)
    for name, value in values.items():
        print(f"{name}: {MEASURE} {value:.4f}, floor {floors['collections'].get(name, {}).get(MEASURE, 'none')}")
    if not args.update:
        return 0
    new, refused = moved(floors, values, digests, args.lower_because)
    FLOORS.write_text(json.dumps(new, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for name in refused:
        print(f"{name} would be lower: say why with --lower-because", file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
