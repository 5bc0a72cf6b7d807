/* A segment as Python holds it, its sections and sorted dictionaries. */
#ifndef DOSSIER_SEGMENT_H
#define DOSSIER_SEGMENT_H

#include <Python.h>
#include "search.h"

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
    S_POSTINGS, S_IDS, S_PAGE_INDEX, S_PAGE_START, S_PAGE_NUMBER, S_LENGTHS, S_COUNT = S_LENGTHS + FIELDS
};
static const char *const SECTIONS[S_COUNT] = {
    "blob", "ends", "stem", "df", "at", "stem_blob", "stem_ends", "stem_first", "stem_entries", "stem_df",
    "postings", "ids", "page_index", "page_start", "page_number", "len:title", "len:summary", "len:labels", "len:text",
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

#endif
