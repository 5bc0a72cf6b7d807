"""A second writer is told at once who the first one is; a dead one blocks nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.errors import LibraryBusy
from ingest.lock import write_lock
from ingest.pipeline import ingest

HOLD = """
import sys, time
from pathlib import Path
from ingest.lock import write_lock
with write_lock(Path(sys.argv[1]), "dossier index corpus"):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(data: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(data)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_one_who_is_refused_learns_who_writes_and_the_lock_dies_with_its_holder(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("text", encoding="utf-8")
    process = holder(tmp_path / "data")
    try:
        with pytest.raises(LibraryBusy) as caught:
            ingest([tmp_path / "corpus"], tmp_path / "data")
        assert caught.value.exit_status == 75
        assert f"process {process.pid} on " in str(caught.value)
        assert "`dossier index corpus`, since 20" in str(caught.value)
        rehearsal = ingest([tmp_path / "corpus"], tmp_path / "data", dry_run=True)
        assert rehearsal.added == 1  # looking needs no lock
    finally:
        os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
    assert ingest([tmp_path / "corpus"], tmp_path / "data", jobs=1).added == 1


def test_the_lock_is_free_again_after_use_and_after_an_error(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(RuntimeError), write_lock(tmp_path):
            raise RuntimeError
    assert (tmp_path / "write.lock").read_text(encoding="utf-8") == ""
