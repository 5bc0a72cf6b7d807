"""Search a library from Python: filters, pages and passages, counts.

dossier index corpus
python examples/search.py
"""

import searchidx

with searchidx.open("index_data") as library:
    # The query language of the command line; the filters are arguments.
    result = library.search("debt bondage", region="asia", limit=3, facets=True)
    for hit in result:
        print(f"{hit.rank}. {hit.title} ({hit.year}), page {hit.page}")
        print(f"   {hit.snippet[:60]}...")
    print("of these:", {value.value: value.count for value in result.facets["type"]})

    # A hit leads to the whole document.
    document = library.document(result.hits[0].id)
    if document is not None:
        print(f"{document.page_count} pages, read by {document.extraction.split()[0]}")

# Prints:
#   1. Debt bondage in the brick kilns of South Asia (2018), page ...
#   ...
#   of these: {...'pdf': 1...}
#   5 pages, read by ...
