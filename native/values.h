/* The values of filter fields: which documents have them, and how many of some documents. */
#ifndef DOSSIER_VALUES_H
#define DOSSIER_VALUES_H

#include "word_lists.h"

/* The list of value i of a filter field whose tables lie at these places. */
static int value_list(Segment *s, uint64_t at, uint64_t df_at, uint64_t i, List *list) {
    if (!touch(&s->file, at + 8 * i, at + 8 * i + 16) || !touch(&s->file, df_at + 4 * i, df_at + 4 * i + 4)) return damaged(s) != NULL;
    uint64_t begin = u64_at(s->file.base + at + 8 * i), end = u64_at(s->file.base + at + 8 * i + 8);
    uint32_t df = u32_at(s->file.base + df_at + 4 * i);
    if (begin >= end || end > s->size[S_POSTINGS] || end - begin > UINT32_MAX || !df || df > s->documents) return damaged(s) != NULL;
    *list = (List){s->at[S_POSTINGS] + begin, (uint32_t)(end - begin), df, (df + BLOCK - 1) / BLOCK, 0, FORM};
    return list_open(&s->file, list) ? 1 : damaged(s) != NULL;
}

static PyObject *segment_values(PyObject *self, PyObject *args) {
    Segment *s = (Segment *)self;
    unsigned long long at, df_at;
    PyObject *ordinals;
    if (!PyArg_ParseTuple(args, "KKO!", &at, &df_at, &PyTuple_Type, &ordinals)) return NULL;
    if (!check_open(s)) return NULL;
    uint64_t bytes = bytes_for(s->documents);
    PyObject *found = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)bytes);
    if (!found) return NULL;
    char *bits;
    Py_ssize_t size;
    PyBytes_AsStringAndSize(found, &bits, &size);
    memset(bits, 0, bytes);
    for (Py_ssize_t i = 0; i < PyTuple_Size(ordinals); i++) {
        List list;
        unsigned long ordinal = PyLong_AsUnsignedLong(PyTuple_GetItem(ordinals, i));
        if (PyErr_Occurred() || !value_list(s, at, df_at, ordinal, &list) || !mark(s, &list, 1, (uint8_t *)bits)) {
            Py_DECREF(found);
            return NULL;
        }
    }
    return found;
}

static PyObject *segment_counts(PyObject *self, PyObject *args) {
    Segment *s = (Segment *)self;
    unsigned long long at, df_at;
    unsigned int number_of_values;
    const char *bits;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "KKIy#", &at, &df_at, &number_of_values, &bits, &size)) return NULL;
    if (!check_open(s)) return NULL;
    if ((uint64_t)size < bytes_for(s->documents)) {
        PyErr_SetString(PyExc_TypeError, "expected a bit for each document");
        return NULL;
    }
    PyObject *found = PyList_New(number_of_values);
    Cursor cursor;
    for (uint32_t v = 0; found && v < number_of_values; v++) {
        List list;
        if (!value_list(s, at, df_at, v, &list)) goto failed;
        cursor.list = &list;
        uint32_t count = 0;
        for (uint32_t b = 0; b < list.blocks; b++) {
            if (!read_block(&s->file, &cursor, b, s->documents)) {
                damaged(s);
                goto failed;
            }
            for (uint32_t i = 0; i < cursor.n; i++) count += (uint8_t)bits[cursor.docs[i] >> 3] >> (cursor.docs[i] & 7) & 1;
        }
        PyList_SetItem(found, v, PyLong_FromUnsignedLong(count));
    }
    return found;
failed:
    Py_DECREF(found);
    return NULL;
}

#endif
