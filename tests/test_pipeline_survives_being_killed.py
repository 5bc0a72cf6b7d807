"""A run that is killed keeps what it had committed, leaves nothing half done, and the next one goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from ingest.catalogue import Catalogue
from ingest.document import Status
from ingest.errors import NoLibrary
from ingest.pipeline import ingest
from ingest.settings import Limits, Settings

FILES = 240
RUN = """
import sys
from pathlib import Path
from ingest import writing
from ingest.pipeline import ingest
writing.BATCH_SECONDS = 0.3
root = Path(sys.argv[1])
ingest([root / "corpus"], root / "index_data", jobs=1, extractors={"text/plain": "hostile_extractors:obey"})
"""


def ended(group: int) -> bool:
    """Whether no process of the group is left, given a moment."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux signals")
@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_the_next_run_goes_on_where_the_killed_one_stopped(tmp_path: Path, number: int) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for place in range(FILES):
        (corpus / f"{place:03}.txt").write_text(f"report {place} " + "x" * place, encoding="utf-8")
    (corpus / "220.txt").write_text("HANG and never come back", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    run = subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path)],
        env=environment,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    kept = 0
    deadline = time.monotonic() + 30
    while kept < 220 and time.monotonic() < deadline:
        time.sleep(0.05)
        with suppress(NoLibrary), Catalogue.open(tmp_path / "index_data") as catalogue:
            kept = len(list(catalogue.live_ids()))
    os.kill(run.pid, number)
    run.wait(timeout=10)
    assert ended(run.pid), "its workers end with it, also the one that hangs"
    assert kept == 220  # the batch of the first 200, and the rest when its time was up

    (corpus / "220.txt").write_text("no longer hangs", encoding="utf-8")
    report = ingest([corpus], tmp_path / "index_data", jobs=1, settings=Settings(limits=Limits(seconds=5)))
    assert report.extracted == FILES - kept
    assert report.unchanged == kept
    with Catalogue.open(tmp_path / "index_data") as catalogue:
        assert catalogue.status_counts() == {Status.OK: FILES}
        assert len(list(catalogue.live_ids())) == FILES
