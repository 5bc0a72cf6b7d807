/* searchidx._inverter.Table: the texts of one language as numbers of entries.

   Each stretch of a text is looked up in a table of those met before. What is not there is learned here where it is
   ASCII and an ordinary word, as searchidx/analysis.py and searchidx/stemming.py have it; of everything else Python
   is asked. What is ordinary Python says, in lists of words that end in zero bytes; the tests hold the two equal. */
#ifndef DOSSIER_TABLE_H
#define DOSSIER_TABLE_H

#include "english.h"
#include "entries.h"
#include "tokens.h"

#define LONGEST_KNOWN 48 /* bytes; longer stretches seldom come again */
#define AT_ONCE 16       /* stretches that are looked up together */
#define LISTS 6          /* that English has; other languages have the first two of them */
#define ASK UINT32_MAX   /* the value of a term that Python has to be asked for */

/* Words that are looked through one after the other. */
typedef struct {
    const uint8_t *p;
    size_t n;
} String;

typedef struct {
    String *of;
    size_t n;
} Words;

typedef struct {
    PyObject_HEAD
    Map known; /* stretches, and the terms they stand for: their numbers */
    Map odd;   /* stems in whose place there are others */
    Words clitics, elided, within, endings; /* parts of words: see `ordinary_english` of searchidx/stemming.py */
    int english;
    PyObject *entries, *classes, *lists[LISTS]; /* bytes, but for the entries */
} Table;

static int words_have(const Words *words, const uint8_t *p, size_t n) {
    for (size_t w = 0; w < words->n; w++)
        if (words->of[w].n == n && memcmp(words->of[w].p, p, n) == 0) return 1;
    return 0;
}

/* Whether a term has one of the words at its end. */
static int words_end(const Words *words, const uint8_t *p, size_t n) {
    for (size_t w = 0; w < words->n; w++) {
        const String *word = &words->of[w];
        if (word->n <= n && word->p[word->n - 1] == p[n - 1] && memcmp(p + n - word->n, word->p, word->n) == 0) return 1;
    }
    return 0;
}

/* Whether a term has one of the words anywhere. */
static int words_within(const Words *words, const uint8_t *p, size_t n) {
    for (size_t w = 0; w < words->n; w++)
        for (size_t i = 0, size = words->of[w].n; i + size <= n; i++)
            if (p[i] == *words->of[w].p && memcmp(p + i, words->of[w].p, size) == 0) return 1;
    return 0;
}

/* The term of a stretch of ASCII without underscores (`_word_pieces` of the analysis), of `n` bytes at most; how
   long it is. */
static size_t term_of(const Table *table, const uint8_t *p, size_t n, uint8_t *term) {
    size_t ends[LONGEST_KNOWN], parts = 0, length = 0, first = 0;
    for (size_t i = 0; i < n;) {
        if (p[i] == '\'') {
            i++;
            continue;
        }
        for (; i < n && p[i] != '\''; i++) {
            uint8_t c = p[i] >= 'A' && p[i] <= 'Z' ? p[i] | 0x20 : p[i];
            if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) term[length++] = c;
        }
        ends[parts++] = length;
    }
    if (parts > 1 && words_have(&table->clitics, term + ends[parts - 2], length - ends[parts - 2])) length = ends[--parts - 1];
    size_t start = 0;
    while (parts - first > 1 && words_have(&table->elided, term + start, ends[first] - start)) start = ends[first++];
    memmove(term, term + start, length - start);
    return length - start;
}

/* Ask Python for the numbers of a stretch, append them to `out`; `single` is the only one, or ASK. 0 with an
   exception set. */
static int ask_python(PyObject *ask, const uint8_t *p, size_t n, Bytes *out, uint32_t *single) {
    PyObject *text = PyUnicode_DecodeUTF8((const char *)p, (Py_ssize_t)n, NULL);
    PyObject *answer = text ? PyObject_CallFunctionObjArgs(ask, text, NULL) : NULL;
    Py_ssize_t count = answer ? PyTuple_Size(answer) : -1;
    int done = count >= 0;
    *single = ASK;
    for (Py_ssize_t i = 0; done && i < count; i++) {
        unsigned long value = PyLong_AsUnsignedLong(PyTuple_GetItem(answer, i));
        done = !PyErr_Occurred();
        if (done && count == 1) *single = (uint32_t)value;
        if (done && !put_u32(out, (uint32_t)value)) {
            PyErr_NoMemory();
            done = 0;
        }
    }
    Py_XDECREF(text);
    Py_XDECREF(answer);
    return done;
}

