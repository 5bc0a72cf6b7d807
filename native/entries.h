/* searchidx._inverter.Entries: pairs of a word and its stem by number, and those of a segment in their order. */
#ifndef DOSSIER_ENTRIES_H
#define DOSSIER_ENTRIES_H

#include "handed.h"
#include "hash.h"
#include "invert.h"

typedef struct {
    PyObject_HEAD
    Map numbers;
    Bytes keys, ends; /* of each number its key, word, zero byte and stem, and where it ends (u64) */
} Entries;

static uint32_t entries_count(const Entries *entries) { return (uint32_t)(entries->ends.n / 8); }

/* The key of a number that there is. */
static const uint8_t *entries_key(const Entries *entries, uint32_t number, size_t *length) {
    uint64_t start = number ? u64(entries->ends.p, number - 1) : 0;
    *length = (size_t)(u64(entries->ends.p, number) - start);
    return entries->keys.p + start;
}

/* The number of a key, a new one where it is new; 0 with an exception set. */
static int entries_number(Entries *entries, const uint8_t *p, size_t n, uint32_t *number) {
    if (!n || n > UINT32_MAX) return damaged("an entry without a word") != NULL;
    Key key = key_of(&entries->numbers, p, n, p + n);
    Slot *slot = map_find(&entries->numbers, &key);
    if (slot->length) {
        *number = slot->value;
        return 1;
    }
    *number = entries_count(entries);
    if (*number < GAP - 1 && map_put(&entries->numbers, &key, *number) && put_bytes(&entries->keys, p, n) && put_u64(&entries->ends, entries->keys.n)) return 1;
    PyErr_NoMemory();
    return 0;
}

static PyObject *entries_number_of(Entries *entries, PyObject *key) {
    char *p;
    Py_ssize_t n;
    uint32_t number;
    if (PyBytes_AsStringAndSize(key, &p, &n) < 0) return NULL;
    return entries_number(entries, (const uint8_t *)p, (size_t)n, &number) ? PyLong_FromUnsignedLong(number) : NULL;
}

static PyObject *entries_key_of(Entries *entries, PyObject *number) {
    unsigned long long of = PyLong_AsUnsignedLongLong(number);
    size_t length;
    if (PyErr_Occurred()) return NULL;
    if (of >= entries_count(entries)) return damaged("no entry has this number");
    const uint8_t *key = entries_key(entries, (uint32_t)of, &length);
    return PyBytes_FromStringAndSize((const char *)key, (Py_ssize_t)length);
}

static Py_ssize_t entries_length(PyObject *entries) { return (Py_ssize_t)entries_count((Entries *)entries); }

/* -- the dictionary of a segment */

/* A string that is sorted: its first eight bytes so that they compare as a number, all of it, and whose it is. */
typedef struct {
    uint64_t first;
    const uint8_t *p;
    uint32_t length, number;
} Sorted;

static Sorted sorted_of(const uint8_t *p, size_t n, uint32_t number) {
    return (Sorted){first_eight(p, n), p, (uint32_t)n, number};
}

