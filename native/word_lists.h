/* The posting lists that stand for a word: by its stem, as written, by its beginning, or alike. */
#ifndef DOSSIER_WORD_LISTS_H
#define DOSSIER_WORD_LISTS_H

#include "segment.h"

typedef struct {
    List *items;
    uint32_t n, room;
} Lists;

static int varint(Segment *s, uint64_t *at, uint64_t end, uint64_t *out) {
    *out = 0;
    for (int shift = 0; shift < 35; shift += 7) {
        if (*at >= end || !touch(&s->file, *at, *at + 1)) return 0;
        uint8_t byte = s->file.base[(*at)++];
        *out |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) return 1;
    }
    return 0;
}

/* Append the lists of an entry in some fields. */
static int entry_lists(Segment *s, uint64_t entry, uint8_t fields, int kind, Lists *out) {
    const uint8_t *ends = section(s, S_AT, 8 * entry, 16);
    if (!ends) return 0;
    uint64_t begin = u64_at(ends), end = u64_at(ends + 8);
    if (begin >= end || end > s->size[S_POSTINGS]) return damaged(s) != NULL;
    uint64_t at = s->at[S_POSTINGS] + begin;
    end += s->at[S_POSTINGS];
    if (!touch(&s->file, at, at + 1)) return damaged(s) != NULL;
    uint8_t held = s->file.base[at++];
    List found[FIELDS];
    uint32_t n = 0;
    for (uint8_t f = 0; f < FIELDS; f++) {
        if (!(held >> f & 1)) continue;
        uint64_t df, cf, size;
        if (!varint(s, &at, end, &df) || !varint(s, &at, end, &cf) || !varint(s, &at, end, &size)) return damaged(s) != NULL;
        if (!df || df > s->documents || size > UINT32_MAX) return damaged(s) != NULL;
        found[n++] = (List){0, (uint32_t)size, (uint32_t)df, (uint32_t)((df + BLOCK - 1) / BLOCK), f, (uint8_t)kind};
    }
    for (uint32_t i = 0; i < n; i++) {
        if (found[i].size > end - at) return damaged(s) != NULL;
        found[i].at = at;
        at += found[i].size;
        if (!(fields >> found[i].field & 1)) continue;
        if (!list_open(&s->file, &found[i])) return damaged(s) != NULL;
        if (out->n == out->room) {
            uint32_t room = out->room ? 2 * out->room : 8;
            List *items = realloc(out->items, room * sizeof *items);
            if (!items) return PyErr_NoMemory() != NULL;
            out->items = items;
            out->room = room;
        }
        out->items[out->n++] = found[i];
    }
    return 1;
}