/* The number of a term of ASCII whose stem is found here; ASK where Python has to be asked. 0 with an exception
   set. */
static int number_here(Table *table, const uint8_t *term, size_t n, uint32_t *number) {
    uint8_t key[2 * LONGEST_KNOWN + 16];
    Word word = {.n = (int)n};
    memcpy(word.w, term, n);
    *number = ASK;
    if (term[0] > '9') { /* a number is its own stem */
        if (!table->english || words_end(&table->endings, term, n) || words_within(&table->within, term, n)) return 1;
        english(&word);
        if (word.n <= 0) return 1;
        Key stem = key_of(&table->odd, (const uint8_t *)word.w, (size_t)word.n, (const uint8_t *)word.w + sizeof word.w);
        if (map_find(&table->odd, &stem)->length) return 1;
    }
    memcpy(key, term, n);
    key[n] = 0;
    memcpy(key + n + 1, word.w, (size_t)word.n);
    return entries_number((Entries *)table->entries, key, n + 1 + (size_t)word.n, number);
}

/* Append the number of a stretch of ASCII without underscores, and keep it; 0 with an exception set. */
static int learn_word(Table *table, PyObject *ask, const uint8_t *p, size_t n, Bytes *out) {
    uint8_t term[LONGEST_KNOWN + 8];
    uint32_t number;
    size_t length = term_of(table, p, n, term);
    if (!length) return 1;
    Key key = key_of(&table->known, term, length, term + sizeof term);
    Slot *slot = map_find(&table->known, &key);
    int asked = slot->length && slot->value == ASK;
    if (slot->length && !asked) number = slot->value;
    else if (asked) number = ASK;
    else if (!number_here(table, term, length, &number)) return 0;
    if (number == ASK) {
        if (!ask_python(ask, term, length, out, &number)) return 0;
    } else if (!put_u32(out, number)) goto memory;
    if (number == ASK) return 1;
    Key whole = key_of(&table->known, p, n, p + n);
    if (map_put(&table->known, &key, number) && map_put(&table->known, &whole, number)) return 1;
memory:
    PyErr_NoMemory();
    return 0;
}

/* Append the numbers of a stretch that is not known, and keep a single one; 0 with an exception set. */
static int learn(Table *table, PyObject *ask, const uint8_t *p, size_t n, Bytes *out) {
    int ascii = n <= LONGEST_KNOWN;
    for (size_t i = 0; i < n && ascii; i++) ascii = p[i] < 0x80;
    if (!ascii) {
        uint32_t single;
        if (!ask_python(ask, p, n, out, &single)) return 0;
        Key key = key_of(&table->known, p, n, p + n);
        if (single == ASK || n > LONGEST_KNOWN || map_put(&table->known, &key, single)) return 1;
        PyErr_NoMemory();
        return 0;
    }
    for (const uint8_t *end = p + n, *stop; p < end; p = stop + 1) { /* underscores separate, and what is left of apostrophes beside them */
        if (!(stop = memchr(p, '_', (size_t)(end - p)))) stop = end;
        const uint8_t *first = p, *last = stop;
        while (first < last && *first == '\'') first++;
        while (first < last && last[-1] == '\'') last--;
        if (first < last && !learn_word(table, ask, first, (size_t)(last - first), out)) return 0;
    }
    return 1;
}

/* Append the numbers of stretches; 0 with an exception set. */
static int add_numbers(Table *table, PyObject *ask, const Key *keys, int n, Bytes *out) {
    for (int i = 0; i < n; i++) {
        const Slot *slot = map_find(&table->known, &keys[i]);
        if (!slot->length || slot->value == ASK) {
            if (!learn(table, ask, keys[i].p, keys[i].length, out)) return 0;
        } else if (!put_u32(out, slot->value)) {
            PyErr_NoMemory();
            return 0;
        }
    }
    return 1;
}

