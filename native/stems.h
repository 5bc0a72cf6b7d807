/* The tables of stems: `gather_stems` and `stem_documents` of searchidx/inversion.py. */
#ifndef DOSSIER_STEMS_H
#define DOSSIER_STEMS_H

#include "lists.h"

/* Count the documents of one list that were not seen for this stamp; 0 where it does not read. */
static int count_documents(const Input *list, uint64_t documents, uint32_t *seen, uint32_t stamp, uint32_t *df) {
    const uint8_t *base = blocks_of(list), *p = base;
    uint64_t blocks = (list->df + BLOCK - 1) / BLOCK;
    int64_t last = -1;
    uint32_t docs[BLOCK];
    uint8_t codes[4];
    if (!base) return 0;
    for (uint64_t block = 0; block < blocks; block++) {
        uint32_t n = block + 1 < blocks ? BLOCK : (uint32_t)(list->df - block * BLOCK);
        if (!read_documents(&p, list->end, n, codes, &last, documents, docs)) return 0;
        for (uint32_t k = 0; k < n; k++)
            if (seen[docs[k]] != stamp) {
                seen[docs[k]] = stamp;
                ++*df;
            }
        if (block + 1 < blocks) {
            uint32_t end = u32(list->p + ROW * block, 1);
            if (end > (uint64_t)(list->end - base)) return 0;
            p = base + end;
        }
    }
    return 1;
}

static PyObject *gather_stems(PyObject *self, PyObject *args) {
    PyObject *numbers_of, *blob_of, *ends_of, *result = NULL;
    if (!PyArg_ParseTuple(args, "OOO", &numbers_of, &blob_of, &ends_of)) return NULL;
    Views views;
    if (!views_begin(&views, 3)) return NULL;
    uint32_t *start = NULL, *new = NULL, *entries = NULL, used = 0;
    Bytes stem = {0}, blob = {0}, ends = {0}, first = {0}, gathered = {0};
    Part part = {0};
    const Py_buffer *numbers = views_add(&views, numbers_of, 4);
    if (!numbers || !(part.blob = views_add(&views, blob_of, 1)) || !(part.ends = views_add(&views, ends_of, 4))) goto end;
    size_t count = (size_t)numbers->len / 4, stems = (size_t)part.ends->len / 4;
    if (count >= UINT32_MAX) goto memory;
    start = calloc(stems + 2, 4);
    new = malloc(4 * stems + 4);
    entries = malloc(4 * count + 4);
    if (!start || !new || !entries) goto memory;
    /* The entries of each stem, in order: counted, summed, filled in (as in `invert_field`). */
    for (size_t i = 0; i < count; i++) {
        uint32_t number = u32(numbers->buf, i);
        if (number >= stems) {
            damaged("a stem beyond its dictionary");
            goto end;
        }
        start[number + 2]++;
    }
    for (size_t s = 1; s < stems + 2; s++) start[s] += start[s - 1];
    for (size_t i = 0; i < count; i++) entries[start[u32(numbers->buf, i) + 1]++] = (uint32_t)i;
    if (!put_u32(&first, 0)) goto memory;
    for (part.i = 0; part.i < stems; part.i++) {
        if (start[part.i] == start[part.i + 1]) continue;
        if (!part_load(&part)) goto end;
        if (!put_bytes(&blob, part.term, part.length) || !put_u32(&ends, (uint32_t)blob.n) || !put_u32(&first, start[part.i + 1])) goto memory;
        new[part.i] = used++;
    }
    for (size_t i = 0; i < count; i++)
        if (!put_u32(&stem, new[u32(numbers->buf, i)])) goto memory;
    if (!put_bytes(&gathered, entries, 4 * count)) goto memory;
    result = Py_BuildValue("(NNNNN)", as_bytes(&stem), as_bytes(&blob), as_bytes(&ends), as_bytes(&first), as_bytes(&gathered));
    goto end;
memory:
    PyErr_NoMemory();
end:
    free(start);
    free(new);
    free(entries);
    free(stem.p);
    free(blob.p);
    free(ends.p);
    free(first.p);
    free(gathered.p);
    views_free(&views);
    return result;
}

static PyObject *stem_documents(PyObject *self, PyObject *args) {
    PyObject *first_of, *entries_of, *at_of, *postings_of, *result = NULL;
    unsigned long long documents, begin, end;
    if (!PyArg_ParseTuple(args, "OOOOKKK", &first_of, &entries_of, &at_of, &postings_of, &documents, &begin, &end)) return NULL;
    Views views;
    if (!views_begin(&views, 4)) return NULL;
    uint32_t *seen = NULL;
    Bytes df = {0};
    Part part = {0};
    const Py_buffer *first = views_add(&views, first_of, 4), *entries = first ? views_add(&views, entries_of, 4) : NULL;
    if (!entries || !(part.at = views_add(&views, at_of, 8)) || !(part.postings = views_add(&views, postings_of, 1))) goto end;
    size_t count = (size_t)part.at->len / 8;
    if (documents >= UINT32_MAX || begin > end || end >= (unsigned long long)first->len / 4 || end >= UINT32_MAX) {
        damaged("stems beyond their table");
        goto end;
    }
    if (!(seen = calloc((size_t)documents + 1, 4))) goto memory;
    for (size_t s = begin; s < end; s++) {
        uint32_t from = u32(first->buf, s), to = u32(first->buf, s + 1), having = 0;
        if (from > to || to > (size_t)entries->len / 4) {
            damaged("entries beyond their table");
            goto end;
        }
        for (uint32_t e = from; e < to; e++) {
            Input lists[FIELDS];
            uint32_t entry = u32(entries->buf, e);
            int sound = (size_t)entry + 1 < count && read_lists(&part, entry, 1, lists);
            for (int f = 0; sound && f < FIELDS; f++)
                sound = !lists[f].p || count_documents(&lists[f], documents, seen, (uint32_t)s + 1, &having);
            if (!sound) {
                damaged("a posting list does not read");
                goto end;
            }
        }
        if (!put_u32(&df, having)) goto memory;
    }
    result = as_bytes(&df);
    goto end;
memory:
    PyErr_NoMemory();
end:
    free(seen);
    free(df.p);
    views_free(&views);
    return result;
}

#endif
