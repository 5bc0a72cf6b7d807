/* searchidx._kernel: searching segments in C. What each function does is said in searchidx/_kernel.pyi; what a
   query means, in searchidx/matching.py and ranking.py, which this must equal to the last bit of a score. */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include "edits.h"
#include "passage.h"
#include "rerank.h"
#include "stretches.h"
#include "values.h"

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
    {"spans", segment_spans, METH_VARARGS, NULL},
    {"stretches", segment_stretches, METH_VARARGS, NULL},
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

static PyMethodDef functions[] = {
    {"words", kernel_words, METH_O, NULL},
    {"passage", kernel_passage, METH_VARARGS, NULL},
    {"marks", kernel_marks, METH_VARARGS, NULL},
    {"best", kernel_best, METH_VARARGS, NULL},
    {"records", kernel_records, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "searchidx._kernel", NULL, -1, functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__kernel(void) {
    crc_init();
    unpack_init();
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