static int by_field(const void *a, const void *b) {
    const List *x = a, *y = b;
    if (x->field != y->field) return x->field < y->field ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* Set a bit for each document of the lists in which the word occurs. */
static int mark(Segment *s, const List *lists, uint32_t n, uint8_t *bits) {
    Cursor cursor;
    for (uint32_t k = 0; k < n; k++) {
        cursor.list = &lists[k];
        for (uint32_t b = 0; b < lists[k].blocks && lists[k].kind != LIKE; b++) {
            if (!read_block(&s->file, &cursor, b, s->documents)) return damaged(s) != NULL;
            for (uint32_t i = 0; i < cursor.n; i++) bits[cursor.docs[i] >> 3] |= (uint8_t)(1u << (cursor.docs[i] & 7));
        }
    }
    return 1;
}

static uint64_t bytes_for(uint32_t documents) { return ((uint64_t)documents + 63) / 64 * 8; }

static uint64_t count_live(const Segment *s, const uint8_t *bits) {
    uint64_t count = 0;
    for (uint64_t k = 0; k < bytes_for(s->documents); k += 8) {
        uint64_t some, live = ~0ull;
        memcpy(&some, bits + k, 8);
        if (s->live) memcpy(&live, s->live + k, 8);
        count += (uint64_t)__builtin_popcountll(some & live);
    }
    return count;
}

/* A Word of these lists (which it takes over), or None where there are none. known: its document frequency when it
   is known without counting, else -1. */
static PyObject *make_word(Segment *s, Lists *lists, int64_t known) {
    if (!lists->n) {
        free(lists->items);
        Py_RETURN_NONE;
    }
    qsort(lists->items, lists->n, sizeof(List), by_field);
    uint32_t df = (uint32_t)known;
    if (known < 0 || s->live) {
        uint8_t *bits = calloc(bytes_for(s->documents) + 8, 1);
        if (!bits) {
            free(lists->items);
            return PyErr_NoMemory();
        }
        int done = mark(s, lists->items, lists->n, bits);
        df = (uint32_t)count_live(s, bits);
        free(bits);
        if (!done) {
            free(lists->items);
            return NULL;
        }
    }
    Word *word = PyObject_New(Word, word_type);
    if (!word) {
        free(lists->items);
        return NULL;
    }
    word->segment = Py_NewRef((PyObject *)s);
    word->word = (WordLists){lists->n, lists->items, df};
    return (PyObject *)word;
}

static void word_dealloc(PyObject *self) {
    Word *word = (Word *)self;
    PyTypeObject *type = Py_TYPE(self);
    free(word->word.lists);
    Py_XDECREF(word->segment);
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyObject *word_df(PyObject *self, void *closure) { return PyLong_FromUnsignedLong(((Word *)self)->word.df); }

static PyObject *word_fields(PyObject *self, void *closure) {
    const WordLists *word = &((Word *)self)->word;
    long fields = 0;
    for (uint32_t k = 0; k < word->n; k++)
        if (word->lists[k].kind != LIKE) fields |= 1l << word->lists[k].field;
    return PyLong_FromLong(fields);
}

static int check_open(Segment *s) {
    if (!s->open) PyErr_SetString(PyExc_ValueError, "the segment is closed");
    return s->open;
}

/* Append the lists of all entries of a word as written; *entries counts them. */
static int surface_lists(Segment *s, const char *text, Py_ssize_t size, uint8_t fields, int kind, Lists *lists, uint32_t *entries, uint64_t *first) {
    int64_t entry = lower_bound(s, S_BLOB, S_ENDS, text, (uint64_t)size);
    if (entry < 0) return 0;
    for (;; entry++) {
        int same = equals(s, S_BLOB, S_ENDS, (uint64_t)entry, text, (uint64_t)size);
        if (same < 0) return 0;
        if (!same) return 1;
        if (!*entries) *first = (uint64_t)entry;
        (*entries)++;
        if (!entry_lists(s, (uint64_t)entry, fields, kind, lists)) return 0;
    }
}

/* Append the lists of all entries of a stem (lists NULL: only look it up); *number_of is its number, or -1 where the
   segment does not have it. */
static int stem_lists(Segment *s, PyObject *object, const char *typed, Py_ssize_t typed_size, uint8_t fields, int kind, Lists *lists, int64_t *number_of) {
    char *text;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(object, &text, &size) < 0) return 0;
    int64_t stem = lower_bound(s, S_STEM_BLOB, S_STEM_ENDS, text, (uint64_t)size);
    int same = stem < 0 ? -1 : equals(s, S_STEM_BLOB, S_STEM_ENDS, (uint64_t)stem, text, (uint64_t)size);
    if (same < 0) return 0;
    *number_of = same ? stem : -1;
    uint32_t begin = 0, end = 0;
    if (!lists) return 1;
    if (same && (!number(s, S_STEM_FIRST, (uint64_t)stem, &begin) || !number(s, S_STEM_FIRST, (uint64_t)stem + 1, &end))) return 0;
    for (; begin < end; begin++) {
        uint32_t entry;
        if (!number(s, S_STEM_ENTRIES, begin, &entry)) return 0;
        int is_typed = typed ? equals(s, S_BLOB, S_ENDS, entry, typed, (uint64_t)typed_size) : 0;
        if (is_typed < 0 || !entry_lists(s, entry, fields, is_typed ? TYPED : kind, lists)) return 0;
    }
    return 1;
}

static PyObject *segment_word(PyObject *self, PyObject *args) {
    Segment *s = (Segment *)self;
    PyObject *stems, *words, *like;
    const char *typed;
    Py_ssize_t typed_size;
    int exact;
    unsigned char fields;
    if (!PyArg_ParseTuple(args, "O!z#O!pbO!", &PyTuple_Type, &stems, &typed, &typed_size, &PyTuple_Type, &words, &exact, &fields, &PyTuple_Type, &like)) return NULL;
    if (!check_open(s)) return NULL;
    Lists lists = {0};
    int64_t known = -1;
    uint32_t stems_found = 0, entries = 0, df;
    uint64_t first = 0;
    int64_t stem;
    for (Py_ssize_t i = 0; i < PyTuple_Size(stems); i++) {
        if (!stem_lists(s, PyTuple_GetItem(stems, i), typed, typed_size, fields, FORM, &lists, &stem)) goto failed;
        if (stem < 0) continue;
        if (!number(s, S_STEM_DF, (uint64_t)stem, &df)) goto failed;
        known = df;
        stems_found++;
    }
    for (Py_ssize_t i = 0; i < PyTuple_Size(words); i++) {
        char *text;
        Py_ssize_t size;
        if (PyBytes_AsStringAndSize(PyTuple_GetItem(words, i), &text, &size) < 0) goto failed;
        if (!surface_lists(s, text, size, fields, exact ? TYPED : FORM, &lists, &entries, &first)) goto failed;
    }
    if (fields != (1 << FIELDS) - 1 || stems_found + entries != 1) known = -1;
    else if (entries) {
        if (!number(s, S_DF, first, &df)) goto failed;
        known = df;
    }
    if (!lists.n) known = 0;
    for (Py_ssize_t i = 0; i < PyTuple_Size(like); i++)
        if (!stem_lists(s, PyTuple_GetItem(like, i), NULL, 0, fields, LIKE, &lists, &stem)) goto failed;
    return make_word(s, &lists, known);
failed:
    free(lists.items);
    return NULL;
}

static PyObject *segment_prefix(PyObject *self, PyObject *args) {
    Segment *s = (Segment *)self;
    const char *prefix;
    Py_ssize_t size, limit;
    int exact;
    unsigned char fields;
    if (!PyArg_ParseTuple(args, "y#pbn", &prefix, &size, &exact, &fields, &limit)) return NULL;
    if (!check_open(s)) return NULL;
    Lists lists = {0};
    PyObject *found = PyList_New(0), *last = NULL;
    if (!found) return NULL;
    int64_t entry = lower_bound(s, S_BLOB, S_ENDS, prefix, (uint64_t)size);
    if (entry < 0) goto failed;
    for (uint64_t all = s->size[S_ENDS] / 4; (uint64_t)entry < all; entry++) {
        uint32_t n, before = lists.n;
        const uint8_t *text = term(s, S_BLOB, S_ENDS, (uint64_t)entry, &n);
        if (!text) goto failed;
        if (n < (uint64_t)size || memcmp(text, prefix, (size_t)size)) break;
        if (!entry_lists(s, (uint64_t)entry, fields, exact ? TYPED : FORM, &lists)) goto failed;
        if (lists.n == before) continue; /* not in these fields */
        if (last) {
            char *previous;
            Py_ssize_t previous_size;
            if (PyBytes_AsStringAndSize(last, &previous, &previous_size) < 0) goto failed;
            if ((uint64_t)previous_size == n && !memcmp(previous, text, n)) continue;
        }
        if (PyList_Size(found) == limit) {
            free(lists.items);
            lists = (Lists){0};
            PyObject *none = Py_BuildValue("(OO)", Py_None, Py_None);
            Py_DECREF(found);
            return none;
        }
        last = PyBytes_FromStringAndSize((const char *)text, n);
        if (!last) goto failed;
        int appended = PyList_Append(found, last);
        Py_DECREF(last); /* the list holds it */
        if (appended < 0) goto failed;
    }
    PyObject *word = make_word(s, &lists, -1);
    if (!word) {
        Py_DECREF(found);
        return NULL;
    }
    return Py_BuildValue("(NN)", word, found);
failed:
    free(lists.items);
    Py_DECREF(found);
    return NULL;
}

/* The stems that share a beginning of so many letters (bytes) with `stem`; see searchidx/alike.py for which count. */
static PyObject *segment_stems(PyObject *self, PyObject *args) {
    Segment *s = (Segment *)self;
    const char *prefix;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "y#", &prefix, &size)) return NULL;
    if (!check_open(s)) return NULL;
    PyObject *found = PyList_New(0);
    int64_t stem = found ? lower_bound(s, S_STEM_BLOB, S_STEM_ENDS, prefix, (uint64_t)size) : -1;
    if (stem < 0) goto failed;
    for (uint64_t all = s->size[S_STEM_ENDS] / 4; (uint64_t)stem < all; stem++) {
        uint32_t n;
        const uint8_t *text = term(s, S_STEM_BLOB, S_STEM_ENDS, (uint64_t)stem, &n);
        if (!text) goto failed;
        if (n < (uint64_t)size || memcmp(text, prefix, (size_t)size)) break;
        PyObject *item = PyBytes_FromStringAndSize((const char *)text, n);
        if (!item || PyList_Append(found, item) < 0) {
            Py_XDECREF(item);
            goto failed;
        }
        Py_DECREF(item);
    }
    return found;
