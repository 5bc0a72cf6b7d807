"""Looking a region up costs a search nothing but the standard library and one small file."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PROGRAM = """
import sys
from ingest.regions import ancestors, resolve
assert "asia" in ancestors(resolve("Bangladesh").key)
heavy = {"difflib", "whoosh", "numpy", "lxml", "bs4", "pypdfium2", "ingest.mentions"} & set(sys.modules)
assert not heavy, heavy
"""


def test_only_the_standard_library_is_imported() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_file_stays_small() -> None:
    assert (ROOT / "ingest" / "data" / "regions.json").stat().st_size < 150_000
