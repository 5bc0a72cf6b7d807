/* The lists of several segments as those of one: `merge` of searchidx/inversion.py. */
#ifndef DOSSIER_MERGE_H
#define DOSSIER_MERGE_H

#include "lists.h"

#define DROPPED UINT32_MAX /* in the place of a new document number */

/* The postings of a block that are left, with the new numbers of their documents; 0 where these do not ascend. */
static int renumber(const Part *part, int64_t last, uint32_t *docs, uint32_t *freqs, uint32_t *firsts, uint32_t *steps, uint32_t *n) {
    if (part->shifted) { /* all documents are kept, so the numbers differ by as much as those of the first */
        uint32_t by = u32(part->documents->buf, 0);
        for (uint32_t k = 0; k < *n; k++) docs[k] += by;
        return *n == 0 || (int64_t)docs[0] > last;
    }
    uint32_t kept = 0, *to = steps;
    for (uint32_t k = 0; k < *n; k++) {
        uint32_t doc = u32(part->documents->buf, docs[k]), more = freqs[k] - 1;
        if (doc != DROPPED) {
            if ((int64_t)doc <= last) return 0;
            last = docs[kept] = doc;
            freqs[kept] = freqs[k];
            firsts[kept++] = firsts[k];
            if (more) memmove(to, steps, 4 * (size_t)more);
            to += more;
        }
        steps += more;
    }
    *n = kept;
    return 1;
}

/* Append a list to one under way, with the new numbers of its documents. df: of the term; `seen` tells which of them
   it counts already, NULL where the term stands in no other field of the part. 0 with an exception set. */
static int append_list(List *to, const Input *from, const Part *part, int heads, Bytes *scratch, uint32_t *seen, uint32_t stamp, uint32_t *df) {
    uint64_t documents = (uint64_t)part->documents->len / 4;
    const uint8_t *p = blocks_of(from);
    int64_t last = -1;
    uint32_t docs[BLOCK], freqs[BLOCK], firsts[BLOCK];
    uint8_t codes[4];
    if (!p) return damaged("a posting list is too short") != NULL;
    for (uint64_t left = from->df; left;) {
        uint32_t n = left < BLOCK ? (uint32_t)left : BLOCK;
        left -= n;
        if (!read_documents(&p, from->end, n, codes, &last, documents, docs) || !read_column(&p, from->end, codes[1], n, freqs))
            return damaged("a posting list does not read") != NULL;
        uint64_t steps = 0;
        for (uint32_t k = 0; k < n; k++) {
            steps += freqs[k]++; /* stored less 1 */
            if (!freqs[k]) return damaged("a posting list does not read") != NULL;
        }
        if ((codes[2] == ABSENT) == heads || codes[3] == ABSENT || (steps && !codes[3]) || (steps && !heads))
            return damaged("a posting list of another kind") != NULL;
        scratch->n = 0;
        if (heads) {
            if (column_size(steps, bit_widths[codes[3]]) > (uint64_t)(from->end - p)) return damaged("a posting list does not read") != NULL;
            if (!reserve(scratch, 4 * (size_t)steps + 4)) goto memory;
            if (!read_column(&p, from->end, codes[2], n, firsts) || !read_column(&p, from->end, codes[3], steps, (uint32_t *)scratch->p))
                return damaged("a posting list does not read") != NULL;
        } else memset(firsts, 0, 4 * (size_t)n);
        if (!renumber(part, to->last, docs, freqs, firsts, (uint32_t *)scratch->p, &n)) return damaged("documents out of order") != NULL;
        if (!list_add(to, docs, freqs, firsts, (uint32_t *)scratch->p, n)) goto memory;
        if (!seen) *df += n;
        for (uint32_t k = 0; seen && k < n; k++)
            if (seen[docs[k]] != stamp) {
                seen[docs[k]] = stamp;
                ++*df;
            }
    }
    return p == from->end || damaged("a posting list is too long") != NULL;
memory:
    PyErr_NoMemory();
    return 0;
}

/* The seven buffers of a Part of searchidx/inversion.py; 0 with an exception set. */
static int part_begin(Part *part, PyObject *from, Views *views, uint32_t number, int heads) {
    PyObject *of[7];
    const Py_buffer *views_of[7];
    static const Py_ssize_t units[7] = {1, 4, 4, 8, 1, 4, 4};
    if (!PyArg_ParseTuple(from, "OOOOOOO", &of[0], &of[1], &of[2], &of[3], &of[4], &of[5], &of[6])) return 0;
    for (int i = 0; i < 7; i++)
        if (!(views_of[i] = views_add(views, of[i], units[i]))) return 0;
    *part = (Part){views_of[0], views_of[1], views_of[2], views_of[3], views_of[4], views_of[5], views_of[6], 0, 0, NULL, 0, 0, 0, number, 0};
    part->count = (size_t)part->ends->len / 4;
    if ((size_t)part->at->len / 8 < part->count + 1 || (size_t)(heads ? part->stems : part->df)->len / 4 != part->count)
        return damaged("tables of different sizes") != NULL;
    return 1;
}