failed:
    Py_XDECREF(found);
    return NULL;
}

static PyObject *segment_stem_frequencies(PyObject *self, PyObject *stems) {
    Segment *s = (Segment *)self;
    if (!check_open(s) || !PyTuple_Check(stems)) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "expected a tuple of stems");
        return NULL;
    }
    PyObject *found = PyList_New(PyTuple_Size(stems));
    uint8_t *bits = s->live ? malloc(bytes_for(s->documents) + 8) : NULL;
    Lists lists = {0};
    for (Py_ssize_t i = 0; found && i < PyTuple_Size(stems); i++) {
        int64_t stem;
        uint32_t df = 0;
        lists.n = 0;
        if (!stem_lists(s, PyTuple_GetItem(stems, i), NULL, 0, (1 << FIELDS) - 1, FORM, s->live ? &lists : NULL, &stem)) goto failed;
        if (bits && lists.n) {
            memset(bits, 0, bytes_for(s->documents) + 8);
            if (!mark(s, lists.items, lists.n, bits)) goto failed;
            df = (uint32_t)count_live(s, bits);
        } else if (stem >= 0 && !number(s, S_STEM_DF, (uint64_t)stem, &df)) goto failed;
        PyList_SetItem(found, i, PyLong_FromUnsignedLong(df));
    }
    free(bits);
    free(lists.items);
    return found;