static PyObject *table_tokens(Table *table, PyObject *args) {
    PyObject *text, *ask, *result = NULL;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "UO", &text, &ask)) return NULL;
    const uint8_t *p = (const uint8_t *)PyUnicode_AsUTF8AndSize(text, &size);
    if (!p) return NULL;
    const uint8_t *classes = (const uint8_t *)PyBytes_AsString(table->classes), *end = p + size;
    int ascii = 1, beyond = 0, n = 0;
    for (const uint8_t *q = p; q < end && ascii; q += 8) ascii = !(eight_bytes(q, end) & 0x8080808080808080u);
    Bytes out = {0};
    Key keys[AT_ONCE];
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
        keys[n] = key_of(&table->known, p, (size_t)(stop - p), end);
        map_expect(&table->known, &keys[n++]);
        if (n == AT_ONCE) {
            if (!add_numbers(table, ask, keys, n, &out)) goto end;
            n = 0;
        }
        p = stop;
    }
    if (beyond) result = Py_NewRef(Py_None);
    else if (add_numbers(table, ask, keys, n, &out)) result = as_bytes(&out);
end:
    free(out.p);
    return result;
}

/* The words of a list, which lives on: each ends in a zero byte. 0 where there is no memory. */
static int words_of(Words *words, PyObject *list) {
    const uint8_t *p = (const uint8_t *)PyBytes_AsString(list), *end = p + PyBytes_Size(list);
    size_t most = 0;
    for (const uint8_t *q = p; q < end; q++) most += !*q;
    words->of = calloc(most + 1, sizeof *words->of);
    if (!words->of) return 0;
    for (const uint8_t *stop; p < end && (stop = memchr(p, 0, (size_t)(end - p))); p = stop + 1)
        if (stop > p) words->of[words->n++] = (String){p, (size_t)(stop - p)};
    return 1;
}

/* Keep the words of a list as terms to ask for. */
static int put_words(Map *map, PyObject *list) {
    Words words = {0};
    int done = words_of(&words, list);
    for (size_t w = 0; done && w < words.n; w++) {
        Key key = key_of(map, words.of[w].p, words.of[w].n, words.of[w].p + words.of[w].n);
        done = map_put(map, &key, ASK);
    }
    free(words.of);
    return done;
}

/* Take the lists of a table: clitics, elided; of English, words to ask for, parts and endings of others, odd stems. */
static int table_begin(Table *table) {
    if (!map_begin(&table->known, secret()) || !map_begin(&table->odd, secret())) return 0;
    if (!words_of(&table->clitics, table->lists[0]) || !words_of(&table->elided, table->lists[1])) return 0;
    if (!table->english) return 1;
    return put_words(&table->known, table->lists[2]) && words_of(&table->within, table->lists[3]) &&
           words_of(&table->endings, table->lists[4]) && put_words(&table->odd, table->lists[5]);
}

static PyObject *table_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    PyObject *entries, *classes, *lists;
    if (!PyArg_ParseTuple(args, "O!SO!", entries_type, &entries, &classes, &PyTuple_Type, &lists)) return NULL;
    Py_ssize_t count = PyTuple_Size(lists), sound = PyBytes_Size(classes) == CHARACTERS && (count == 2 || count == LISTS);
    for (Py_ssize_t i = 0; sound && i < count; i++) sound = PyBytes_Check(PyTuple_GetItem(lists, i));
    if (!sound) return damaged("a class for each character of the plane and two or six lists of words are needed");
    allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Table *table = (Table *)alloc(type, 0);
    if (!table) return NULL;
    table->entries = Py_NewRef(entries);
    table->classes = Py_NewRef(classes);
    for (Py_ssize_t i = 0; i < count; i++) table->lists[i] = Py_NewRef(PyTuple_GetItem(lists, i));
    table->english = count == LISTS;
    if (table_begin(table)) return (PyObject *)table;
    Py_DECREF(table);
    return PyErr_NoMemory();
}

static void table_free(Table *table) {
    PyTypeObject *type = Py_TYPE((PyObject *)table);
    map_free(&table->known);
    map_free(&table->odd);
    free(table->clitics.of);
    free(table->elided.of);
    free(table->within.of);
    free(table->endings.of);
    Py_XDECREF(table->entries);
    Py_XDECREF(table->classes);
    for (int i = 0; i < LISTS; i++) Py_XDECREF(table->lists[i]);
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
