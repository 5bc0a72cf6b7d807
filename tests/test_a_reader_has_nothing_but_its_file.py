"""The process that reads documents has no network, no other program, no open file but its pipes, and limits."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from ingest.catalogue import Catalogue
from ingest.document import Status
from ingest.pipeline import ingest
from ingest.settings import Limits, Settings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is asked of the kernel is asked of Linux")


def read(root: Path, extractor: str, limits: Limits) -> tuple[Status, str, str]:
    """Status, reason and text of one file that this extractor has read."""
    (root / "in").mkdir()
    (root / "in" / "a.txt").write_text("words", encoding="utf-8")
    (root / "secret.txt").write_text("a file of somebody else", encoding="utf-8")
    with (root / "secret.txt").open("rb") as held:
        os.set_inheritable(held.fileno(), True)  # as careless a caller as there can be
        ingest(
            [root / "in"],
            root / "data",
            settings=Settings(limits=limits),
            jobs=1,
            extractors={"text/plain": f"hostile_extractors:{extractor}"},
        )
    with Catalogue.open(root / "data") as catalogue:
        row = catalogue.file("in/a.txt")
        assert row is not None
        document = catalogue.document("in/a.txt", pages=True)
        return row.status, row.reason, document.pages[0].text if document is not None else ""


def test_it_can_reach_nothing(tmp_path: Path) -> None:
    limits = Limits(seconds=50, memory=300 << 20, file=400 << 20)
    status, reason, text = read(tmp_path, "tell", limits)
    # It has tried to make the file larger than it may, and failed, so the file is as it was.
    assert (status, reason) == (Status.OK, "")
    told = json.loads(text)
    kinds = sorted(target.partition(":")[0] for target in told["open"].values())
    assert kinds == ["/dev/null", "/dev/null", "/dev/null", "pipe", "pipe"]
    assert told["limits"]["RLIMIT_DATA"] == 600 << 20
    assert told["limits"]["RLIMIT_FSIZE"] == 400 << 20
    assert told["limits"]["RLIMIT_CORE"] == 0
    assert 50 <= told["limits"]["RLIMIT_CPU"] <= 100
    assert told["large file"] == "OSError"
    if os.uname().machine in ("x86_64", "aarch64"):
        assert {told[what] for what in ("socket", "local socket", "program")} == {"PermissionError"}


def test_what_it_answers_runs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOSSIER_TEST_PROOF", str(tmp_path / "proof"))
    status, reason, _ = read(tmp_path, "answer_with_a_program", Limits())
    assert not (tmp_path / "proof").exists()
    assert status is Status.CORRUPT
    assert reason