failed:
    free(bits);
    free(lists.items);
    Py_DECREF(found);
    return NULL;
}

/* Whether a Word is of this segment; sets an exception where not. */
static Word *word_of(Segment *s, PyObject *object) {
    if (!PyObject_TypeCheck(object, word_type) || ((Word *)object)->segment != (PyObject *)s) {
        PyErr_SetString(PyExc_TypeError, "expected a word of this segment");
        return NULL;
    }
    return (Word *)object;
}

/* Append the positions of a word in one field of one document, ascending. 0 with an exception. */
static int word_positions(Segment *s, const WordLists *word, uint8_t field, uint32_t doc, Numbers *out) {
    Cursor cursor;
    uint32_t begin = out->n, lists = 0;
    for (uint32_t k = 0; k < word->n; k++) {
        const List *list = &word->lists[k];
        if (list->field != field || list->kind == LIKE) continue;
        cursor.list = list;
        cursor.block = cursor.n = cursor.i = 0;
        uint32_t low = 0, high = list->blocks; /* the first block whose last document is not before doc */
        while (list->blocks > 1 && low < high) {
            uint32_t middle = (low + high) / 2;
            if (u32_at(row(&s->file, list, middle)) < doc) low = middle + 1;
            else high = middle;
        }
        if (low == list->blocks) continue;
        if (!read_block(&s->file, &cursor, low, s->documents)) return damaged(s) != NULL;
        while (cursor.i < cursor.n && cursor.docs[cursor.i] < doc) cursor.i++;
        if (cursor.i == cursor.n || cursor.docs[cursor.i] != doc) continue;
        int read = positions_here(&cursor, out);
        if (read <= 0) return (read < 0 ? PyErr_NoMemory() : damaged(s)) != NULL;
        lists++;
    }
    if (lists > 1) qsort(out->items + begin, out->n - begin, sizeof(uint32_t), ascending);
    return 1;
}

static PyObject *segment_positions(PyObject *self, PyObject *args) {
    Segment *s = (Segment *)self;
    PyObject *object, *found = NULL;
    unsigned char field;
    unsigned int doc;
    if (!PyArg_ParseTuple(args, "ObI", &object, &field, &doc)) return NULL;
    Word *word = check_open(s) ? word_of(s, object) : NULL;
    if (!word) return NULL;
    Numbers out = {0};
    if (word_positions(s, &word->word, field, doc, &out)) found = PyList_New(out.n);
    for (uint32_t i = 0; found && i < out.n; i++) PyList_SetItem(found, i, PyLong_FromUnsignedLong(out.items[i]));
    free(out.items);
    return found;
}

#endif
