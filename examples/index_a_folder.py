"""Read a folder into a library, and say what could not be read.

Run from the folder that holds corpus/:

    python examples/index_a_folder.py
"""

from pathlib import Path

from ingest.catalogue import Catalogue
from ingest.lock import write_lock
from ingest.pipeline import ingest
from searchidx.index import update

data = Path("another_library")

report = ingest([Path("corpus")], data)  # into the catalogue: only what is new or changed is read
for problem in report.problems:
    print(f"{problem.status}: {Path(problem.path).name}: {problem.next_step}")

with write_lock(data):
    done = update(data)  # from the catalogue into the index

with Catalogue.open(data) as catalogue:
    print(f"{catalogue.revision > 0}: {done.documents} documents can be searched")

again = ingest([Path("corpus")], data)
print(f"a second run reads {again.extracted} files")

# Prints:
#   ...
#   encrypted: interviewing survivors (restricted).pdf: ...
#   ...
#   True: 34 documents can be searched
#   a second run reads 0 files
