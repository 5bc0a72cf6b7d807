"""Write everything that matches into a CSV file that a spreadsheet can open.

dossier index corpus
python examples/export_to_csv.py
"""

from pathlib import Path

import searchidx
from output.printer import make_printer

target = Path("law.csv")
with (
    searchidx.open("index_data") as library,
    target.open("w", encoding="utf-8", newline="") as stream,
):
    result = library.search(tag="Law", limit=None, sort="newest", snippets=0)
    # The printer quotes cells as RFC 4180 says and keeps titles from being run as formulas.
    make_printer("csv", stream, bom=True).search(result)

print(target.read_text(encoding="utf-8-sig").splitlines()[0])
print(f"{len(result)} documents in {target}")

# Prints:
#   rank,score,id,title,path,page,snippet,tags,regions,publisher,year,language,type
#   ... documents in law.csv
