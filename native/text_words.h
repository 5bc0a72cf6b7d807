/* Where the words of a text stand (`_kernel.words`), and a text as the kernel reads it. */
#ifndef DOSSIER_TEXT_WORDS_H
#define DOSSIER_TEXT_WORDS_H

#include <Python.h>
#include "leaf.h"
#include "words.h"

/* A text, a number for each of its characters in each column. */
typedef struct {
    PyObject *text;
    uint32_t n;
    int ascii;
    uint32_t *code;            /* what character it is */
    uint8_t *kind;             /* what kind of character (words.h) */
    uint8_t *low;              /* its code below 128, else 0 */
} Characters;

/* The bounds of a text's words: begin and end of each; and which have apostrophes or dots in them. */
typedef struct {
    Numbers bounds, joined;
} WordPlaces;

/* 1; 0 with an exception; -1 for a text with other letters than Latin, Greek and Cyrillic. */
static int read_characters(PyObject *text, Characters *out) {
    static uint8_t kinds[128];
    if (!kinds['a'])
        for (uint32_t c = 0; c < 128; c++) kinds[c] = (uint8_t)kind_of(c);
    Py_ssize_t size;
    const char *utf8 = PyUnicode_AsUTF8AndSize(text, &size);
    if (!utf8) {
        if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) return 0;
        PyErr_Clear(); /* lone surrogates */
        return -1;
    }
    size_t n = (size_t)PyUnicode_GetLength(text);
    out->text = text;
    out->code = malloc(6 * n + 4);
    if (!out->code) return PyErr_NoMemory() != NULL;
    out->n = (uint32_t)n;
    out->ascii = (size_t)size == n;
    out->kind = (uint8_t *)(out->code + n);
    out->low = out->kind + n;
    const uint8_t *p = (const uint8_t *)utf8;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = *p++;
        int kind;
        if (c < 0x80) {
            out->code[i] = c;
            out->kind[i] = kinds[c];
            out->low[i] = (uint8_t)c;
            continue;
        }
        if (c >= 0xF0) c = UINT32_MAX; /* no letter of ours needs four bytes */
        else if (c >= 0xE0) {
            c = (c & 0x0F) << 12 | (uint32_t)(p[0] & 0x3F) << 6 | (p[1] & 0x3F);
            p += 2;
        } else {
            c = (c & 0x1F) << 6 | (*p++ & 0x3F);
        }
        kind = kind_of(c);
        if (kind == UNKNOWN) {
            free(out->code);
            out->code = NULL;
            return -1;
        }
        out->code[i] = c;
        out->kind[i] = (uint8_t)kind;
        out->low[i] = 0;
    }
    return 1;
}

/* Word number `last` and those before it, and those that begin within `more` characters behind its end. 0 with an
   exception. */
static int find_words(const Characters *text, uint32_t last, uint32_t more, WordPlaces *out) {
    uint32_t start, end = 0, until = text->n;
    int joined;
    while (next_word(text->kind, text->low, end, text->n, text->ascii, &start, &end, &joined) && start <= until) {
        if (out->bounds.n / 2 == last && text->n - end > more) until = end + more;
        if (!numbers_room(&out->bounds, 2) || (joined && !numbers_room(&out->joined, 1))) return PyErr_NoMemory() != NULL;
        if (joined) out->joined.items[out->joined.n++] = out->bounds.n / 2;
        out->bounds.items[out->bounds.n++] = start;
        out->bounds.items[out->bounds.n++] = end;
    }
    return 1;
}

static void free_words(Characters *text, WordPlaces *words) {
    free(text->code);
    free(words->bounds.items);
    free(words->joined.items);
}

static PyObject *kernel_words(PyObject *module, PyObject *object) {
    Characters text = {0};
    WordPlaces words = {0};
    PyObject *joined = NULL, *result = NULL;
    int read = read_characters(object, &text);
    if (read < 0) return Py_NewRef(Py_None);
    if (!read || !find_words(&text, UINT32_MAX, 0, &words)) goto done;
    joined = PyList_New(words.joined.n);
    for (uint32_t k = 0; joined && k < words.joined.n; k++) PyList_SetItem(joined, k, PyLong_FromUnsignedLong(words.joined.items[k]));
    if (joined) result = Py_BuildValue("(y#O)", words.bounds.n ? (char *)words.bounds.items : "", (Py_ssize_t)words.bounds.n * 4, joined);
done:
    Py_XDECREF(joined);
    free_words(&text, &words);
    return result;
}

#endif
