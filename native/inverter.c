/* searchidx._inverter: from texts to tokens, from tokens to posting lists, and from the lists of several segments to those of one.

   The functions are those of searchidx/inversion.py, which says what goes in and out; the two give the same bytes.
   What comes from a file is believed in nothing: every offset and number is compared with the size of what it
   points into, and a list that does not read is a ValueError. */
#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "english.h"
#include "entries.h"
#include "invert.h"
#include "merge.h"
#include "stems.h"
#include "table.h"

static PyObject *english_stem(PyObject *self, PyObject *text) {
    Py_ssize_t size;
    const char *given = PyUnicode_AsUTF8AndSize(text, &size);
    if (!given) return NULL;
    if (size > LONGEST_WORD) Py_RETURN_NONE;
    Word word = {.n = (int)size};
    for (Py_ssize_t i = 0; i < size; i++) {
        if ((uint8_t)given[i] >= 0x80 || !given[i]) Py_RETURN_NONE;
        word.w[i] = given[i];
    }
    english(&word);
    return PyUnicode_FromStringAndSize(word.w, word.n);
}

static PyMethodDef methods[] = {
    {"english_stem", english_stem, METH_O, "See searchidx/_inverter.pyi."},
    {"invert", invert, METH_VARARGS, "See searchidx.inversion.invert."},
    {"merge", merge, METH_VARARGS, "See searchidx.inversion.merge."},
    {"union", unite, METH_VARARGS, "See searchidx.inversion.union."},
    {"gather_stems", gather_stems, METH_VARARGS, "See searchidx.inversion.gather_stems."},
    {"stem_documents", stem_documents, METH_VARARGS, "See searchidx.inversion.stem_documents."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "searchidx._inverter", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__inverter(void) {
    const uint16_t one = 1;
    if (*(const uint8_t *)&one != 1) {
        PyErr_SetString(PyExc_ImportError, "searchidx._inverter is for little-endian machines");
        return NULL;
    }
    PyObject *made = PyModule_Create(&module), *table = made ? PyType_FromSpec(&table_spec) : NULL;
    entries_type = table ? (PyTypeObject *)PyType_FromSpec(&entries_spec) : NULL;
    if (entries_type && PyModule_AddObjectRef(made, "Table", table) == 0 && PyModule_AddObjectRef(made, "Entries", (PyObject *)entries_type) == 0) {
        Py_DECREF(table);
        return made;
    }
    Py_CLEAR(entries_type);
    Py_XDECREF(table);
    Py_XDECREF(made);
    return NULL;
}
