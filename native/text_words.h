/* `_kernel.words`: where the words of a text stand. */
#ifndef DOSSIER_TEXT_WORDS_H
#define DOSSIER_TEXT_WORDS_H

#include <Python.h>
#include "leaf.h"
#include "words.h"

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

#endif
