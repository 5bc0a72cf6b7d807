"""A search from a cold shell starts fast: looking a word up loads the standard library and one stemmer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from searchidx.analysis import fingerprint

ROOT = Path(__file__).resolve().parent.parent


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_an_english_query_loads_the_english_stemmer_and_no_heavy_library() -> None:
    loaded = run(
        "import sys\n"
        "from searchidx.analysis import *\n"
        "from searchidx.synonyms import Synonyms\n"
        "query_stems(query_tokens('trafficked children')[0].term, ['en'])\n"
        "is_stop_word('the', ['en']); fingerprint(); Synonyms.load().expansions(['THB'])\n"
        "print(' '.join(sys.modules))"
    ).split()
    assert not {"numpy", "whoosh", "click", "snowballstemmer", "hashlib", "urllib.request"} & set(loaded)
    # Not even that one, where English is stemmed in C.
    assert {name for name in loaded if name.endswith("_stemmer")} <= {"searchidx._snowball.english_stemmer"}


def test_stems_do_not_depend_on_which_stemming_extension_is_installed() -> None:
    """PyStemmer, where installed, replaces the library's own stemmers with those of another release."""
    assert (
        run("import sys, searchidx.analysis as a; a.stem('slaves', 'en'); print('Stemmer' in sys.modules)")
        == "False"
    )


def test_the_fingerprint_is_short_and_the_same_in_every_process() -> None:
    assert run("import searchidx.analysis as a; print(a.fingerprint())") == fingerprint()
    assert len(fingerprint()) == 8
    assert int(fingerprint(), 16) >= 0
