"""The library as Python code sees it: open it, search it, read its documents.

Rule: everything the command line does with an index goes through this class. A library is one snapshot of the
index with the catalogue it was made from; it never writes.

    import searchidx
    with searchidx.open("index_data") as library:
        for hit in library.search("debt bondage", region="asia", limit=10):
            print(hit.title, hit.page, hit.snippet)
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.catalogue import Catalogue
from ingest.closing import Closing
from ingest.document import Document
from ingest.errors import DossierError, IndexDamaged
from searchidx import query
from searchidx.compiled import scorer as scorer_for
from searchidx.grammar import ParsedQuery, parse
from searchidx.matching import Plan, Planner
from searchidx.print_query import to_text
from searchidx.query import Node
from searchidx.ranking import Found, Ranked, Scorer
from searchidx.rerank import PAGES
from searchidx.results import Duplicate, FacetValue, Hit, SearchRequest, SearchResult
from searchidx.shown_paths import ShownPaths
from searchidx.snapshot import Snapshot
from searchidx.snippets import LookedFor, snippets
from searchidx.tag_names import with_tag_names
from searchidx.twins import Groups, Twins

if TYPE_CHECKING:
    from searchidx.synonyms import Synonyms

#: A list of synonyms in the data folder is used in place of Dossier's own.
SYNONYMS_FILE = "synonyms.txt"
SORTS = ("relevance", "newest", "oldest", "title")


#: A request on its way to an answer: as it was read, with the filters, and how it is searched.
_Prepared = tuple[ParsedQuery, Node, Planner, Plan, Scorer]


class Library(Closing):
    """An open library; use it as a context manager, or close it."""

    def __init__(self, catalogue: Catalogue, snapshot: Snapshot) -> None:
        self.catalogue = catalogue
        self.snapshot = snapshot
        self._shown = ShownPaths(catalogue.root, catalogue.file_path)

    @cached_property
    def _synonyms(self) -> Synonyms:
        """The library's own list beside the catalogue, or the one that comes with Dossier."""
        from searchidx.synonyms import Synonyms

        own = self.catalogue.data_dir / SYNONYMS_FILE
        return Synonyms.load(own if own.exists() else None)

    @classmethod
    def open(cls, data_dir: str | Path) -> Library:
        """Open the library in a data folder.

        Raises NoLibrary where nothing was indexed, IndexDamaged where the index cannot be searched.
        """
        while True:
            catalogue = Catalogue.open(Path(data_dir))
            snapshot = None
            try:
                snapshot = Snapshot.open(Path(data_dir))
                catalogue.hold()
                index = snapshot.manifest
                # A catalogue is committed before its index: one that is behind was put back, or has lost its log.
                if index.catalogue != catalogue.uuid or index.revision > catalogue.revision:
                    raise IndexDamaged(
                        f"the index in {data_dir} was not made from the catalogue beside it, or from a later "
                        "state of it: run `dossier rebuild`"
                    )
                if catalogue.purged_revision <= index.revision:
                    return cls(catalogue, snapshot)
            except BaseException:
                if snapshot is not None:
                    snapshot.close()
                catalogue.close()
                raise
            # In between, so much was committed that texts of this index are forgotten already: take the new one.
            snapshot.close()
            catalogue.close()

    def search(
        self,
        query: str | SearchRequest = "",
        *,
        region: str | Sequence[str] = (),
        tag: str | Sequence[str] = (),
        lang: str | Sequence[str] = (),
        type: str | Sequence[str] = (),
        year: int | tuple[int | None, int | None] | None = None,
        limit: int | None = 10,
        offset: int = 0,
        any_word: bool = False,
        sort: str = "relevance",
        snippets: int = 1,
        facets: bool = False,
    ) -> SearchResult:
        """Search with a query and filters, or with a whole SearchRequest.

        Raises QuerySyntaxError for a query that cannot be read, DossierError for one that asks too much.
        """
        if isinstance(query, SearchRequest):
            return self._answer(query)
        request = SearchRequest(
            query=query,
            any_word=any_word,
            regions=_tuple(region),
            tags=_tuple(tag),
            languages=_tuple(lang),
            types=_tuple(type),
            years=(year, year) if isinstance(year, int) else year,
            limit=limit,
            offset=offset,
            sort=sort,
            snippets=snippets,
            facets=facets,
        )
        return self._answer(request)

    def rank(self, request: SearchRequest) -> tuple[int, list[tuple[str, float]]]:
        """(how many documents match, the page of them that is asked for as (id, score), best first): a search for
        programs that need no more, without the catalogue's records and snippets, and without folding.

        Raises what `search` raises; sorts by relevance only.
        """
        scorer = self._prepared(request)[-1]
        found = scorer.search(_end(request))
        return found.total, [(id_, score) for score, id_, _, _ in found.best[request.offset :]]

    def document(self, name: str, *, pages: bool = True) -> Document | None:
        """The document with this id, beginning of an id, or path."""
        return self.catalogue.document(name, pages=pages)

    def region_counts(self) -> dict[str, int]:
        """{region key: documents in it or below it}."""
        counts: dict[str, int] = {}
        for segment in self.snapshot.segments:
            for key, number in segment.value_counts("region"):
                counts[key] = counts.get(key, 0) + number
        return counts

    def display_path(self, stored: str) -> str:
        """A catalogue path as it opens from the current folder: relative below it, absolute elsewhere."""
        return self._shown(stored)

    def close(self) -> None:
        """Release the index and the catalogue."""
        self.snapshot.close()
        self.catalogue.close()

    # -- inside

    def _answer(self, request: SearchRequest) -> SearchResult:
        started = time.perf_counter()
        if request.sort not in SORTS:
            raise DossierError(f"cannot sort by {request.sort!r}: choose one of {', '.join(SORTS)}")
        parsed, tree, planner, plan, scorer = self._prepared(request)
        found, twins = self._found(request, scorer)
        chosen = twins.first(self._ordered(request, found))[request.offset :]
        if request.limit is not None:
            chosen = chosen[: request.limit]
        hits = self._hits(request, scorer, chosen, twins)
        counted: dict[str, tuple[FacetValue, ...]] = {}
        if request.facets:
            from searchidx.facets import count_facets

            counted = count_facets(found.matched)
        explanation = None
        if request.explain:
            from searchidx.explain import explain

            explanation = explain(tree, planner, plan, scorer, chosen, hits)
        suggestions = self._suggestions(request, tree) if request.suggest and not found.total else ()
        for segment in self.snapshot.segments:
            segment.forget()
        return SearchResult(
            query=request.query,
            interpreted=to_text(tree),
            total=found.total,
            took_ms=(time.perf_counter() - started) * 1000,
            offset=request.offset,
            hits=hits,
            facets=counted,
            suggestions=suggestions,
            warnings=(*parsed.hints, *planner.notes),
            explanation=explanation,
            collapsed=twins.folded,
        )

    def _prepared(self, request: SearchRequest) -> _Prepared:
        parsed = parse(request.query, any_word=request.any_word)
        tree = parsed.tree
        if request.any_word:
            from searchidx.bag import loosened

            tree = loosened(tree)
        tree = with_filters(tree, request)
        synonyms = self._synonyms if request.synonyms else None
        planner = Planner(
            self.snapshot.languages, synonyms, self.snapshot.main_languages, self.snapshot.known_words
        )
        plan = planner.plan(with_tag_names(tree, self.catalogue.data_dir))
        return parsed, tree, planner, plan, scorer_for(plan, self.snapshot, self._openings)

    def _openings(self, ids: Sequence[str]) -> Iterator[Document]:
        from searchidx.document_terms import begins_with_title

        return self.catalogue.documents_with_text(ids, pages_up_to=PAGES, claimed=begins_with_title)

    def _suggestions(self, request: SearchRequest, tree: query.Node) -> tuple[str, ...]:
        from searchidx.bag import loosened
        from searchidx.suggest import Suggester

        any_tree = with_filters(loosened(parse(request.query, any_word=True).tree), request)
        synonyms = self._synonyms if request.synonyms else None
        return Suggester(self.snapshot, synonyms, self.catalogue.data_dir).suggestions(tree, any_tree)

    def _found(self, request: SearchRequest, scorer: Scorer) -> tuple[Found, Twins]:
        """What matches, with the best up to the end of the page that is asked for, and as many more as may be
        folded."""
        groups = self._groups if request.collapse else Groups({}, {})
        count = _end(request) if request.sort == "relevance" else None
        found = scorer.search(count, documents=request.facets or bool(groups.named))
        twins = Twins(groups, found.matched)
        if twins.folded and count is not None:
            found = scorer.search(count + twins.folded, documents=request.facets)
        return found, twins

    def _ordered(self, request: SearchRequest, found: Found) -> list[Ranked]:
        """The matches in the order that is asked for."""
        if request.sort == "relevance":
            return found.best
        field = "title_key" if request.sort == "title" else "year"
        keys = {
            (segment, doc): value
            for segment in self.snapshot.segments
            for value in segment.lexicon(field)
            for doc in segment.postings(field, value).docs
        }
        # Documents without a year come last in both directions; equals stay in the order of relevance.
        missing = "" if request.sort == "newest" else "\U0010ffff"
        return sorted(
            found.best, key=lambda item: keys.get((item[2], item[3]), missing), reverse=request.sort == "newest"
        )

    @cached_property
    def _groups(self) -> Groups:
        """The documents that say nearly the same as others."""
        return Groups.of(self.catalogue.twins(), self.snapshot)

    def _hits(
        self,
        request: SearchRequest,
        scorer: Scorer,
        chosen: Sequence[Ranked],
        twins: Twins,
    ) -> tuple[Hit, ...]:
        others = {id_: twins.others(id_) for _, id_, _, _ in chosen} if twins.folded else {}
        wanted = [id_ for _, id_, _, _ in chosen]
        documents = self.catalogue.documents([*wanted, *(twin for ids in others.values() for twin in ids)])
        looked_for = LookedFor(scorer.worths())
        hits = []
        for rank, (score, id_, segment, doc) in enumerate(chosen, request.offset + 1):
            document = documents.get(id_)
            if document is None:
                raise DossierError(
                    f"the index names document {id_}, which the catalogue does not have: run `dossier verify`"
                )
            found = snippets(looked_for, segment, doc, document, self.catalogue, request.snippets)
            paths = tuple([self.display_path(path) for path in document.paths])
            hits.append(
                Hit(
                    rank=rank,
                    score=score,
                    id=id_,
                    title=document.title,
                    path=paths[0] if paths else "",
                    paths=paths,
                    page=found[0].page if found else None,
                    snippets=found,
                    tags=document.tags,
                    regions=document.regions,
                    publisher=document.publisher,
                    year=document.year,
                    language=document.language,
                    type=document.type,
                    status=document.status.value,
                    summary=document.summary,
                    title_highlights=looked_for.marks(document.title, segment, doc, "title"),
                    source_url=document.source_url,
                    duplicates=tuple(
                        [
                            Duplicate(twin, self.display_path(documents[twin].paths[0]))
                            for twin in others.get(id_, ())
                        ]
                    ),
                )
            )
        return tuple(hits)


