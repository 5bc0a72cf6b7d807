"""Run a list of queries over one snapshot of the library; one bad query does not stop the others.

dossier index corpus
python examples/batch.py
"""

from pathlib import Path

import searchidx
from searchidx.batch import run_batch
from searchidx.batch_queries import BatchQuery, read_queries
from searchidx.results import SearchRequest

queries = read_queries(Path("examples/queries.txt"))
queries.append(BatchQuery(id="wrong", query='"an open quote', line=1))

with searchidx.open("index_data") as library:
    for answer in run_batch(library.search, queries, base=SearchRequest(limit=1)):
        best = answer.result.hits[0].title if answer.result and answer.result.hits else "-"
        print(answer.query.query, "|", answer.total, "|", answer.error or best)

# Prints:
#   "debt bondage" region:asia | 1 | Debt bondage in the brick kilns of South Asia
#   kafala OR "domestic workers" | ... | ...
#   grooming AND online | ... | ...
#   "national referral mechanism" | ... | Identification of victims and national referral mechanisms
#   unicorns | 0 | -
#   "an open quote | None | ...
