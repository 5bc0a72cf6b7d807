/* A second look at the best documents (searchidx/rerank.py), and the records in which they are handed to and fro. */
#ifndef DOSSIER_RERANK_H
#define DOSSIER_RERANK_H

#include "query.h"

/* A copy of records that were handed to Python; *count of them. NULL with an exception. */
static Scored *records_of(PyObject *object, uint64_t *count) {
    char *data;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(object, &data, &size) < 0) return NULL;
    *count = (uint64_t)size / sizeof(Scored);
    Scored *records = malloc(size ? (size_t)size : 1);
    if (!records) return (Scored *)PyErr_NoMemory();
    memcpy(records, data, *count * sizeof(Scored));
    return records;
}

static int by_document(const void *a, const void *b) {
    const Scored *x = *(const Scored *const *)a, *y = *(const Scored *const *)b;
    return x->doc < y->doc ? -1 : x->doc > y->doc;
}

/* The positions of a word in one field of a document, from lists that are read onwards; as positions_of. */
static int positions_on(Segment *s, Cursor *cursors, uint32_t n, uint8_t field, uint32_t doc, Numbers *out) {
    uint32_t begin = out->n, lists = 0;
    for (uint32_t k = 0; k < n; k++) {
        Cursor *c = &cursors[k];
        if (c->list->field != field) continue;
        if (!seek(&s->file, c, doc, s->documents)) return -1;
        if (c->i == c->n || c->docs[c->i] != doc) continue;
        if (positions_here(c, out) <= 0) return -1;
        lists++;
    }
    if (lists > 1) qsort(out->items + begin, out->n - begin, sizeof(uint32_t), ascending);
    return (int)lists;
}

static Cursor *cursors_of(Arena *arena, const WordLists *word, uint32_t *n) {
    Cursor *cursors = take_any(arena, word->n, sizeof *cursors);
    *n = 0;
    for (uint32_t k = 0; cursors && k < word->n; k++) {
        if (word->lists[k].kind == LIKE) continue;
        Cursor *c = &cursors[(*n)++];
        c->list = &word->lists[k];
        c->block = c->n = c->i = 0;
    }
    return cursors;
}

static PyObject *segment_nearness(PyObject *self, PyObject *args) {
    Segment *s = (Segment *)self;
    PyObject *object, *pairs, *norms_of, *result = NULL;
    unsigned int number_of, window;
    Norms norms = {0};
    if (!PyArg_ParseTuple(args, "OIO!O!dI", &object, &number_of, &PyTuple_Type, &pairs, &PyTuple_Type, &norms_of, &norms.k1, &window)) return NULL;
    if (!check_open(s) || !read_norms(norms_of, &norms)) return NULL;
    Arena arena;
    begin(&arena);
    Numbers *numbers = &arena.search.numbers;
    uint64_t count, own = 0;
    Scored *records = records_of(object, &count), **ordered = records ? take(&arena, count, sizeof *ordered) : NULL;
    if (!ordered) goto done;
    for (uint64_t k = 0; k < count; k++)
        if (records[k].segment == number_of && records[k].doc < s->documents) ordered[own++] = &records[k];
    qsort(ordered, own, sizeof *ordered, by_document);
    for (Py_ssize_t p = 0; p < PyTuple_Size(pairs); p++) {
        PyObject *one_of, *two_of;
        unsigned char fields;
        double beside, nearby;
        if (!PyArg_ParseTuple(PyTuple_GetItem(pairs, p), "OObdd", &one_of, &two_of, &fields, &beside, &nearby)) goto done;
        if (one_of == Py_None || two_of == Py_None) continue;
        Word *one = word_of(s, one_of), *two = word_of(s, two_of);
        if (!one || !two) goto done;
        uint32_t n, m;
        Cursor *first = cursors_of(&arena, &one->word, &n), *second = cursors_of(&arena, &two->word, &m);
        if (!first || !second) goto done;
        for (uint64_t k = 0; k < own; k++) {
            double in_order = 0.0, in_any = 0.0;
            for (uint8_t f = 0; f < FIELDS; f++) {
                if (!(fields >> f & 1)) continue;
                numbers->n = 0;
                int lists = positions_on(s, first, n, f, ordered[k]->doc, numbers);
                uint32_t middle = numbers->n;
                if (lists > 0) lists = positions_on(s, second, m, f, ordered[k]->doc, numbers);
                if (lists < 0) {
                    damaged(s);
                    goto done;
                }
                if (!lists) continue;
                uint64_t length = s->at[S_LENGTHS + f] + 4ull * ordered[k]->doc;
                if (!touch(&s->file, length, length + 4)) {
                    damaged(s);
                    goto done;
                }
                double divisor = norms.base[f] + norms.slope[f] * (double)u32_at(s->file.base + length);
                uint32_t ends[2] = {middle, numbers->n};
                uint32_t times = adjacent(numbers->items, ends, 2);
                if (times) in_order += (double)times / divisor;
                times = near_pairs(numbers->items, middle, numbers->items + middle, numbers->n - middle, window);
                if (times) in_any += (double)times / divisor;
            }
            if (in_order > 0) ordered[k]->score += saturated(beside, in_order, norms.k1);
            if (in_any > 0) ordered[k]->score += saturated(nearby, in_any, norms.k1);
        }
    }
    result = PyBytes_FromStringAndSize((char *)records, (Py_ssize_t)(count * sizeof(Scored)));
done:
    free(records);
    release(&arena);
    return result;
}

