/* What goes between Python and the inverter: buffers that are handed in, and lists and tables that are handed on.

   A function that can fail sets an exception. Numbers are little-endian, as is every machine this is used on (the
   module does not load elsewhere). */
#ifndef DOSSIER_HANDED_H
#define DOSSIER_HANDED_H

#include "encode.h"

#define PIECE (1u << 20) /* bytes that are handed to `write` at once */

static PyObject *damaged(const char *why) {
    PyErr_SetString(PyExc_ValueError, why);
    return NULL;
}

static uint32_t u32(const void *base, size_t i) {
    uint32_t value;
    memcpy(&value, (const uint8_t *)base + 4 * i, 4);
    return value;
}

static uint64_t u64(const void *base, size_t i) {
    uint64_t value;
    memcpy(&value, (const uint8_t *)base + 8 * i, 8);
    return value;
}

/* The first eight bytes of a string, zeros behind its end, as a number that compares like them. */
static inline uint64_t first_eight(const uint8_t *p, size_t n) {
    uint64_t first = 0;
    for (size_t i = 0; i < 8; i++) first = first << 8 | (i < n ? p[i] : 0);
    return first;
}

static PyObject *as_bytes(const Bytes *b) { return PyBytes_FromStringAndSize((const char *)b->p, (Py_ssize_t)b->n); }

/* -- buffers that are handed in */

typedef struct {
    Py_buffer *views;
    size_t n;
} Views;

static int views_begin(Views *views, size_t most) {
    views->n = 0;
    views->views = calloc(most ? most : 1, sizeof *views->views);
    if (!views->views) PyErr_NoMemory();
    return views->views != NULL;
}

/* The bytes of an object, a multiple of `unit`; NULL with an exception set. They live as long as the views. */
static Py_buffer *views_add(Views *views, PyObject *object, Py_ssize_t unit) {
    Py_buffer *view = &views->views[views->n];
    if (PyObject_GetBuffer(object, view, PyBUF_SIMPLE) < 0) return NULL;
    views->n++;
    if (view->len % unit) {
        damaged("a table of an odd size");
        return NULL;
    }
    return view;
}

static void views_free(Views *views) {
    for (size_t i = 0; i < views->n; i++) PyBuffer_Release(&views->views[i]);
    free(views->views);
}

/* -- what is written */

typedef struct {
    Bytes out;          /* not yet handed on */
    uint64_t offset;    /* where in the section the next byte will stand */
    Bytes at, df;       /* the tables */
    PyObject *write;
} Out;

static int out_begin(Out *out, uint64_t base, PyObject *write) {
    out->offset = base;
    out->write = write;
    return put_u64(&out->at, base);
}

static void out_free(Out *out) {
    free(out->out.p);
    free(out->at.p);
    free(out->df.p);
}

/* Hand on what is there; 0 with an exception set. */
static int out_write(Out *out) {
    if (!out->out.n) return 1;
    PyObject *data = as_bytes(&out->out);
    PyObject *done = data ? PyObject_CallFunctionObjArgs(out->write, data, NULL) : NULL;
    Py_XDECREF(data);
    Py_XDECREF(done);
    out->out.n = 0;
    return done != NULL;
}

/* Write the lists of a term that occurs in df documents; 0 with an exception set. */
static int out_add(Out *out, List *lists, int fields, int heads, uint32_t df) {
    size_t before = out->out.n;
    if (!put_lists(&out->out, lists, fields, heads)) goto memory;
    out->offset += out->out.n - before;
    if (!put_u64(&out->at, out->offset) || !put_u32(&out->df, df)) goto memory;
    return out->out.n < PIECE || out_write(out);
memory:
    PyErr_NoMemory();
    return 0;
}

#endif
