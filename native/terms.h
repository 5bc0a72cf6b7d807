/* Sorted dictionaries of the segments that are merged, term by term, and as one: `union` of searchidx/inversion.py.

   They come from files and are believed in nothing: every offset is compared with the size of what it points into. */
#ifndef DOSSIER_TERMS_H
#define DOSSIER_TERMS_H

#include "handed.h"

/* A sorted dictionary and the place in it. */
typedef struct {
    const Py_buffer *blob, *ends, *stems, *at, *postings, *df, *documents;
    size_t count, i;
    const uint8_t *term;
    uint64_t first; /* bytes of the term, so that they compare as a number */
    uint32_t length, stem, number;
    int shifted; /* no document is dropped, and the new numbers follow one another like the old */
} Part;

/* Look at term i; 0 with an exception set. */
static int part_load(Part *part) {
    uint32_t start = part->i ? u32(part->ends->buf, part->i - 1) : 0, end = u32(part->ends->buf, part->i);
    if (start > end || end > (size_t)part->blob->len) return damaged("a term beyond its dictionary") != NULL;
    part->term = (const uint8_t *)part->blob->buf + start;
    part->length = end - start;
    part->first = first_eight(part->term, part->length);
    part->stem = part->stems && part->stems->len ? u32(part->stems->buf, part->i) : 0;
    return 1;
}

static int compare(const Part *a, const Part *b) {
    if (a->first != b->first) return a->first < b->first ? -1 : 1;
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = shorter ? memcmp(a->term, b->term, shorter) : 0;
    if (order) return order;
    if (a->length != b->length) return a->length < b->length ? -1 : 1;
    return a->stem < b->stem ? -1 : a->stem > b->stem;
}

static int before(const Part *a, const Part *b) {
    int order = compare(a, b);
    return order < 0 || (order == 0 && a->number < b->number);
}

/* A heap of parts by the terms they are at. */
typedef struct {
    Part **parts;
    size_t n;
} Heap;

static void heap_sink(Heap *heap, size_t i) {
    Part *part = heap->parts[i];
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= heap->n) break;
        if (child + 1 < heap->n && before(heap->parts[child + 1], heap->parts[child])) child++;
        if (!before(heap->parts[child], part)) break;
        heap->parts[i] = heap->parts[child];
        i = child;
    }
    heap->parts[i] = part;
}

/* A heap of all parts that have a term; 0 with an exception set. */
static int heap_begin(Heap *heap, Part *parts, size_t n) {
    heap->parts = calloc(n ? n : 1, sizeof *heap->parts);
    heap->n = 0;
    if (!heap->parts) {
        PyErr_NoMemory();
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (!parts[i].count) continue;
        if (!part_load(&parts[i])) return 0;
        heap->parts[heap->n++] = &parts[i];
    }
    for (size_t i = heap->n / 2; i-- > 0;) heap_sink(heap, i);
    return 1;
}

/* Move the first part to its next term; 0 with an exception set. */
static int heap_next(Heap *heap) {
    Part *part = heap->parts[0];
    if (++part->i < part->count) {
        if (!part_load(part)) return 0;
    } else {
        heap->parts[0] = heap->parts[--heap->n];
    }
    if (heap->n) heap_sink(heap, 0);
    return 1;
}

/* Numbers of terms in one dictionary as those in another; NULL with an exception set. */
static PyObject *renumbered(const Bytes *map, const Py_buffer *numbers) {
    Bytes found = {0};
    PyObject *result = NULL;
    size_t count = (size_t)numbers->len / 4;
    if (!reserve(&found, 4 * count)) return PyErr_NoMemory();
    for (size_t i = 0; i < count; i++) {
        uint32_t number = u32(numbers->buf, i);
        if (number >= map->n / 4) {
            damaged("a term beyond its dictionary");
            goto end;
        }
        put_u32(&found, u32(map->p, number));
    }
    result = as_bytes(&found);
end:
    free(found.p);
    return result;
}

/* `union` of searchidx/inversion.py. */
static PyObject *unite(PyObject *self, PyObject *args) {
    PyObject *of, *sequence = NULL, *result = NULL, *numbers = NULL;
    if (!PyArg_ParseTuple(args, "O", &of) || !(sequence = PySequence_Tuple(of))) return NULL;
    size_t n = (size_t)PyTuple_Size(sequence);
    Views views = {0};
    Heap heap = {0};
    Bytes blob = {0}, ends = {0}, *maps = NULL;
    Part *parts = NULL;
    uint32_t number = 0;
    const Py_buffer **uses = calloc(n ? n : 1, sizeof *uses);
    if (!uses) goto memory;
    if (!views_begin(&views, 3 * n)) goto end;
    if (!(parts = calloc(n ? n : 1, sizeof *parts)) || !(maps = calloc(n ? n : 1, sizeof *maps))) goto memory;
    for (size_t i = 0; i < n; i++) {
        PyObject *blob_of, *ends_of, *uses_of;
        if (!PyArg_ParseTuple(PyTuple_GetItem(sequence, (Py_ssize_t)i), "OOO", &blob_of, &ends_of, &uses_of)) goto end;
        if (!(parts[i].blob = views_add(&views, blob_of, 1)) || !(parts[i].ends = views_add(&views, ends_of, 4))) goto end;
        if (!(uses[i] = views_add(&views, uses_of, 4))) goto end;
        parts[i].count = (size_t)parts[i].ends->len / 4;
        parts[i].number = (uint32_t)i;
    }
    if (!heap_begin(&heap, parts, n)) goto end;
    while (heap.n) {
        Part term = *heap.parts[0];
        while (heap.n && compare(heap.parts[0], &term) == 0) {
            if (!put_u32(&maps[heap.parts[0]->number], number)) goto memory;
            if (!heap_next(&heap)) goto end;
        }
        if (!put_bytes(&blob, term.term, term.length) || blob.n > UINT32_MAX || !put_u32(&ends, (uint32_t)blob.n)) goto memory;
        if (++number == UINT32_MAX) goto memory;
    }
    if (!(numbers = PyList_New((Py_ssize_t)n))) goto end;
    for (size_t i = 0; i < n; i++) {
        PyObject *map = renumbered(&maps[i], uses[i]);
        if (!map || PyList_SetItem(numbers, (Py_ssize_t)i, map) < 0) goto end;
    }
    result = Py_BuildValue("(NNO)", as_bytes(&blob), as_bytes(&ends), numbers);
    goto end;
memory:
    PyErr_NoMemory();
end:
    for (size_t i = 0; maps && i < n; i++) free(maps[i].p);
    free(maps);
    free(uses);
    free(parts);
    free(heap.parts);
    free(blob.p);
    free(ends.p);
    views_free(&views);
    Py_XDECREF(numbers);
    Py_XDECREF(sequence);
    return result;
}

#endif
