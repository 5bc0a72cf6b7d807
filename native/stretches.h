/* Which stretches of a document's positions show best what was searched for: searchidx/stretches.py in C. */
#ifndef DOSSIER_STRETCHES_H
#define DOSSIER_STRETCHES_H

#include "word_lists.h"

/* Occurrences of one leaf: each begins at one of `items` and is `length` positions long. */
typedef struct {
    Numbers starts;
    uint32_t length;
} Spans;

typedef struct {
    uint32_t start, length, leaf;
} Occurrence;

typedef struct {
    double worth;
    uint32_t page, first, last;
} Stretch;

/* Where a leaf's words follow one another: the position of the first of them. words: a tuple; equal words are the
   same object. most: so many positions are named at most. 0 with an exception. */
static int leaf_spans(Segment *s, PyObject *words, uint8_t field, uint32_t doc, uint64_t most, Spans *out) {
    if (!PyTuple_Check(words)) {
        PyErr_SetString(PyExc_TypeError, "a leaf is a tuple of words");
        return 0;
    }
    uint32_t n = out->length = (uint32_t)PyTuple_Size(words);
    for (uint32_t k = 0; k < n; k++) {
        PyObject *object = PyTuple_GetItem(words, k);
        Word *word = object == Py_None ? NULL : word_of(s, object);
        if (!word && object != Py_None) return 0;
        if (!word || !word->word.n) return 1;
    }
    if (n == 1 && !word_positions(s, &((Word *)PyTuple_GetItem(words, 0))->word, field, doc, &out->starts)) return 0;
    if (n > 1) {
        Numbers all = {0};
        uint32_t *begin = malloc(3 * (size_t)n * sizeof *begin), *end = begin + n, *at = end + n;
        int done = begin != NULL;
        if (!done) PyErr_NoMemory();
        for (uint32_t k = 0; done && k < n; k++) {
            uint32_t same = 0;
            while (same < k && PyTuple_GetItem(words, same) != PyTuple_GetItem(words, k)) same++;
            begin[k] = at[k] = same < k ? begin[same] : all.n;
            if (same == k) done = word_positions(s, &((Word *)PyTuple_GetItem(words, k))->word, field, doc, &all);
            end[k] = same < k ? end[same] : all.n;
            if (begin[k] == end[k]) break; /* this word is not there: nothing is */
            if (k + 1 < n) continue;
            for (uint32_t i = begin[0]; done && i < end[0]; i++) {
                uint32_t start = all.items[i];
                if ((i > begin[0] && all.items[i - 1] == start) || !follow(all.items, at, end, n, start)) continue;
                done = numbers_room(&out->starts, 1);
                if (done) out->starts.items[out->starts.n++] = start;
                else PyErr_NoMemory();
            }
        }
        free(begin);
        free(all.items);
        if (!done) return 0;
    }
    if (n && out->starts.n > most / n) out->starts.n = (uint32_t)(most / n);
    return 1;
}

static void free_spans(Spans *spans, Py_ssize_t n) {
    for (Py_ssize_t k = 0; spans && k < n; k++) free(spans[k].starts.items);
    free(spans);
}

/* The spans of all leaves in one field of one document; NULL with an exception. */
static Spans *spans_of(Segment *s, PyObject *leaves, uint8_t field, uint32_t doc, uint64_t most) {
    Py_ssize_t n = PyTuple_Size(leaves);
    Spans *spans = calloc((size_t)n + 1, sizeof *spans);
    if (!spans) return (Spans *)PyErr_NoMemory();
    for (Py_ssize_t k = 0; k < n; k++)
        if (!leaf_spans(s, PyTuple_GetItem(leaves, k), field, doc, most, &spans[k])) {
            free_spans(spans, n);
            return NULL;
        }
    return spans;
}

