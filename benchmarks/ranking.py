"""How well Dossier ranks beside bm25s, Tantivy and Xapian, on judged collections, in one run.

    python benchmarks/ranking.py ../shared/corpora/judged --xapian-python /usr/bin/python3

Each collection is a folder with corpus.jsonl, queries.jsonl and qrels.tsv. Dossier indexes corpus.jsonl as a user
would and searches each query as a bag of words; the peers run with their own good settings (see
`ranking_peers.py`). Peers that are not installed are left out and named. The last lines give means, the ratio to
the best peer, and the same for the two halves of the queries (Dossier's settings were chosen on the even half).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.pipeline import ingest
from ingest.settings import Settings
from searchidx.evaluate import Qrels, Ranked, measure, read_judged_queries, read_qrels, read_run, run
from searchidx.index import update
from searchidx.library import Library

HERE = Path(__file__).resolve().parent
PEERS = ("bm25s", "tantivy", "xapian")
MEASURES = ("nDCG@10", "AP", "R@100")


def dossier_run(collection: Path, qrels: Qrels) -> list[Ranked]:
    """Index the collection in a temporary library and search its queries."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "index_data"
        ingest([collection / "corpus.jsonl"], data_dir, settings=Settings())
        update(data_dir)
        names = {name for gains in qrels.values() for name in gains}
        with Library.open(data_dir) as library:
            return list(run(library, read_judged_queries(collection / "queries.jsonl"), names))


def peer_run(peer: str, collection: Path, language: str, python: str) -> list[Ranked] | None:
    """The run of a peer, None where it is not installed."""
    done = subprocess.run(
        [python, str(HERE / "ranking_peers.py"), peer, str(collection), "--language", language],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(f"{peer}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".run", encoding="utf-8") as file:
        file.write(done.stdout)
        file.flush()
        return read_run(Path(file.name))


def halves(qrels: Qrels) -> dict[str, Qrels]:
    """All queries, those at even places and those at odd ones."""
    ids = list(qrels)
    return {
        "all": qrels,
        "even": {id_: qrels[id_] for id_ in ids[::2]},
        "odd": {id_: qrels[id_] for id_ in ids[1::2]},
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of judged collections")
    parser.add_argument("--collections", nargs="*", help="only these")
    parser.add_argument("--xapian-python", default=sys.executable, help="a Python that can import xapian")
    args = parser.parse_args()
    scores: dict[str, dict[tuple[str, str], float]] = {}
    for collection in sorted(path for path in args.folder.iterdir() if (path / "qrels.tsv").is_file()):
        name = collection.name
        if args.collections and name not in args.collections:
            continue
        ending = name.rpartition("-")[2]
        language = ending if ending in ("fr", "es", "ru", "ar", "zh") else "en"
        qrels = read_qrels(collection / "qrels.tsv")
        runs: dict[str, list[Ranked] | None] = {"dossier": dossier_run(collection, qrels)}
        for peer in PEERS:
            python = args.xapian_python if peer == "xapian" else sys.executable
            runs[peer] = peer_run(peer, collection, language, python)
        print(f"{name} ({len(qrels)} queries, {language})")
        for engine, ranked in runs.items():
            if ranked is None:
                continue
            for half, judged in halves(qrels).items():
                means, _ = measure(judged, ranked, MEASURES)
                scores.setdefault(engine, {})[(name, half)] = means["nDCG@10"]
                if half == "all":
                    print(
                        f"  {engine:8}", "  ".join(f"{measure_} {value:.4f}" for measure_, value in means.items())
                    )
        sys.stdout.flush()
    for half in ("all", "even", "odd"):
        summary(scores, half)


def summary(scores: Mapping[str, Mapping[tuple[str, str], float]], half: str) -> None:
    """Means over the collections, and Dossier's ratios."""
    names = [name for name, which in scores["dossier"] if which == half]
    mean = {engine: sum(values[(name, half)] for name in names) / len(names) for engine, values in scores.items()}
    peers = {engine: value for engine, value in mean.items() if engine != "dossier"}
    print(f"mean nDCG@10, {half} queries:", "  ".join(f"{engine} {value:.4f}" for engine, value in mean.items()))
    if peers:
        best = max(peers, key=lambda engine: peers[engine])
        print(f"  dossier / {best}: {mean['dossier'] / peers[best]:.4f}")
        for name in names:
            value, top = max((scores[engine][(name, half)], engine) for engine in peers)
            print(f"  {name:10} dossier / {top}: {scores['dossier'][(name, half)] / value:.4f}")


if __name__ == "__main__":
    main()
