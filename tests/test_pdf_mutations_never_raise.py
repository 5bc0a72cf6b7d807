"""Whatever bytes a file holds, the answer is a status and a sentence, never an exception.

PDFium is native code and can bring its process down, so all examples run in one child process, which prints a
line per example; the child surviving to its last line is part of what is tested.
"""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from pdf_making import PROSE, write_pages
from reportlab.lib.pdfencrypt import StandardEncryption

from ingest.document import Status

EXAMPLES = 250

CHILD = textwrap.dedent(
    """
    import json, sys
    from pathlib import Path
    from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st
    from ingest.document import Extraction, Status
    from ingest.pdf import extract_pdf

    originals = [path.read_bytes() for path in map(Path, sys.argv[3:])]
    victim = Path(sys.argv[1])

    @st.composite
    def damaged(draw):
        data = bytearray(draw(st.sampled_from(originals)))
        if draw(st.booleans()):
            del data[draw(st.integers(0, len(data) - 1)):]
        for place, value in draw(st.lists(st.tuples(st.integers(0, max(0, len(data) - 1)), st.integers(0, 255)))):
            if data:
                data[place % len(data)] = value
        return bytes(data)

    @seed(20)
    @settings(max_examples=int(sys.argv[2]), deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(data=damaged() | st.binary(max_size=400) | st.binary(max_size=300).map(b"%PDF-1.7\\n".__add__),
           engine=st.sampled_from(["auto", "pdfium", "pdfminer"]))
    def run(data, engine):
        victim.write_bytes(data)
        extraction = extract_pdf(victim, engine=engine)
        assert isinstance(extraction, Extraction)
        assert extraction.status is Status.OK or extraction.reason
        print(json.dumps([engine, extraction.status]), flush=True)

    run()
    print("done", flush=True)
    """
)


@pytest.fixture
def originals(tmp_path: Path) -> list[str]:
    lock = StandardEncryption("", ownerPassword="owner", strength=128)
    plain = write_pages(tmp_path / "plain.pdf", [PROSE, PROSE[:3]], info={"Title": "Kilns", "Keywords": "a; b"})
    locked = write_pages(tmp_path / "locked.pdf", [PROSE[:5]], encrypt=lock)
    return [str(plain), str(locked)]


def test_no_bytes_raise(tmp_path: Path, originals: list[str]) -> None:
    root = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-c", CHILD, str(tmp_path / "victim.pdf"), str(EXAMPLES), *originals]
    child = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=False)
    assert child.returncode == 0, child.stderr[-2000:]
    *answers, last = child.stdout.splitlines()
    assert last == "done"
    found = [json.loads(answer) for answer in answers]
    assert len(found) >= EXAMPLES
    assert {engine for engine, _ in found} == {"auto", "pdfium", "pdfminer"}
    assert {Status(status) for _, status in found} >= {Status.CORRUPT}
