/* Texts taken apart into numbers: `stretches` of searchidx/analysis.py, each looked up in a table of those met before.

   A stretch that is not in the table is given to Python, whose answer is kept. The two patterns of the analysis are
   written out here by hand (`ascii_stretch`, `stretch`); the tests hold them equal. Characters beyond ASCII have a
   class in a table that Python made; a text with one beyond the Basic Multilingual Plane is left to Python. */
#ifndef DOSSIER_TOKENS_H
#define DOSSIER_TOKENS_H

#include "encode.h"

#define LONGEST_KNOWN 48 /* bytes; longer stretches seldom come again */
#define CHARACTERS 65536

enum { ALNUM = 1, LETTER = 2, MARK = 4, JOINER = 8, UNDERSCORE = 16 }; /* classes; LETTER: ALNUM and no digit */
#define WORD (ALNUM | UNDERSCORE)

typedef struct {
    uint32_t hash, length, value;
    size_t at; /* of the key in `keys`, where length is not 0 */
} Slot;

typedef struct {
    PyObject_HEAD
    Slot *slots;
    size_t room, used; /* room: a power of two */
    Bytes keys;
    PyObject *classes; /* bytes */
} Table;

/* The class of the character at *p, which moves behind it; 0 and *p = end where the text is cut off. Sets `beyond`
   where it is no character of the table. */
static uint8_t next_class(const uint8_t *classes, const uint8_t **p, const uint8_t *end, int *beyond) {
    const uint8_t *s = *p;
    uint32_t code = s[0];
    int more = code < 0x80 ? 0 : code < 0xE0 ? 1 : code < 0xF0 ? 2 : 3;
    if (more > end - s - 1) {
        *p = end;
        return 0;
    }
    *p = s + 1 + more;
    if (more == 1) code = (code & 0x1F) << 6 | (s[1] & 0x3F);
    if (more == 2) code = (code & 0x0F) << 12 | (uint32_t)(s[1] & 0x3F) << 6 | (s[2] & 0x3F);
    if (more == 3) {
        *beyond = 1;
        return 0;
    }
    return classes[code];
}

static uint8_t class_at(const uint8_t *classes, const uint8_t *p, const uint8_t *end, const uint8_t **after, int *beyond) {
    *after = p;
    return p < end ? next_class(classes, after, end, beyond) : 0;
}

/* Dotted initials (_INITIALS of the analysis) from p on: their end, or NULL. No stretch begins right behind a letter
   or digit, so that the pattern's condition for what stands before is always met. */
static const uint8_t *initials(const uint8_t *classes, const uint8_t *p, const uint8_t *end, int *beyond) {
    const uint8_t *after, *last = NULL, *before_last = NULL, *q;
    if (!(class_at(classes, p, end, &q, beyond) & LETTER)) return NULL;
    while (q < end && *q == '.' && class_at(classes, q + 1, end, &after, beyond) & LETTER) {
        before_last = last;
        last = q = after;
    }
    if (last && class_at(classes, last, end, &after, beyond) & ALNUM) last = before_last; /* it belongs to a longer word */
    if (!last) return NULL;
    if (last < end && *last == '.') last++;
    if (class_at(classes, last, end, &after, beyond) & JOINER && after < end && *after == 's') {
        const uint8_t *genitive = after + 1;
        if (!(class_at(classes, genitive, end, &after, beyond) & ALNUM)) last = genitive;
    }
    return last;
}

/* The end of the stretch that begins at p, which is a letter, digit or underscore, in a text that has characters
   beyond ASCII. */
static const uint8_t *stretch(const uint8_t *classes, const uint8_t *p, const uint8_t *end, int *beyond) {
    const uint8_t *q = initials(classes, p, end, beyond), *after, *next;
    if (q) return q;
    class_at(classes, p, end, &q, beyond);
    for (;;) {
        uint8_t class = class_at(classes, q, end, &after, beyond);
        if (class & (WORD | MARK) || (class & JOINER && class_at(classes, after, end, &next, beyond) & WORD)) q = after;
        else return q;
    }
}

/* The same in a text of ASCII, where an underscore separates; p is a letter or digit. */
static const uint8_t *ascii_stretch(const uint8_t *classes, const uint8_t *p, const uint8_t *end) {
    int beyond = 0;
    if (p + 1 < end && p[1] == '.') {
        const uint8_t *q = initials(classes, p, end, &beyond);
        if (q) return q;
    }
    for (;;) {
        while (p < end && classes[*p] & ALNUM) p++;
        if (p + 1 < end && *p == '\'' && classes[p[1]] & ALNUM) p++;
        else return p;
    }
}

static uint32_t hash_of(const uint8_t *p, size_t n) { /* FNV-1a */
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < n; i++) hash = (hash ^ p[i]) * 16777619u;
    return hash ^ hash >> 15;
}

/* The slot of a key, or the free one where it would stand. */
static Slot *slot_of(const Table *table, const uint8_t *p, size_t n, uint32_t hash) {
    size_t i = hash & (table->room - 1);
    while (table->slots[i].length) {
        Slot *slot = &table->slots[i];
        if (slot->hash == hash && slot->length == n && memcmp(table->keys.p + slot->at, p, n) == 0) break;
        i = (i + 1) & (table->room - 1);
    }
    return &table->slots[i];
}