static int sorted_compare(const void *left, const void *right) {
    const Sorted *a = left, *b = right;
    if (a->first != b->first) return a->first < b->first ? -1 : 1;
    int order = memcmp(a->p, b->p, a->length < b->length ? a->length : b->length);
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

/* The entries that occur in the tokens, sorted by their keys, and how many; NULL with an exception set. */
static Sorted *entries_used(const Entries *entries, PyObject *tokens, uint32_t *count) {
    Py_ssize_t number = PyTuple_Size(tokens);
    Views views;
    if (number < 0 || !views_begin(&views, (size_t)number)) return NULL;
    uint32_t all = entries_count(entries), n = 0;
    uint8_t *used = calloc((size_t)all + 1, 1);
    Sorted *found = NULL;
    if (!used) goto memory;
    for (Py_ssize_t f = 0; f < number; f++) {
        const Py_buffer *of = views_add(&views, PyTuple_GetItem(tokens, f), 4);
        if (!of) goto end;
        for (size_t i = 0, size = (size_t)of->len / 4; i < size; i++) {
            uint32_t token = u32(of->buf, i);
            if (token == GAP) continue;
            if (token >= all) {
                damaged("a token without an entry");
                goto end;
            }
            used[token] = 1;
        }
    }
    for (uint32_t i = 0; i < all; i++) n += used[i];
    found = malloc(((size_t)n + 1) * sizeof *found);
    if (!found) goto memory;
    n = 0;
    for (uint32_t i = 0; i < all; i++) {
        size_t length;
        if (!used[i]) continue;
        const uint8_t *key = entries_key(entries, i, &length);
        found[n++] = sorted_of(key, length, i);
    }
    qsort(found, n, sizeof *found, sorted_compare);
    *count = n;
    goto end;
memory:
    PyErr_NoMemory();
end:
    free(used);
    views_free(&views);
    return found;
}

static PyObject *entries_dictionary(Entries *entries, PyObject *args) {
    PyObject *tokens, *result = NULL;
    Bytes order = {0}, blob = {0}, ends = {0}, stems = {0}, stem_blob = {0}, stem_ends = {0};
    uint32_t count = 0;
    if (!PyArg_ParseTuple(args, "O!", &PyTuple_Type, &tokens)) return NULL;
    Sorted *used = entries_used(entries, tokens, &count), *roots = NULL;
    if (!used) return NULL;
    if (!(roots = malloc(((size_t)count + 1) * sizeof *roots)) || !reserve(&stems, 4 * (size_t)count)) goto memory;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *key = used[i].p, *zero = memchr(key, 0, used[i].length);
        if (!zero) {
            damaged("an entry without a stem");
            goto end;
        }
        roots[i] = sorted_of(zero + 1, (size_t)(key + used[i].length - zero - 1), i);
        if (!put_u32(&order, used[i].number) || !put_bytes(&blob, key, (size_t)(zero - key))) goto memory;
        if (blob.n > UINT32_MAX || !put_u32(&ends, (uint32_t)blob.n)) goto memory;
    }
    qsort(roots, count, sizeof *roots, sorted_compare);
    uint32_t number = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!i || sorted_compare(&roots[i - 1], &roots[i])) {
            if (!put_bytes(&stem_blob, roots[i].p, roots[i].length) || stem_blob.n > UINT32_MAX) goto memory;
            if (!put_u32(&stem_ends, (uint32_t)stem_blob.n)) goto memory;
            number++;
        }
        uint32_t of = number - 1;
        memcpy(stems.p + 4 * (size_t)roots[i].number, &of, 4);
    }
    stems.n = 4 * (size_t)count;
    result = Py_BuildValue("(NNNNNN)", as_bytes(&order), as_bytes(&blob), as_bytes(&ends), as_bytes(&stems), as_bytes(&stem_blob), as_bytes(&stem_ends));
    goto end;
memory:
    PyErr_NoMemory();
end:
    free(used);
    free(roots);
    free(order.p);
    free(blob.p);
    free(ends.p);
    free(stems.p);
    free(stem_blob.p);
    free(stem_ends.p);
    return result;
}

/* A number that differs from process to process: see `map_begin`. */
static uint64_t secret(void) {
    PyObject *text = PyUnicode_FromString("words");
    Py_hash_t hash = text ? PyObject_Hash(text) : -1;
    Py_XDECREF(text);
    return (uint64_t)hash;
}

static PyTypeObject *entries_type; /* made when the module is */

static PyObject *entries_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    if (!PyArg_ParseTuple(args, "")) return NULL;
    allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Entries *entries = (Entries *)alloc(type, 0);
    if (!entries || map_begin(&entries->numbers, secret())) return (PyObject *)entries;
    Py_DECREF(entries);
    return PyErr_NoMemory();
}

static void entries_free(Entries *entries) {
    PyTypeObject *type = Py_TYPE((PyObject *)entries);
    map_free(&entries->numbers);
    free(entries->keys.p);
    free(entries->ends.p);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(entries);
    Py_DECREF(type);
}

static PyMethodDef entries_methods[] = {
    {"number", (PyCFunction)entries_number_of, METH_O, "See searchidx/_inverter.pyi."},
    {"key", (PyCFunction)entries_key_of, METH_O, "See searchidx/_inverter.pyi."},
    {"dictionary", (PyCFunction)entries_dictionary, METH_VARARGS, "See searchidx/_inverter.pyi."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot entries_slots[] = {
    {Py_tp_new, entries_new},
    {Py_tp_dealloc, entries_free},
    {Py_tp_methods, entries_methods},
    {Py_sq_length, entries_length},
    {0, NULL},
};

static PyType_Spec entries_spec = {"searchidx._inverter.Entries", sizeof(Entries), 0, Py_TPFLAGS_DEFAULT, entries_slots};

#endif
