/* From tokens to posting lists: `invert` of searchidx/inversion.py. */
#ifndef DOSSIER_INVERT_H
#define DOSSIER_INVERT_H

#include "handed.h"

#define GAP UINT32_MAX /* in the place of a token: the next ones stand further on */

typedef struct {
    uint32_t doc, position;
} Occurrence;

/* One field: the occurrences of term t are those from start[t] to start[t + 1], by document and position. */
typedef struct {
    uint32_t *start;
    Occurrence *of;
} Occurrences;

static int invert_field(Occurrences *to, const Py_buffer *tokens, const Py_buffer *ends, uint32_t terms, uint32_t gap) {
    size_t count = (size_t)tokens->len / 4, documents = (size_t)ends->len / 4, first = 0;
    to->start = calloc((size_t)terms + 2, 4);
    to->of = malloc((count + 1) * sizeof *to->of);
    if (!to->start || !to->of) {
        PyErr_NoMemory();
        return 0;
    }
    /* Counted two places further on, so that after the sums start[t + 1] is where t begins; filling moves it to
       where t ends, which is where t + 1 begins. */
    for (size_t i = 0; i < count; i++) {
        uint32_t term = u32(tokens->buf, i);
        if (term == GAP) continue;
        if (term >= terms) return damaged("a token without a term") != NULL;
        to->start[term + 2]++;
    }
    for (size_t t = 1; t < (size_t)terms + 2; t++) to->start[t] += to->start[t - 1];
    for (size_t doc = 0; doc < documents; doc++) {
        size_t end = u32(ends->buf, doc);
        if (end < first || end > count) return damaged("documents that do not fit the tokens") != NULL;
        uint32_t position = 0;
        for (size_t i = first; i < end; i++) {
            uint32_t term = u32(tokens->buf, i);
            if (term == GAP) {
                position += gap;
                continue;
            }
            to->of[to->start[term + 1]++] = (Occurrence){(uint32_t)doc, position++};
        }
        first = end;
    }
    if (first != count) return damaged("documents that do not fit the tokens") != NULL;
    return 1;
}

static int add_occurrences(List *list, const Occurrences *from, uint32_t term, int heads, uint32_t *seen, uint32_t stamp, uint32_t *df) {
    const Occurrence *of = from->of;
    uint32_t i = from->start[term], end = from->start[term + 1];
    while (i < end) {
        uint32_t doc = of[i].doc, freq = 1, first = heads ? of[i].position : 0;
        while (i + freq < end && of[i + freq].doc == doc) freq++;
        if (!heads) { /* a value that a document has more than once counts once */
            i += freq - 1;
            freq = 1;
        }
        if (list->n == BLOCK && !list_flush(list)) goto memory;
        uint32_t *step = list_steps(list, freq - 1);
        if (!step && freq > 1) goto memory;
        for (uint32_t k = 1; k < freq; k++) step[k - 1] = of[i + k].position - of[i + k - 1].position;
        list->docs[list->n] = doc;
        list->freqs[list->n] = freq;
        list->firsts[list->n++] = first;
        list->last = doc;
        list->df++;
        list->cf += freq;
        if (seen[doc] != stamp) {
            seen[doc] = stamp;
            ++*df;
        }
        i += freq;
    }
    return 1;
memory:
    PyErr_NoMemory();
    return 0;
}

static PyObject *invert(PyObject *self, PyObject *args) {
    PyObject *order_of, *fields_of, *write, *result = NULL, *fields = NULL;
    unsigned int gap;
    int heads;
    unsigned long long base;
    if (!PyArg_ParseTuple(args, "OOIpKO", &order_of, &fields_of, &gap, &heads, &base, &write)) return NULL;
    Views views;
    Occurrences found[FIELDS] = {{0}};
    List *lists = calloc(FIELDS, sizeof *lists);
    Out out = {0};
    uint32_t *seen = NULL;
    if (!views_begin(&views, 1 + 3 * FIELDS)) {
        free(lists);
        return NULL;
    }
    if (!lists) goto memory;
    const Py_buffer *order = views_add(&views, order_of, 4);
    if (!order || !(fields = PySequence_Tuple(fields_of))) goto end;
    Py_ssize_t number = PyTuple_Size(fields);
    if (number < 1 || number > FIELDS) {
        damaged("a wrong number of fields");
        goto end;
    }
    size_t count = (size_t)order->len / 4, documents = 0;
    uint32_t terms = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t term = u32(order->buf, i);
        if (term >= UINT32_MAX - 1) {
            damaged("a term beyond all numbers");
            goto end;
        }
        if (term >= terms) terms = term + 1;
    }
    if (count >= UINT32_MAX) goto memory;
    for (Py_ssize_t f = 0; f < number; f++) {
        PyObject *tokens_of, *ends_of, *lengths_of;
        if (!PyArg_ParseTuple(PyTuple_GetItem(fields, f), "OOO", &tokens_of, &ends_of, &lengths_of)) goto end;
        const Py_buffer *tokens = views_add(&views, tokens_of, 4);
        const Py_buffer *ends = tokens ? views_add(&views, ends_of, 4) : NULL;
        const Py_buffer *lengths = ends ? views_add(&views, lengths_of, 4) : NULL;
        if (!lengths) goto end;
        if (tokens->len / 4 >= (Py_ssize_t)UINT32_MAX || ends->len / 4 >= (Py_ssize_t)UINT32_MAX) goto memory;
        if (f == 0) documents = (size_t)ends->len / 4;
        if ((size_t)ends->len / 4 != documents || (heads && lengths->len != ends->len)) {
            damaged("fields of different numbers of documents");
            goto end;
        }
        if (!invert_field(&found[f], tokens, ends, terms, gap)) goto end;
        lists[f].lengths = heads ? lengths->buf : NULL;
    }
    seen = calloc(documents + 1, 4);
    if (!seen || !out_begin(&out, base, write)) goto memory;
    for (size_t i = 0; i < count; i++) {
        uint32_t df = 0;
        for (Py_ssize_t f = 0; f < number; f++) {
            list_begin(&lists[f]);
            if (!add_occurrences(&lists[f], &found[f], u32(order->buf, i), heads, seen, (uint32_t)i + 1, &df)) goto end;
        }
        if (!out_add(&out, lists, (int)number, heads, df)) goto end;
    }
    if (!out_write(&out)) goto end;
    result = Py_BuildValue("(NN)", as_bytes(&out.at), as_bytes(&out.df));
    goto end;
memory:
    PyErr_NoMemory();
end:
    for (int f = 0; f < FIELDS; f++) {
        free(found[f].start);
        free(found[f].of);
        if (lists) list_free(&lists[f]);
    }
    free(lists);
    free(seen);
    out_free(&out);
    views_free(&views);
    Py_XDECREF(fields);
    return result;
}

#endif
