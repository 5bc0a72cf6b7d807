/* searchidx._kernel: searching segments in C. What each function does is said in searchidx/_kernel.pyi; what a
   query means, in searchidx/matching.py and ranking.py, which this must equal to the last bit of a score. */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include "search.h"
#include "words.h"

typedef struct {
    PyObject_HEAD
    Py_buffer map;
    int open;
    File file;
    uint32_t documents;
    uint8_t *live; /* NULL: no document is deleted */
    PyObject *damaged; /* the file's function of that name */
    uint64_t at[32], size[32]; /* sections, in the order of SECTIONS */
} Segment;

enum {
    S_BLOB, S_ENDS, S_STEM, S_DF, S_AT, S_STEM_BLOB, S_STEM_ENDS, S_STEM_FIRST, S_STEM_ENTRIES, S_STEM_DF,
    S_POSTINGS, S_IDS, S_LENGTHS, S_COUNT = S_LENGTHS + FIELDS
};
static const char *const SECTIONS[S_COUNT] = {
    "blob", "ends", "stem", "df", "at", "stem_blob", "stem_ends", "stem_first", "stem_entries", "stem_df",
    "postings", "ids", "len:title", "len:summary", "len:labels", "len:text",
};

typedef struct {
    PyObject_HEAD
    PyObject *segment;
    WordLists word;
} Word;

static PyTypeObject *segment_type, *word_type;

/* Set the exception that the file's `damaged` makes: it names the file and the next step. */
static void *damaged(const Segment *s) {
    PyObject *error = PyObject_CallFunction(s->damaged, "s", "its content does not match its checksums or its tables");
    if (error) {
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
        Py_DECREF(error);
    }
    return NULL;
}

/* ---- sections */

/* Bytes [begin, begin + size) of a section, or NULL with an exception. */
static const uint8_t *section(Segment *s, int name, uint64_t begin, uint64_t size) {
    if (begin > s->size[name] || size > s->size[name] - begin || !touch(&s->file, s->at[name] + begin, s->at[name] + begin + size))
        return damaged(s);
    return s->file.base + s->at[name] + begin;
}

static int number(Segment *s, int name, uint64_t i, uint32_t *out) {
    const uint8_t *p = section(s, name, 4 * i, 4);
    if (p) *out = u32_at(p);
    return p != NULL;
}

/* Term i of a dictionary. */
static const uint8_t *term(Segment *s, int blob, int ends, uint64_t i, uint32_t *size) {
    uint32_t start = 0, end;
    if ((i && !number(s, ends, i - 1, &start)) || !number(s, ends, i, &end)) return NULL;
    if (end < start) return damaged(s);
    *size = end - start;
    return section(s, blob, start, *size);
}

/* The number of the first term that is not before `wanted`. -1 with an exception. */
static int64_t lower_bound(Segment *s, int blob, int ends, const char *wanted, uint64_t size) {
    uint64_t low = 0, high = s->size[ends] / 4;
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        uint32_t n;
        const uint8_t *found = term(s, blob, ends, middle, &n);
        if (!found) return -1;
        int order = memcmp(found, wanted, n < size ? n : size);
        if (order < 0 || (order == 0 && n < size)) low = middle + 1;
        else high = middle;
    }
    return (int64_t)low;
}

static int equals(Segment *s, int blob, int ends, uint64_t i, const char *wanted, uint64_t size) {
    uint32_t n;
    if (i >= s->size[ends] / 4) return 0;
    const uint8_t *found = term(s, blob, ends, i, &n);
    return !found ? -1 : n == size && memcmp(found, wanted, n) == 0;
}

/* ---- words */

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

/* ---- words within an edit distance: searchidx/lexicon.py `within_edits` in C, for words of up to LONGEST letters */

#define LONGEST 64

/* The code points of a term; how many, at most `room`. ends[i]: where point i ends in the bytes. */
static uint32_t points_of(const uint8_t *text, uint32_t size, uint32_t *points, uint32_t *ends, uint32_t room) {
    uint32_t n = 0, i = 0;
    while (i < size && n < room) {
        uint32_t c = text[i], more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
        c &= more == 3 ? 0x07 : more == 2 ? 0x0F : more == 1 ? 0x1F : 0x7F;
        for (i++; more && i < size; more--, i++) c = c << 6 | (text[i] & 0x3F);
        points[n] = c;
        ends[n++] = i;
    }
    return n;
}