static PyObject *merge(PyObject *self, PyObject *args) {
    PyObject *parts_of, *lengths_of, *write, *result = NULL, *sequence = NULL, *tables = NULL;
    unsigned long long base;
    if (!PyArg_ParseTuple(args, "OOKO", &parts_of, &lengths_of, &base, &write)) return NULL;
    Views views = {0};
    Heap heap = {0};
    Part *parts = NULL;
    List *lists = calloc(FIELDS, sizeof *lists);
    Out out = {0};
    Bytes blob = {0}, ends = {0}, stems = {0};
    Bytes scratch = {0};
    uint32_t *seen = NULL, stamp = 0;
    uint64_t documents = 0;
    if (!lists) goto memory;
    if (!(sequence = PySequence_Tuple(parts_of)) || !(tables = PySequence_Tuple(lengths_of))) goto end;
    size_t n = (size_t)PyTuple_Size(sequence);
    Py_ssize_t number = PyTuple_Size(tables);
    int heads = number > 0, fields = heads ? FIELDS : 1;
    if (heads && number != FIELDS) {
        damaged("a wrong number of fields");
        goto end;
    }
    if (!views_begin(&views, 7 * n + FIELDS)) goto end;
    if (!(parts = calloc(n ? n : 1, sizeof *parts))) goto memory;
    for (size_t i = 0; i < n; i++) {
        if (!part_begin(&parts[i], PyTuple_GetItem(sequence, (Py_ssize_t)i), &views, (uint32_t)i, heads)) goto end;
        parts[i].shifted = 1;
        for (size_t doc = 0, all = (size_t)parts[i].documents->len / 4; doc < all; doc++) {
            uint32_t new = u32(parts[i].documents->buf, doc);
            if (new == DROPPED || new - doc != u32(parts[i].documents->buf, 0)) parts[i].shifted = 0;
            if (new != DROPPED && new >= documents) documents = (uint64_t)new + 1;
        }
    }
    for (int f = 0; heads && f < FIELDS; f++) {
        const Py_buffer *lengths = views_add(&views, PyTuple_GetItem(tables, f), 4);
        if (!lengths) goto end;
        if ((uint64_t)lengths->len / 4 < documents) {
            damaged("more documents than lengths");
            goto end;
        }
        lists[f].lengths = lengths->buf;
    }
    if (!(seen = calloc(documents + 1, 4)) || !out_begin(&out, base, write)) goto memory;
    if (!heap_begin(&heap, parts, n)) goto end;
    while (heap.n) {
        Part term = *heap.parts[0];
        uint32_t df = 0;
        if (++stamp == 0) goto memory; /* four thousand million terms */
        for (int f = 0; f < fields; f++) list_begin(&lists[f]);
        while (heap.n && compare(heap.parts[0], &term) == 0) {
            Part *part = heap.parts[0];
            Input inputs[FIELDS];
            if (!read_lists(part, part->i, heads, inputs)) {
                damaged("the head of a posting list does not read");
                goto end;
            }
            int having = 0;
            for (int f = 0; f < fields; f++) having += inputs[f].p != NULL;
            for (int f = 0; f < fields; f++)
                if (inputs[f].p && !append_list(&lists[f], &inputs[f], part, heads, &scratch, having > 1 ? seen : NULL, stamp, &df)) goto end;
            if (!heap_next(&heap)) goto end;
        }
        if (!df) continue;
        if (!put_bytes(&blob, term.term, term.length) || blob.n > UINT32_MAX || !put_u32(&ends, (uint32_t)blob.n)) goto memory;
        if (heads && !put_u32(&stems, term.stem)) goto memory;
        if (!out_add(&out, lists, fields, heads, df)) goto end;
    }
    if (!out_write(&out)) goto end;
    result = Py_BuildValue("(NNNNN)", as_bytes(&blob), as_bytes(&ends), as_bytes(&stems), as_bytes(&out.at), as_bytes(&out.df));
    goto end;
memory:
    PyErr_NoMemory();
end:
    for (int f = 0; lists && f < FIELDS; f++) list_free(&lists[f]);
    free(lists);
    free(parts);
    free(heap.parts);
    free(seen);
    free(scratch.p);
    free(blob.p);
    free(ends.p);
    free(stems.p);
    out_free(&out);
    views_free(&views);
    Py_XDECREF(sequence);
    Py_XDECREF(tables);
    return result;
}

#endif
