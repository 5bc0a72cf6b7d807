"""The search index: query language, index layout, ranking, snippets, facets."""