def _end(request: SearchRequest) -> int | None:
    """How many of the best are needed for the page that is asked for."""
    return None if request.limit is None else request.offset + request.limit


def with_filters(tree: query.Node, request: SearchRequest) -> query.Node:
    """The query with the request's filters: values of one kind are alternatives, different kinds all apply."""
    fields = (
        ("region", request.regions),
        ("region~", request.region_mentions),
        ("tag", request.tags),
        ("lang", request.languages),
        ("type", request.types),
    )
    if not request.years and not any(values for _, values in fields):
        return tree
    parts: list[query.Node] = [] if isinstance(tree, query.Everything) else [tree]
    for field, values in fields:
        nodes = tuple(_value(field, value) for value in values)
        if nodes:
            parts.append(nodes[0] if len(nodes) == 1 else query.Or(nodes))
    if request.years and request.years != (None, None):
        parts.append(query.Range("year", *request.years))
    flat: list[query.Node] = []
    for part in parts:
        flat += part.children if isinstance(part, query.And) else (part,)
    if not flat:
        return tree
    return flat[0] if len(flat) == 1 else query.And(tuple(flat))


def _value(field: str, value: str) -> query.Node:
    exact = field == "region" and value.startswith("=")
    return query.Filter(field, value.removeprefix("=") if exact else value, exact)


def _tuple(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