static uint32_t least3(uint32_t a, uint32_t b, uint32_t c) { return a < b ? (a < c ? a : c) : b < c ? b : c; }

/* Whether an entry, or the next ones of the same word, occur in one of the fields; -1 with an exception. */
static int occurs(Segment *s, uint64_t entry, uint8_t fields) {
    uint32_t n, m;
    const uint8_t *text = term(s, S_BLOB, S_ENDS, entry, &n);
    for (uint64_t e = entry; text && e < s->size[S_ENDS] / 4; e++) {
        const uint8_t *other = term(s, S_BLOB, S_ENDS, e, &m);
        if (!other) return -1;
        if (m != n || memcmp(text, other, n)) return 0;
        const uint8_t *at = section(s, S_AT, 8 * e, 8);
        const uint8_t *held = at ? section(s, S_POSTINGS, u64_at(at), 1) : NULL;
        if (!held) return -1;
        if (*held & fields) return 1;
    }
    return text ? 0 : -1;
}

static PyObject *segment_within(PyObject *self, PyObject *args) {
    Segment *s = (Segment *)self;
    const char *text;
    Py_ssize_t size;
    unsigned int edits;
    unsigned char fields;
    if (!PyArg_ParseTuple(args, "y#Ib", &text, &size, &edits, &fields)) return NULL;
    if (!check_open(s)) return NULL;
    uint32_t word[LONGEST + 1], ends[2 * LONGEST + 2], now[2 * LONGEST + 2], before[2 * LONGEST + 2];
    uint32_t length = points_of((const uint8_t *)text, (uint32_t)size, word, ends, LONGEST + 1);
    if (length > LONGEST || edits > LONGEST / 2) {
        PyErr_SetString(PyExc_ValueError, "the word is too long");
        return NULL;
    }
    /* rows[d][c]: distance of the first d letters of a term to the first c of the word */
    static uint8_t rows[2 * LONGEST + 2][LONGEST + 1];
    for (uint32_t c = 0; c <= length; c++) rows[0][c] = (uint8_t)c;
    PyObject *found = PyList_New(0);
    uint64_t all = s->size[S_ENDS] / 4;
    uint32_t depth_of = 0; /* rows that are right for `before` */
    for (uint64_t entry = 0; found && entry < all;) {
        uint32_t n;
        const uint8_t *bytes = term(s, S_BLOB, S_ENDS, entry, &n);
        if (!bytes) goto failed;
        uint32_t count = points_of(bytes, n, now, ends, 2 * LONGEST + 1), shared = 0, dead = 0;
        while (shared < depth_of && shared < count && now[shared] == before[shared]) shared++;
        if (shared == count && shared == depth_of && entry) { /* a word of two languages stands there twice */
            uint32_t m;
            const uint8_t *previous = term(s, S_BLOB, S_ENDS, entry - 1, &m);
            if (!previous) goto failed;
            if (m == n && !memcmp(previous, bytes, n)) {
                entry++;
                continue;
            }
        }
        for (uint32_t d = shared + 1; d <= count; d++) {
            uint32_t least = rows[d][0] = (uint8_t)d;
            for (uint32_t c = 1; c <= length; c++) {
                uint32_t value = least3(rows[d - 1][c] + 1u, rows[d][c - 1] + 1u, rows[d - 1][c - 1] + (now[d - 1] != word[c - 1]));
                if (d > 1 && c > 1 && now[d - 1] == word[c - 2] && now[d - 2] == word[c - 1] && rows[d - 2][c - 2] + 1u < value)
                    value = rows[d - 2][c - 2] + 1u;
                rows[d][c] = (uint8_t)value;
                if (value < least) least = value;
            }
            uint32_t above = 255;
            for (uint32_t c = 0; c <= length; c++) above = rows[d - 1][c] < above ? rows[d - 1][c] : above;
            before[d - 1] = now[d - 1];
            depth_of = d;
            /* A swap can lower the distance by looking two rows back, so both must be out of reach. */
            if (least > edits && above + 1 > edits) {
                dead = d;
                break;
            }
        }
        if (dead) {
            char prefix[8 * LONGEST + 16];
            uint32_t end = ends[dead - 1];
            memcpy(prefix, bytes, end);
            prefix[end] = (char)0xFF; /* cannot occur in UTF-8: sorts behind all that begins so */
            int64_t next = lower_bound(s, S_BLOB, S_ENDS, prefix, end + 1);
            if (next < 0) goto failed;
            entry = (uint64_t)next > entry ? (uint64_t)next : entry + 1;
            continue;
        }
        if (count <= 2 * LONGEST && rows[count][length] <= edits) {
            int there = occurs(s, entry, fields);
            PyObject *pair = there > 0 ? Py_BuildValue("(y#I)", bytes, (Py_ssize_t)n, (unsigned)rows[count][length]) : NULL;
            if (there < 0 || (there && (!pair || PyList_Append(found, pair) < 0))) {
                Py_XDECREF(pair);
                goto failed;
            }
            Py_XDECREF(pair);
        }
        entry++;
    }
    return found;
failed:
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

static PyObject *segment_positions(PyObject *self, PyObject *args) {
    Segment *s = (Segment *)self;
    PyObject *object;
    unsigned char field;
    unsigned int doc;
    if (!PyArg_ParseTuple(args, "ObI", &object, &field, &doc)) return NULL;
    Word *word = check_open(s) ? word_of(s, object) : NULL;
    if (!word) return NULL;
    Numbers out = {0};
    Cursor cursor;
    uint32_t lists = 0;
    for (uint32_t k = 0; k < word->word.n; k++) {
        const List *list = &word->word.lists[k];
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
        if (!read_block(&s->file, &cursor, low, s->documents)) goto bad;
        uint64_t before = 0;
        uint32_t i = 0;
        for (; i < cursor.n && cursor.docs[i] < doc; i++) before += cursor.tfs[i] - 1;
        if (i == cursor.n || cursor.docs[i] != doc) continue;
        uint32_t tf = cursor.tfs[i];
        if (!numbers_room(&out, tf)) {
            free(out.items);
            return PyErr_NoMemory();
        }
        if (!read_positions(cursor.firsts, cursor.first_width, i, cursor.steps, cursor.step_width, before, cursor.step_count, tf, out.items + out.n)) goto bad;
        out.n += tf;
        lists++;
    }
    if (lists > 1) qsort(out.items, out.n, sizeof(uint32_t), ascending);
    PyObject *found = PyList_New(out.n);
    for (uint32_t i = 0; found && i < out.n; i++) PyList_SetItem(found, i, PyLong_FromUnsignedLong(out.items[i]));
    free(out.items);
    return found;
bad:
    free(out.items);
    return damaged(s);
}

/* ---- values */

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

/* ---- searching */

/* Everything a search allocates, freed in one go. The first POOL bytes come from a piece of memory that stays from
   search to search: asking the system for it each time takes longer than a search. */
#define POOL (2u << 20)
static struct {
    uint8_t *memory;
    int taken;
} pool;

typedef struct {
    Search search;
    void **blocks;
    uint32_t n, room;
    uint8_t *pool; /* NULL: another search has it (one that a signal handler interrupted) */
    uint64_t used;
} Arena;

static void begin(Arena *arena) {
    memset(arena, 0, sizeof *arena);
    if (!pool.memory) pool.memory = malloc(POOL);
    if (pool.memory && !pool.taken) {
        pool.taken = 1;
        arena->pool = pool.memory;
    }
}

/* Memory that holds anything. */
static void *take_any(Arena *arena, uint64_t count, uint64_t size) {
    uint64_t bytes = (count * size + 15) / 16 * 16;
    if (arena->pool && bytes <= POOL - arena->used) {
        arena->used += bytes;
        return arena->pool + arena->used - bytes;
    }
    if (arena->n == arena->room) {
        uint32_t room = arena->room ? 2 * arena->room : 32;
        void **blocks = realloc(arena->blocks, room * sizeof *blocks);
        if (!blocks) return PyErr_NoMemory();
        arena->blocks = blocks;
        arena->room = room;
    }
    void *block = malloc(bytes ? bytes : 1);
    if (!block) return PyErr_NoMemory();
    return arena->blocks[arena->n++] = block;
}

/* Memory that holds zeros. */
static void *take(Arena *arena, uint64_t count, uint64_t size) {
    void *block = take_any(arena, count, size);
    return block ? memset(block, 0, count * size) : NULL;
}

static void release(Arena *arena) {
    for (uint32_t k = 0; k < arena->n; k++) free(arena->blocks[k]);
    free(arena->blocks);
    free(arena->search.best);
    free(arena->search.numbers.items);
    if (arena->pool) pool.taken = 0;
}

/* From so many lists on, those of a word are read into one. */
#define MANY 24

static int read_dense(Segment *s, Arena *arena, const WordLists *word, uint8_t fields, Slot *slot) {
    slot->dense = take(arena, FIELDS, sizeof(Dense));
    if (!slot->dense) return 0;
    Cursor cursor;
    for (uint32_t l = 0; l < word->n; l++) {
        const List *list = &word->lists[l];
        Dense *dense = &slot->dense[list->field];
        if (!(fields >> list->field & 1)) continue;
        if (!dense->bits) {
            dense->bits = take(arena, ((uint64_t)s->documents + 63) / 64 + CHUNKS, sizeof *dense->bits);
            dense->tfs = take(arena, s->documents, sizeof *dense->tfs);
            if (!dense->bits || !dense->tfs) return 0;
        }
        cursor.list = list;
        for (uint32_t b = 0; b < list->blocks; b++) {
            if (!read_block(&s->file, &cursor, b, s->documents)) return damaged(s) != NULL;
            for (uint32_t i = 0; i < cursor.n; i++) {
                uint32_t doc = cursor.docs[i];
                dense->bits[doc >> 6] |= 1ull << (doc & 63);
                dense->tfs[doc] += cursor.tfs[i];
            }
        }
    }
    return 1;
}

static int read_lists(Arena *arena, const WordLists *word, uint8_t fields, Slot *slot) {
    slot->lists = take_any(arena, word->n, sizeof(Gathered));
    if (!slot->lists) return 0;
    for (uint32_t l = 0; l < word->n; l++) {
        const List *list = &word->lists[l];
        if (!(fields >> list->field & 1)) continue;
        Gathered *g = &slot->lists[slot->n];
        uint32_t room = list->df < WINDOW ? list->df : WINDOW;
        g->n = g->parts = g->cursor.block = g->cursor.n = g->cursor.i = 0;
        g->cursor.list = list;
        g->docs = take_any(arena, room, sizeof *g->docs);
        g->tfs = take_any(arena, room, sizeof *g->tfs);
        if (!g->docs || !g->tfs) return 0;
        slot->n++;
    }
    return 1;
}

/* (words or None, fields, near, needed) */
static int read_leaf(Segment *s, Arena *arena, PyObject *spec, Leaf *leaf) {
    PyObject *words, *needed;
    unsigned char fields;
    unsigned int near;
    if (!PyArg_ParseTuple(spec, "O!bIO!", &PyTuple_Type, &words, &fields, &near, &PyTuple_Type, &needed)) return 0;
    leaf->n = (uint32_t)PyTuple_Size(words);
    leaf->fields = fields;
    leaf->near = near;
    if (!leaf->n || PyTuple_Size(needed) != (Py_ssize_t)leaf->n) {
        PyErr_SetString(PyExc_TypeError, "a leaf needs words");
        return 0;
    }
    leaf->slots = take(arena, leaf->n, sizeof(Slot));
    int phrase = leaf->n > 1 || near;
    leaf->w = phrase ? take_any(arena, WINDOW, sizeof(double)) : NULL;
    if (!leaf->slots || (phrase && !leaf->w)) return 0;
    for (uint32_t k = 0; k < leaf->n; k++) {
        leaf->slots[k].needed = (uint32_t)PyLong_AsUnsignedLong(PyTuple_GetItem(needed, k));
        if (PyErr_Occurred()) return 0;
    }
    for (uint32_t k = 0; k < leaf->n; k++) {
        PyObject *object = PyTuple_GetItem(words, k);
        if (object == Py_None) continue; /* it occurs nowhere */
        Word *word = word_of(s, object);
        if (!word) return 0;
        int forms = single(leaf) && word->word.n >= MANY;
        for (uint32_t l = 0; forms && l < word->word.n; l++) forms = word->word.lists[l].kind == FORM;
        if (!(forms ? read_dense(s, arena, &word->word, fields, &leaf->slots[k]) : read_lists(arena, &word->word, fields, &leaf->slots[k]))) return 0;
    }
    return 1;
}

/* None: all; an int: that leaf; bytes: a bit for each document; (required, others): all of the first and none of
   the others; [..]: any of these. */
static int read_node(Segment *s, Arena *arena, PyObject *spec, Node *node) {
    if (Py_EnterRecursiveCall(" in a query")) return 0;
    int done = 0;
    if (spec == Py_None) {
        node->kind = NODE_ALL;
        done = 1;
    } else if (PyLong_Check(spec)) {
        node->kind = NODE_LEAF;
        node->leaf = (uint32_t)PyLong_AsUnsignedLong(spec);
        done = !PyErr_Occurred() && node->leaf < arena->search.leaf_count;
    } else if (PyBytes_Check(spec)) {
        char *bits;
        Py_ssize_t size;
        node->kind = NODE_BITS;
        done = PyBytes_AsStringAndSize(spec, &bits, &size) == 0 && (uint64_t)size >= bytes_for(s->documents);
        node->bits = (const uint8_t *)bits;
    } else if (PyList_Check(spec)) {
        node->kind = NODE_OR;
        node->n = (uint32_t)PyList_Size(spec);
        node->children = take(arena, node->n, sizeof(Node));
        done = node->children != NULL;
        for (uint32_t k = 0; done && k < node->n; k++) done = read_node(s, arena, PyList_GetItem(spec, k), &node->children[k]);
    } else if (PyTuple_Check(spec) && PyTuple_Size(spec) == 2) {
        PyObject *required = PyTuple_GetItem(spec, 0), *others = PyTuple_GetItem(spec, 1);
        if (PyTuple_Check(required) && PyTuple_Check(others)) {
            node->kind = NODE_AND;
            node->required = (uint32_t)PyTuple_Size(required);
            node->n = node->required + (uint32_t)PyTuple_Size(others);
            node->children = take(arena, node->n, sizeof(Node));
            done = node->children != NULL;
            for (uint32_t k = 0; done && k < node->n; k++)
                done = read_node(s, arena, k < node->required ? PyTuple_GetItem(required, k) : PyTuple_GetItem(others, k - node->required), &node->children[k]);
        }
    }
    Py_LeaveRecursiveCall();
    if (!done && !PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "not a node of a query");
    return done;
}

static int read_worth(Arena *arena, PyObject *spec, Worth *worth) {
    unsigned int leaf;
    if (!PyArg_ParseTuple(spec, "Id", &leaf, &worth->worth)) return 0;
    worth->leaf = leaf;
    if (leaf < arena->search.leaf_count) return 1;
    PyErr_SetString(PyExc_TypeError, "no such leaf");
    return 0;
}

/* (leaf, worth), or ((words), (others)) with such pairs in them */
static int read_addend(Arena *arena, PyObject *spec, Addend *addend) {
    if (!PyTuple_Check(spec) || PyTuple_Size(spec) != 2) {
        PyErr_SetString(PyExc_TypeError, "not an addend");
        return 0;
    }
    PyObject *first = PyTuple_GetItem(spec, 0), *second = PyTuple_GetItem(spec, 1);
    addend->synonymous = PyTuple_Check(first);
    if (!addend->synonymous) {
        addend->n = 1;
        addend->worths = take(arena, 1, sizeof(Worth));
        return addend->worths && read_worth(arena, spec, addend->worths);
    }
    if (!PyTuple_Check(second)) {
        PyErr_SetString(PyExc_TypeError, "not an addend");
        return 0;
    }
    addend->n = (uint32_t)PyTuple_Size(first);
    addend->others = (uint32_t)PyTuple_Size(second);
    addend->worths = take(arena, addend->n + addend->others, sizeof(Worth));
    if (!addend->worths) return 0;
    for (uint32_t k = 0; k < addend->n + addend->others; k++)
        if (!read_worth(arena, k < addend->n ? PyTuple_GetItem(first, k) : PyTuple_GetItem(second, k - addend->n), &addend->worths[k])) return 0;
    return 1;
}

static Search *prepare(Segment *s, Arena *arena, PyObject *leaves) {
    Search *search = &arena->search;
    search->file = &s->file;
    search->documents = s->documents;
    search->live = s->live;
    search->ids = s->at[S_IDS];
    for (int f = 0; f < FIELDS; f++) search->lengths[f] = s->at[S_LENGTHS + f];
    search->leaf_count = (uint32_t)PyTuple_Size(leaves);
    search->leaves = take(arena, search->leaf_count, sizeof(Leaf));
    search->rows = take_any(arena, 1, sizeof(Rows));
    if (!search->leaves || !search->rows) return NULL;
    memset(search->rows->tf, 0, sizeof search->rows->tf);
    memset(search->rows->typed, 0, sizeof search->rows->typed);
    memset(search->rows->like, 0, sizeof search->rows->like);
    for (uint32_t k = 0; k < search->leaf_count; k++)
        if (!read_leaf(s, arena, PyTuple_GetItem(leaves, k), &search->leaves[k])) return NULL;
    return search;
}

static int interrupted(void) { return PyErr_CheckSignals() < 0; }

static int read_norms(PyObject *spec, Norms *norms) {
    for (int f = 0; f < FIELDS; f++)
        if (!PyArg_ParseTuple(PyTuple_GetItem(spec, f), "dd", &norms->base[f], &norms->slope[f])) return 0;
    return 1;
}

static PyObject *segment_search(PyObject *self, PyObject *args) {
    Segment *s = (Segment *)self;
    PyObject *leaves, *root, *addends, *norms, *result = NULL, *bits = NULL;
    unsigned int number_of;
    double k1, exact, like, threshold;
    unsigned long long wanted;
    int want_bits;
    if (!PyArg_ParseTuple(args, "O!OO!O!dddKdpI", &PyTuple_Type, &leaves, &root, &PyTuple_Type, &addends, &PyTuple_Type, &norms, &k1, &exact, &like, &wanted, &threshold, &want_bits, &number_of)) return NULL;
    if (!check_open(s)) return NULL;
    Arena arena;
    begin(&arena);
    Search *search = prepare(s, &arena, leaves);
    if (!search) goto done;
    search->root = take(&arena, 1, sizeof(Node));
    if (!search->root || !read_node(s, &arena, root, search->root)) goto done;
    search->addend_count = (uint32_t)PyTuple_Size(addends);
    search->addends = take(&arena, search->addend_count, sizeof(Addend));
    if (!search->addends) goto done;
    for (uint32_t k = 0; k < search->addend_count; k++)
        if (!read_addend(&arena, PyTuple_GetItem(addends, k), &search->addends[k])) goto done;
    if (!read_norms(norms, &search->norms)) goto done;
    search->norms.k1 = k1;
    search->norms.exact = exact;
    search->norms.like = like;
    search->wanted = wanted;
    search->threshold = threshold;
    search->number = number_of;
    if (want_bits) {
        char *data;
        Py_ssize_t size;
        bits = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)bytes_for(s->documents));
        if (!bits) goto done;
        PyBytes_AsStringAndSize(bits, &data, &size);
        memset(data, 0, (size_t)size);
        search->matched = (uint8_t *)data;
    }
    int how = search_all(search, interrupted);
    if (how == SEARCH_DAMAGED) damaged(s);
    if (how == SEARCH_MEMORY) PyErr_NoMemory();
    if (how != SEARCH_DONE) goto done;
    if (search->best_count) qsort(search->best, search->best_count, sizeof(Scored), better_first);
    result = Py_BuildValue("(Ky#O)", search->total, search->best_count ? (char *)search->best : "", (Py_ssize_t)(search->best_count * sizeof(Scored)), bits ? bits : Py_None);