/* The spans for Python: ((starts, length), ...) of the leaves that have any. */
static PyObject *told_spans(const Spans *spans, Py_ssize_t n) {
    PyObject *list = PyList_New(0);
    for (Py_ssize_t k = 0; list && k < n; k++) {
        if (!spans[k].starts.n) continue;
        PyObject *item = Py_BuildValue("(y#I)", (const char *)spans[k].starts.items, (Py_ssize_t)spans[k].starts.n * 4, spans[k].length);
        if (!item || PyList_Append(list, item) < 0) Py_CLEAR(list);
        Py_XDECREF(item);
    }
    PyObject *told = list ? PyList_AsTuple(list) : NULL;
    Py_XDECREF(list);
    return told;
}

static PyObject *segment_spans(PyObject *self, PyObject *args) {
    Segment *s = (Segment *)self;
    PyObject *leaves;
    unsigned char field;
    unsigned int doc;
    unsigned long long most;
    if (!PyArg_ParseTuple(args, "O!bIK", &PyTuple_Type, &leaves, &field, &doc, &most) || !check_open(s)) return NULL;
    Spans *spans = spans_of(s, leaves, field, doc, most);
    PyObject *told = spans ? told_spans(spans, PyTuple_Size(leaves)) : NULL;
    free_spans(spans, PyTuple_Size(leaves));
    return told;
}

static int by_start(const void *a, const void *b) {
    const Occurrence *x = a, *y = b;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    if (x->length != y->length) return x->length < y->length ? -1 : 1;
    return x->leaf < y->leaf ? -1 : x->leaf > y->leaf;
}

static int by_worth(const void *a, const void *b) {
    const Stretch *x = a, *y = b;
    if (x->worth != y->worth) return x->worth > y->worth ? -1 : 1;
    if (x->page != y->page) return x->page < y->page ? -1 : 1;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    return x->last < y->last ? -1 : x->last > y->last;
}

/* The stretches of one page, one that begins at each occurrence. held: zeros, and left so. */
static void page_stretches(const Occurrence *found, uint32_t n, uint32_t page, const double *worths, uint32_t window, uint32_t *held, Stretch *out) {
    double different = 0.0, everything = 0.0;
    uint32_t end = 0;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t low = found[k].start, leaf = found[k].leaf;
        while (end < n && (end == k || found[end].start + found[end].length - 1 - low < window)) {
            uint32_t other = found[end++].leaf;
            if (!held[other]++) different += worths[other];
            everything += worths[other];
        }
        uint32_t last = found[end - 1].start + found[end - 1].length - 1;
        double repeated = everything - different;
        double nearness = 1 + 0.3 * (1 - (double)(last - low) / window);
        out[k] = (Stretch){different * nearness + (repeated < 10.0 ? 0.1 * repeated : 1.0), page, low, last};
        everything -= worths[leaf];
        if (!--held[leaf]) different -= worths[leaf];
    }
}

typedef struct {
    double most;
    uint32_t page, begin, end; /* of the occurrences on it */
} PageOf;

static int by_most(const void *a, const void *b) {
    const PageOf *x = a, *y = b;
    if (x->most != y->most) return x->most > y->most ? -1 : 1;
    return x->page < y->page ? -1 : x->page > y->page;
}

/* Which page (its index) a position lies on: the last that begins at or before it. */
static uint32_t page_of(const uint8_t *starts, uint32_t pages, uint32_t position) {
    uint32_t low = 0, high = pages;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (u32_at(starts + 4 * (uint64_t)middle) <= position) low = middle + 1;
        else high = middle;
    }
    return low ? low - 1 : 0;
}

