"""The inside of a process that writes runs: see `searchidx.build_workers`.

Rule: it is told of a chunk in a line of JSON on standard input, `{"chunk": number, "ids": [...]}`, and answers in
lines on standard output: `{"written": documents}` now and then, at the end `{"chunk": number, "runs": [[name,
documents], ...]}`, or `{"error": ...}`. It ends when its input ends, and in the midst of its work when nobody
listens any more.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

from ingest.catalogue import Catalogue
from ingest.errors import DossierError
from searchidx.build import write_chunk
from searchidx.build_chunk import Chunk


def main() -> None:
    """Serve chunks until there are no more. Arguments: (sys.path), the data folder, the folder for runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    data_dir, folder = Path(sys.argv[2]), Path(sys.argv[3])
    try:
        with Catalogue.open(data_dir) as catalogue:
            chunk = Chunk()
            for line in sys.stdin:
                task = json.loads(line)
                runs = write_chunk(
                    catalogue, task["ids"], folder, task["chunk"], chunk, lambda count: _tell(written=count)
                )
                _tell(chunk=task["chunk"], runs=[(run.name, run.documents) for run in runs])
    except BrokenPipeError:
        return
    except OSError as error:
        _tell(error="OSError", errno=error.errno, text=error.strerror or str(error), file=error.filename)
    except DossierError as error:
        _tell(error="DossierError", text=str(error))
    except Exception as error:
        _tell(error="other", text=f"{type(error).__name__}: {error}")


def _tell(**message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