done:
    Py_XDECREF(bits);
    release(&arena);
    return result;
}

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
        uint64_t before = 0;
        for (uint32_t i = 0; i < c->i; i++) before += c->tfs[i] - 1;
        uint32_t tf = c->tfs[c->i];
        if (!numbers_room(out, tf) ||
            !read_positions(c->firsts, c->first_width, c->i, c->steps, c->step_width, before, c->step_count, tf, out->items + out->n)) return -1;
        out->n += tf;
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
                if (!seek(&s->file, &cursors[c], (uint32_t)doc, s->documents)) {
                    damaged(s);
                    break;
                }
                if (cursors[c].i < cursors[c].n && cursors[c].docs[cursors[c].i] == doc) times += cursors[c].tfs[cursors[c].i];
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

/* ---- the segment */

static PyObject *segment_close(PyObject *self, PyObject *none) {
    Segment *s = (Segment *)self;
    if (s->open) {
        PyBuffer_Release(&s->map);
        free(s->file.crcs);
        free(s->file.checked);
        free(s->live);
        s->open = 0;
    }
    Py_RETURN_NONE;
}

static void segment_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    Py_XDECREF(segment_close(self, NULL));
    Py_XDECREF(((Segment *)self)->damaged);
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyObject *segment_new(PyTypeObject *type, PyObject *args, PyObject *keywords) {
    PyObject *map, *places, *deleted, *error;
    const char *crcs;
    Py_ssize_t crcs_size;
    unsigned long long body;
    unsigned int documents;
    if (!PyArg_ParseTuple(args, "Oy#KO!IO!O", &map, &crcs, &crcs_size, &body, &PyTuple_Type, &places, &documents, &PyTuple_Type, &deleted, &error)) return NULL;
    Segment *s = PyObject_New(Segment, type);
    if (!s) return NULL;
    memset((char *)s + sizeof(PyObject), 0, sizeof *s - sizeof(PyObject));
    s->damaged = Py_NewRef(error);
    if (PyObject_GetBuffer(map, &s->map, PyBUF_SIMPLE) < 0) {
        Py_DECREF(s);
        return NULL;
    }
    s->open = 1;
    uint64_t pages = (body + (1u << PAGE_SHIFT) - 1) >> PAGE_SHIFT;
    s->file.base = s->map.buf;
    s->file.body = body;
    s->file.crcs = malloc(pages * 4 + 4);
    s->file.checked = calloc(pages + 1, 1);
    s->documents = documents;
    if (!s->file.crcs || !s->file.checked) {
        Py_DECREF(s);
        return PyErr_NoMemory();
    }
    if (body > (uint64_t)s->map.len || (uint64_t)crcs_size < pages * 4 || PyTuple_Size(places) != S_COUNT) {
        damaged(s);
        Py_DECREF(s);
        return NULL;
    }
    for (uint64_t k = 0; k < pages; k++) s->file.crcs[k] = u32_at((const uint8_t *)crcs + 4 * k);
    for (int k = 0; k < S_COUNT; k++) {
        unsigned long long at, size;
        if (!PyArg_ParseTuple(PyTuple_GetItem(places, k), "KK", &at, &size)) {
            Py_DECREF(s);
            return NULL;
        }
        s->at[k] = at;
        s->size[k] = size;
        int per_document = k == S_IDS ? 8 : k >= S_LENGTHS ? 4 : 0;
        if (at > body || size > body - at || size < (uint64_t)per_document * documents) {
            damaged(s);
            Py_DECREF(s);
            return NULL;
        }
    }
    Py_ssize_t gone = PyTuple_Size(deleted);
    if (gone) {
        uint64_t bytes = bytes_for(documents);
        s->live = malloc(bytes + 8);
        if (!s->live) {
            Py_DECREF(s);
            return PyErr_NoMemory();
        }
        memset(s->live, 0xFF, bytes);
        for (Py_ssize_t k = 0; k < gone; k++) {
            unsigned long doc = PyLong_AsUnsignedLong(PyTuple_GetItem(deleted, k));
            if (PyErr_Occurred() || doc >= documents) {
                if (!PyErr_Occurred()) damaged(s);
                Py_DECREF(s);
                return NULL;
            }
            s->live[doc >> 3] &= (uint8_t)~(1u << (doc & 7));
        }
    }
    return (PyObject *)s;
}