static PyObject *segment_stretches(PyObject *self, PyObject *args) {
    Segment *s = (Segment *)self;
    PyObject *leaves, *worths_of, *list = NULL, *told = NULL, *result = NULL;
    unsigned char field;
    unsigned int doc, count, window, likely;
    unsigned long long most;
    if (!PyArg_ParseTuple(args, "O!O!bIIIIK", &PyTuple_Type, &leaves, &PyTuple_Type, &worths_of, &field, &doc, &count, &window, &likely, &most) || !check_open(s)) return NULL;
    Py_ssize_t n = PyTuple_Size(leaves);
    if (PyTuple_Size(worths_of) != n || !window) {
        PyErr_SetString(PyExc_TypeError, "each leaf has a worth");
        return NULL;
    }
    uint32_t first, last;
    if (!number(s, S_PAGE_INDEX, doc, &first) || !number(s, S_PAGE_INDEX, (uint64_t)doc + 1, &last)) return NULL;
    if (last < first) return damaged(s);
    const uint8_t *starts = section(s, S_PAGE_START, 4ull * first, 4ull * (last - first));
    const uint8_t *numbers = section(s, S_PAGE_NUMBER, 4ull * first, 4ull * (last - first));
    if (!starts || !numbers) return NULL;
    Spans *spans = spans_of(s, leaves, field, doc, most);
    if (!spans) return NULL;
    uint64_t total = 0;
    for (Py_ssize_t k = 0; k < n; k++) total += spans[k].starts.n;
    double *worths = malloc(((size_t)n + 1) * sizeof *worths);
    uint32_t *held = calloc((size_t)n + 1, sizeof *held);
    Occurrence *found = malloc((total + 1) * sizeof *found);
    PageOf *pages = malloc((total + 1) * sizeof *pages);
    Stretch *stretches = malloc((total + 1) * sizeof *stretches);
    if (!worths || !held || !found || !pages || !stretches || total > UINT32_MAX) {
        PyErr_NoMemory();
        goto done;
    }
    for (Py_ssize_t k = 0; k < n; k++) worths[k] = PyFloat_AsDouble(PyTuple_GetItem(worths_of, k));
    if (PyErr_Occurred()) goto done;
    list = PyList_New(0);
    told = told_spans(spans, n);
    if (!list || !told) goto done;
    uint32_t all = 0, pages_found = 0, kept = 0;
    for (Py_ssize_t k = 0; k < n && first < last; k++)
        for (uint32_t i = 0; i < spans[k].starts.n; i++) found[all++] = (Occurrence){spans[k].starts.items[i], spans[k].length, (uint32_t)k};
    qsort(found, all, sizeof *found, by_start);
    for (uint32_t k = 0; k < all;) {
        PageOf *page = &pages[pages_found++];
        *page = (PageOf){0.0, page_of(starts, last - first, found[k].start), k, k};
        int is_last = page->page + 1 >= last - first;
        uint32_t next = is_last ? 0 : u32_at(starts + 4 * (uint64_t)(page->page + 1));
        for (; k < all && (is_last || found[k].start < next); k++) held[found[k].leaf] = 1;
        if (k == page->begin) { /* the starts do not ascend */
            damaged(s);
            goto done;
        }
        page->end = k;
        for (Py_ssize_t l = 0; l < n; l++) {
            if (held[l]) page->most += worths[l];
            held[l] = 0;
        }
    }
    if (pages_found > likely) {
        qsort(pages, pages_found, sizeof *pages, by_most);
        pages_found = likely;
    }
    for (uint32_t k = 0; k < pages_found; k++) {
        uint32_t size = pages[k].end - pages[k].begin;
        page_stretches(found + pages[k].begin, size, pages[k].page, worths, window, held, stretches + kept);
        kept += size;
    }
    qsort(stretches, kept, sizeof *stretches, by_worth);
    uint32_t chosen = 0;
    for (uint32_t k = 0; k < kept && chosen < count; k++) {
        Stretch *one = &stretches[k];
        int apart = 1; /* from those chosen before, which stand at the beginning */
        for (uint32_t c = 0; c < chosen && apart; c++)
            apart = stretches[c].page != one->page || one->first > stretches[c].last + window / 2 || one->last + window / 2 < stretches[c].first;
        if (!apart) continue;
        stretches[chosen++] = *one;
        PyObject *item = Py_BuildValue("(dIIII)", one->worth, u32_at(starts + 4 * (uint64_t)one->page), u32_at(numbers + 4 * (uint64_t)one->page), one->first, one->last);
        int appended = item ? PyList_Append(list, item) : -1;
        Py_XDECREF(item);
        if (appended < 0) goto done;
    }
    result = Py_BuildValue("(OO)", told, list);
done:
    Py_XDECREF(told);
    Py_XDECREF(list);
    free(worths);
    free(held);
    free(found);
    free(pages);
    free(stretches);
    free_spans(spans, n);
    return result;
}

#endif