static PyObject *segment_frequencies(PyObject *self, PyObject *args) {
    Segment *s = (Segment *)self;
    PyObject *docs_of, *object, *result = NULL;
    double weights[FIELDS];
    if (!PyArg_ParseTuple(args, "OO!(dddd)", &object, &PyTuple_Type, &docs_of, &weights[0], &weights[1], &weights[2], &weights[3])) return NULL;
    Word *word = check_open(s) ? word_of(s, object) : NULL;
    if (!word) return NULL;
    Arena arena;
    begin(&arena);
    uint32_t n;
    Cursor *cursors = cursors_of(&arena, &word->word, &n);
    Py_ssize_t count = PyTuple_Size(docs_of);
    if (cursors) result = PyList_New(count);
    for (Py_ssize_t k = 0; result && k < count; k++) {
        unsigned long doc = PyLong_AsUnsignedLong(PyTuple_GetItem(docs_of, k));
        double tf = 0.0;
        for (uint8_t f = 0; f < FIELDS && !PyErr_Occurred(); f++) {
            uint64_t times = 0;
            for (uint32_t c = 0; c < n; c++) {
                if (cursors[c].list->field != f) continue;
                int sought = seek(&s->file, &cursors[c], (uint32_t)doc, s->documents);
                int found = sought && cursors[c].i < cursors[c].n && cursors[c].docs[cursors[c].i] == doc;
                if (!sought || (found && !frequencies(&cursors[c]))) {
                    damaged(s);
                    break;
                }
                if (found) times += cursors[c].tfs[cursors[c].i];
            }
            tf += weights[f] * (double)times;
        }
        PyObject *item = PyErr_Occurred() ? NULL : PyFloat_FromDouble(tf);
        if (!item) Py_CLEAR(result);
        else PyList_SetItem(result, k, item);
    }
    release(&arena);
    return result;
}

static PyObject *kernel_best(PyObject *module, PyObject *args) {
    PyObject *parts, *result = NULL;
    unsigned long long wanted;
    if (!PyArg_ParseTuple(args, "O!K", &PyTuple_Type, &parts, &wanted)) return NULL;
    uint64_t total = 0, at = 0;
    char *data;
    Py_ssize_t size;
    for (Py_ssize_t k = 0; k < PyTuple_Size(parts); k++) {
        if (PyBytes_AsStringAndSize(PyTuple_GetItem(parts, k), &data, &size) < 0) return NULL;
        total += (uint64_t)size / sizeof(Scored);
    }
    Scored *all = malloc(total * sizeof *all + 1);
    if (!all) return PyErr_NoMemory();
    for (Py_ssize_t k = 0; k < PyTuple_Size(parts); k++) {
        PyBytes_AsStringAndSize(PyTuple_GetItem(parts, k), &data, &size);
        memcpy(all + at, data, (size_t)size / sizeof(Scored) * sizeof(Scored));
        at += (uint64_t)size / sizeof(Scored);
    }
    qsort(all, total, sizeof *all, better_first);
    result = PyBytes_FromStringAndSize((char *)all, (Py_ssize_t)((total < wanted ? total : wanted) * sizeof *all));
    free(all);
    return result;
}

static PyObject *kernel_records(PyObject *module, PyObject *object) {
    uint64_t count;
    Scored *records = records_of(object, &count);
    PyObject *found = records ? PyList_New((Py_ssize_t)count) : NULL;
    for (uint64_t k = 0; found && k < count; k++) {
        static const char digits[] = "0123456789abcdef";
        char id[17] = {0};
        for (int b = 0; b < 8; b++) {
            id[2 * b] = digits[records[k].id[b] >> 4];
            id[2 * b + 1] = digits[records[k].id[b] & 15];
        }
        PyObject *record = Py_BuildValue("(dsII)", records[k].score, id, records[k].segment, records[k].doc);
        if (!record) Py_CLEAR(found);
        else PyList_SetItem(found, (Py_ssize_t)k, record);
    }
    free(records);
    return found;
}

#endif