static PyMethodDef segment_methods[] = {
    {"word", segment_word, METH_VARARGS, NULL},
    {"prefix", segment_prefix, METH_VARARGS, NULL},
    {"within", segment_within, METH_VARARGS, NULL},
    {"stems", segment_stems, METH_VARARGS, NULL},
    {"stem_frequencies", segment_stem_frequencies, METH_O, NULL},
    {"positions", segment_positions, METH_VARARGS, NULL},
    {"values", segment_values, METH_VARARGS, NULL},
    {"counts", segment_counts, METH_VARARGS, NULL},
    {"search", segment_search, METH_VARARGS, NULL},
    {"nearness", segment_nearness, METH_VARARGS, NULL},
    {"frequencies", segment_frequencies, METH_VARARGS, NULL},
    {"close", segment_close, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot segment_slots[] = {
    {Py_tp_new, segment_new}, {Py_tp_dealloc, segment_dealloc}, {Py_tp_methods, segment_methods}, {0, NULL},
};
static PyType_Spec segment_spec = {"searchidx._kernel.Segment", sizeof(Segment), 0, Py_TPFLAGS_DEFAULT, segment_slots};

static PyGetSetDef word_members[] = {{"df", word_df, NULL, NULL, NULL}, {"fields", word_fields, NULL, NULL, NULL}, {NULL, NULL, NULL, NULL, NULL}};
static PyType_Slot word_slots[] = {{Py_tp_dealloc, word_dealloc}, {Py_tp_getset, word_members}, {0, NULL}};
static PyType_Spec word_spec = {"searchidx._kernel.Word", sizeof(Word), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, word_slots};

/* ---- words */

static PyObject *kernel_words(PyObject *module, PyObject *text) {
    Py_ssize_t size;
    const char *utf8 = PyUnicode_AsUTF8AndSize(text, &size);
    if (!utf8) {
        PyErr_Clear(); /* lone surrogates */
        Py_RETURN_NONE;
    }
    Py_ssize_t length = PyUnicode_GetLength(text);
    uint8_t *kinds = malloc(2 * (size_t)length + 1), *low = kinds + length;
    Numbers bounds = {0};
    PyObject *joined_words = PyList_New(0), *result = NULL;
    if (!kinds || !joined_words || !numbers_room(&bounds, 64)) {
        PyErr_NoMemory();
        goto done;
    }
    const uint8_t *p = (const uint8_t *)utf8;
    for (Py_ssize_t i = 0; i < length; i++) {
        uint32_t c = *p++;
        if (c >= 0xF0) c = UINT32_MAX; /* no letter of ours needs four bytes */
        else if (c >= 0xE0) {
            c = (c & 0x0F) << 12 | (uint32_t)(p[0] & 0x3F) << 6 | (p[1] & 0x3F);
            p += 2;
        } else if (c >= 0xC0) c = (c & 0x1F) << 6 | (*p++ & 0x3F);
        int kind = kind_of(c);
        if (kind == UNKNOWN) {
            result = Py_NewRef(Py_None);
            goto done;
        }
        kinds[i] = (uint8_t)kind;
        low[i] = c < 0x80 ? (uint8_t)c : 0;
    }
    uint32_t start, end = 0;
    int joined;
    while (next_word(kinds, low, end, (uint32_t)length, size == length, &start, &end, &joined)) {
        if (!numbers_room(&bounds, 2)) {
            PyErr_NoMemory();
            goto done;
        }
        if (joined) {
            PyObject *place = PyLong_FromUnsignedLong(bounds.n / 2);
            if (!place || PyList_Append(joined_words, place) < 0) {
                Py_XDECREF(place);
                goto done;
            }
            Py_DECREF(place);
        }
        bounds.items[bounds.n++] = start;
        bounds.items[bounds.n++] = end;
    }
    result = Py_BuildValue("(y#O)", (char *)bounds.items, (Py_ssize_t)bounds.n * 4, joined_words);
done:
    free(kinds);
    free(bounds.items);
    Py_XDECREF(joined_words);
    return result;
}

static PyMethodDef functions[] = {
    {"words", kernel_words, METH_O, NULL},
    {"best", kernel_best, METH_VARARGS, NULL},
    {"records", kernel_records, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "searchidx._kernel", NULL, -1, functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__kernel(void) {
    crc_init();
    PyObject *module = PyModule_Create(&definition), *names = PyTuple_New(S_COUNT);
    if (!module || !names || PyModule_AddIntConstant(module, "RECORD", sizeof(Scored)) < 0) return NULL;
    for (int k = 0; k < S_COUNT; k++) PyTuple_SetItem(names, k, PyUnicode_FromString(SECTIONS[k]));
    segment_type = (PyTypeObject *)PyType_FromSpec(&segment_spec);
    word_type = (PyTypeObject *)PyType_FromSpec(&word_spec);
    if (!segment_type || !word_type || PyModule_AddObject(module, "SECTIONS", names) < 0 ||
        PyModule_AddObjectRef(module, "Segment", (PyObject *)segment_type) < 0 ||
        PyModule_AddObjectRef(module, "Word", (PyObject *)word_type) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