/* Keep the value of a key that is not there; 0 where there is no memory. */
static int table_add(Table *table, const uint8_t *p, size_t n, uint32_t hash, uint32_t value) {
    if (2 * (table->used + 1) > table->room) {
        size_t room = 2 * table->room;
        Slot *old = table->slots, *slots = room > SIZE_MAX / sizeof *slots ? NULL : calloc(room, sizeof *slots);
        if (!slots) return 0;
        for (size_t i = 0; i < table->room; i++) {
            if (!old[i].length) continue;
            size_t to = old[i].hash & (room - 1);
            while (slots[to].length) to = (to + 1) & (room - 1);
            slots[to] = old[i];
        }
        free(old);
        table->slots = slots;
        table->room = room;
    }
    Slot *slot = slot_of(table, p, n, hash);
    size_t at = table->keys.n;
    if (!put_bytes(&table->keys, p, n)) return 0;
    *slot = (Slot){hash, (uint32_t)n, value, at};
    table->used++;
    return 1;
}

/* Ask Python for a stretch, append its numbers, keep a single one; 0 with an exception set. */
static int learn(Table *table, PyObject *ask, const uint8_t *p, size_t n, uint32_t hash, Bytes *out) {
    PyObject *text = PyUnicode_FromStringAndSize((const char *)p, (Py_ssize_t)n);
    PyObject *answer = text ? PyObject_CallFunctionObjArgs(ask, text, NULL) : NULL;
    int done = 0;
    if (answer && PyLong_Check(answer)) {
        unsigned long value = PyLong_AsUnsignedLong(answer);
        if (!PyErr_Occurred()) {
            done = put_u32(out, (uint32_t)value) && (n > LONGEST_KNOWN || table_add(table, p, n, hash, (uint32_t)value));
            if (!done) PyErr_NoMemory();
        }
    } else if (answer) {
        Py_ssize_t count = PyTuple_Size(answer);
        done = count >= 0;
        for (Py_ssize_t i = 0; done && i < count; i++) {
            unsigned long value = PyLong_AsUnsignedLong(PyTuple_GetItem(answer, i));
            done = !PyErr_Occurred();
            if (done && !put_u32(out, (uint32_t)value)) {
                PyErr_NoMemory();
                done = 0;
            }
        }
    }
    Py_XDECREF(text);
    Py_XDECREF(answer);
    return done;
}

static PyObject *table_tokens(Table *table, PyObject *args) {
    PyObject *text, *ask;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "UO", &text, &ask)) return NULL;
    const uint8_t *begin = (const uint8_t *)PyUnicode_AsUTF8AndSize(text, &size);
    if (!begin) return NULL;
    const uint8_t *classes = (const uint8_t *)PyBytes_AsString(table->classes), *end = begin + size, *p = begin;
    int ascii = 1, beyond = 0;
    for (Py_ssize_t i = 0; i < size && ascii; i++) ascii = begin[i] < 0x80;
    Bytes out = {0};
    while (p < end) {
        const uint8_t *after = p;
        uint8_t class = next_class(classes, &after, end, &beyond);
        if (beyond) break;
        if (!(class & (ascii ? ALNUM : WORD))) {
            p = after;
            continue;
        }
        const uint8_t *stop = ascii ? ascii_stretch(classes, p, end) : stretch(classes, p, end, &beyond);
        if (beyond) break;
        size_t n = (size_t)(stop - p);
        uint32_t hash = hash_of(p, n);
        Slot *slot = slot_of(table, p, n, hash);
        if (slot->length ? !put_u32(&out, slot->value) : !learn(table, ask, p, n, hash, &out)) {
            if (!PyErr_Occurred()) PyErr_NoMemory();
            free(out.p);
            return NULL;
        }
        p = stop;
    }
    if (beyond) {
        free(out.p);
        Py_RETURN_NONE;
    }
    PyObject *result = PyBytes_FromStringAndSize((const char *)out.p, (Py_ssize_t)out.n);
    free(out.p);
    return result;
}

static PyObject *table_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    PyObject *classes;
    if (!PyArg_ParseTuple(args, "S", &classes)) return NULL;
    if (PyBytes_Size(classes) != CHARACTERS) {
        PyErr_SetString(PyExc_ValueError, "a class for each character of the plane is needed");
        return NULL;
    }
    allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Table *table = (Table *)alloc(type, 0);
    if (!table) return NULL;
    table->room = 1024;
    table->slots = calloc(table->room, sizeof *table->slots);
    Py_INCREF(classes);
    table->classes = classes;
    if (table->slots) return (PyObject *)table;
    Py_DECREF(table);
    return PyErr_NoMemory();
}

static void table_free(Table *table) {
    PyTypeObject *type = Py_TYPE((PyObject *)table);
    free(table->slots);
    free(table->keys.p);
    Py_XDECREF(table->classes);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(table);
    Py_DECREF(type);
}

static PyMethodDef table_methods[] = {
    {"tokens", (PyCFunction)table_tokens, METH_VARARGS, "See searchidx/_inverter.pyi."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot table_slots[] = {
    {Py_tp_new, table_new},
    {Py_tp_dealloc, table_free},
    {Py_tp_methods, table_methods},
    {0, NULL},
};

static PyType_Spec table_spec = {"searchidx._inverter.Table", sizeof(Table), 0, Py_TPFLAGS_DEFAULT, table_slots};

#endif
