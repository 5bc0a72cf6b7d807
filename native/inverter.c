/* searchidx._inverter: from texts to tokens, from tokens to posting lists, and from the lists of several segments to those of one.

   The functions are those of searchidx/inversion.py, which says what goes in and out; the two give the same bytes.
   What comes from a file is believed in nothing: every offset and number is compared with the size of what it
   points into, and a list that does not read is a ValueError. Numbers are little-endian, as is every machine this
   is used on (the module does not load elsewhere). */
#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "encode.h"
#include "english.h"
#include "tokens.h"

#define GAP UINT32_MAX
#define DROPPED UINT32_MAX
#define PIECE (1u << 20) /* bytes that are handed to `write` at once */

static PyObject *damaged(const char *why) {
    PyErr_SetString(PyExc_ValueError, why);
    return NULL;
}

static uint32_t u32(const void *base, size_t i) {
    uint32_t value;
    memcpy(&value, (const uint8_t *)base + 4 * i, 4);
    return value;
}

static uint64_t u64(const void *base, size_t i) {
    uint64_t value;
    memcpy(&value, (const uint8_t *)base + 8 * i, 8);
    return value;
}

static PyObject *as_bytes(const Bytes *b) { return PyBytes_FromStringAndSize((const char *)b->p, (Py_ssize_t)b->n); }

/* -- what is written */

typedef struct {
    Bytes out;          /* not yet handed on */
    uint64_t offset;    /* where in the section the next byte will stand */
    Bytes at, df;       /* the tables */
    PyObject *write;
} Out;

static int out_begin(Out *out, uint64_t base, PyObject *write) {
    out->offset = base;
    out->write = write;
    return put_u64(&out->at, base);
}

static void out_free(Out *out) {
    free(out->out.p);
    free(out->at.p);
    free(out->df.p);
}

/* Hand on what is there; 0 with an exception set. */
static int out_write(Out *out) {
    if (!out->out.n) return 1;
    PyObject *data = as_bytes(&out->out);
    PyObject *done = data ? PyObject_CallFunctionObjArgs(out->write, data, NULL) : NULL;
    Py_XDECREF(data);
    Py_XDECREF(done);
    out->out.n = 0;
    return done != NULL;
}

/* Write the lists of a term that occurs in df documents; 0 with an exception set. */
static int out_add(Out *out, List *lists, int fields, int heads, uint32_t df) {
    size_t before = out->out.n;
    if (!put_lists(&out->out, lists, fields, heads)) goto memory;
    out->offset += out->out.n - before;
    if (!put_u64(&out->at, out->offset) || !put_u32(&out->df, df)) goto memory;
    return out->out.n < PIECE || out_write(out);
memory:
    PyErr_NoMemory();
    return 0;
}

/* -- buffers that are handed in */

typedef struct {
    Py_buffer *views;
    size_t n;
} Views;

static int views_begin(Views *views, size_t most) {
    views->n = 0;
    views->views = calloc(most ? most : 1, sizeof *views->views);
    if (!views->views) PyErr_NoMemory();
    return views->views != NULL;
}

/* The bytes of an object, a multiple of `unit`; NULL with an exception set. They live as long as the views. */
static Py_buffer *views_add(Views *views, PyObject *object, Py_ssize_t unit) {
    Py_buffer *view = &views->views[views->n];
    if (PyObject_GetBuffer(object, view, PyBUF_SIMPLE) < 0) return NULL;
    views->n++;
    if (view->len % unit) {
        damaged("a table of an odd size");
        return NULL;
    }
    return view;
}

static void views_free(Views *views) {
    for (size_t i = 0; i < views->n; i++) PyBuffer_Release(&views->views[i]);
    free(views->views);
}

/* -- from tokens to lists */

/* One field: the occurrences of term t are those from start[t] to start[t + 1], by document and position. */
typedef struct {
    uint32_t *start, *docs, *positions;
} Occurrences;

static int invert_field(Occurrences *to, const Py_buffer *tokens, const Py_buffer *ends, uint32_t terms, uint32_t gap) {
    size_t count = (size_t)tokens->len / 4, documents = (size_t)ends->len / 4, first = 0;
    to->start = calloc((size_t)terms + 2, 4);
    to->docs = malloc(4 * count + 4);
    to->positions = malloc(4 * count + 4);
    if (!to->start || !to->docs || !to->positions) {
        PyErr_NoMemory();
        return 0;
    }
    /* Counted two places further on, so that after the sums start[t + 1] is where t begins; filling moves it to
       where t ends, which is where t + 1 begins. */
    for (size_t i = 0; i < count; i++) {
        uint32_t term = u32(tokens->buf, i);
        if (term == GAP) continue;
        if (term >= terms) return damaged("a token without a term") != NULL;
        to->start[term + 2]++;
    }
    for (size_t t = 1; t < (size_t)terms + 2; t++) to->start[t] += to->start[t - 1];
    for (size_t doc = 0; doc < documents; doc++) {
        size_t end = u32(ends->buf, doc);
        if (end < first || end > count) return damaged("documents that do not fit the tokens") != NULL;
        uint32_t position = 0;
        for (size_t i = first; i < end; i++) {
            uint32_t term = u32(tokens->buf, i);
            if (term == GAP) {
                position += gap;
                continue;
            }
            uint32_t to_place = to->start[term + 1]++;
            to->docs[to_place] = (uint32_t)doc;
            to->positions[to_place] = position++;
        }
        first = end;
    }
    if (first != count) return damaged("documents that do not fit the tokens") != NULL;
    return 1;
}

static int add_occurrences(List *list, const Occurrences *from, uint32_t term, int heads, uint32_t *seen, uint32_t stamp, uint32_t *df) {
    uint32_t i = from->start[term], end = from->start[term + 1];
    while (i < end) {
        uint32_t doc = from->docs[i], j = i, *at = NULL;
        while (j < end && from->docs[j] == doc) j++;
        if (!list_add(list, doc, heads ? j - i : 1, heads ? &at : NULL)) {
            PyErr_NoMemory();
            return 0;
        }
        if (heads) {
            at[0] = from->positions[i];
            for (uint32_t k = i + 1; k < j; k++) at[k - i] = from->positions[k] - from->positions[k - 1];
        }
        if (seen[doc] != stamp) {
            seen[doc] = stamp;
            ++*df;
        }
        i = j;
    }
    return 1;
}

static PyObject *invert(PyObject *self, PyObject *args) {
    PyObject *order_of, *fields_of, *write, *result = NULL, *fields = NULL;
    unsigned int gap;
    int heads;
    unsigned long long base;
    if (!PyArg_ParseTuple(args, "OOIpKO", &order_of, &fields_of, &gap, &heads, &base, &write)) return NULL;
    Views views;
    Occurrences found[FIELDS] = {{0}};
    List *lists = calloc(FIELDS, sizeof *lists);
    Out out = {0};
    uint32_t *seen = NULL;
    if (!views_begin(&views, 1 + 3 * FIELDS)) {
        free(lists);
        return NULL;
    }
    if (!lists) goto memory;
    const Py_buffer *order = views_add(&views, order_of, 4);
    if (!order || !(fields = PySequence_Tuple(fields_of))) goto end;
    Py_ssize_t number = PyTuple_Size(fields);
    if (number < 1 || number > FIELDS) {
        damaged("a wrong number of fields");
        goto end;
    }
    size_t count = (size_t)order->len / 4, documents = 0;
    uint32_t terms = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t term = u32(order->buf, i);
        if (term >= UINT32_MAX - 1) {
            damaged("a term beyond all numbers");
            goto end;
        }
        if (term >= terms) terms = term + 1;
    }
    if (count >= UINT32_MAX) goto memory;
    for (Py_ssize_t f = 0; f < number; f++) {
        PyObject *tokens_of, *ends_of, *lengths_of;
        if (!PyArg_ParseTuple(PyTuple_GetItem(fields, f), "OOO", &tokens_of, &ends_of, &lengths_of)) goto end;
        const Py_buffer *tokens = views_add(&views, tokens_of, 4);
        const Py_buffer *ends = tokens ? views_add(&views, ends_of, 4) : NULL;
        const Py_buffer *lengths = ends ? views_add(&views, lengths_of, 4) : NULL;
        if (!lengths) goto end;
        if (tokens->len / 4 >= (Py_ssize_t)UINT32_MAX || ends->len / 4 >= (Py_ssize_t)UINT32_MAX) goto memory;
        if (f == 0) documents = (size_t)ends->len / 4;
        if ((size_t)ends->len / 4 != documents || (heads && lengths->len != ends->len)) {
            damaged("fields of different numbers of documents");
            goto end;
        }
        if (!invert_field(&found[f], tokens, ends, terms, gap)) goto end;
        lists[f].lengths = heads ? lengths->buf : NULL;
    }
    seen = calloc(documents + 1, 4);
    if (!seen || !out_begin(&out, base, write)) goto memory;
    for (size_t i = 0; i < count; i++) {
        uint32_t df = 0;
        for (Py_ssize_t f = 0; f < number; f++) {
            list_begin(&lists[f]);
            if (!add_occurrences(&lists[f], &found[f], u32(order->buf, i), heads, seen, (uint32_t)i + 1, &df)) goto end;
        }
        if (!out_add(&out, lists, (int)number, heads, df)) goto end;
    }
    if (!out_write(&out)) goto end;
    result = Py_BuildValue("(NN)", as_bytes(&out.at), as_bytes(&out.df));
    goto end;
memory:
    PyErr_NoMemory();
end:
    for (int f = 0; f < FIELDS; f++) {
        free(found[f].start);
        free(found[f].docs);
        free(found[f].positions);
        if (lists) list_free(&lists[f]);
    }
    free(lists);
    free(seen);
    out_free(&out);
    views_free(&views);
    Py_XDECREF(fields);
    return result;
}

/* -- sorted dictionaries and lists that are read */

/* A sorted dictionary and the place in it. */
typedef struct {
    const Py_buffer *blob, *ends, *stems, *at, *postings, *df, *documents;
    size_t count, i;
    const uint8_t *term;
    uint32_t length, stem, number;
} Part;

/* Look at term i; 0 with an exception set. */
static int part_load(Part *part) {
    uint32_t start = part->i ? u32(part->ends->buf, part->i - 1) : 0, end = u32(part->ends->buf, part->i);
    if (start > end || end > (size_t)part->blob->len) return damaged("a term beyond its dictionary") != NULL;
    part->term = (const uint8_t *)part->blob->buf + start;
    part->length = end - start;
    part->stem = part->stems && part->stems->len ? u32(part->stems->buf, part->i) : 0;
    return 1;
}

static int compare(const Part *a, const Part *b) {
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = shorter ? memcmp(a->term, b->term, shorter) : 0;
    if (order) return order;
    if (a->length != b->length) return a->length < b->length ? -1 : 1;
    return a->stem < b->stem ? -1 : a->stem > b->stem;
}

static int before(const Part *a, const Part *b) {
    int order = compare(a, b);
    return order < 0 || (order == 0 && a->number < b->number);
}

/* A heap of parts by the terms they are at. */
typedef struct {
    Part **parts;
    size_t n;
} Heap;

static void heap_sink(Heap *heap, size_t i) {
    Part *part = heap->parts[i];
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= heap->n) break;
        if (child + 1 < heap->n && before(heap->parts[child + 1], heap->parts[child])) child++;
        if (!before(heap->parts[child], part)) break;
        heap->parts[i] = heap->parts[child];
        i = child;
    }
    heap->parts[i] = part;
}

/* A heap of all parts that have a term; 0 with an exception set. */
static int heap_begin(Heap *heap, Part *parts, size_t n) {
    heap->parts = calloc(n ? n : 1, sizeof *heap->parts);
    heap->n = 0;
    if (!heap->parts) {
        PyErr_NoMemory();
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (!parts[i].count) continue;
        if (!part_load(&parts[i])) return 0;
        heap->parts[heap->n++] = &parts[i];
    }
    for (size_t i = heap->n / 2; i-- > 0;) heap_sink(heap, i);
    return 1;
}

/* Move the first part to its next term; 0 with an exception set. */
static int heap_next(Heap *heap) {
    Part *part = heap->parts[0];
    if (++part->i < part->count) {
        if (!part_load(part)) return 0;
    } else {
        heap->parts[0] = heap->parts[--heap->n];
    }
    if (heap->n) heap_sink(heap, 0);
    return 1;
}

/* A list that is read: its bytes and its number of documents. */
typedef struct {
    const uint8_t *p, *end;
    uint64_t df;
} Input;

static int read_varint(const uint8_t **p, const uint8_t *end, uint64_t *value) {
    *value = 0;
    for (int shift = 0; *p < end && shift < 63; shift += 7) {
        uint8_t byte = *(*p)++;
        *value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) return 1;
    }
    return 0;
}

/* The lists of term i by field (df 0: none); 0 where they do not read. */
static int read_lists(const Part *part, size_t i, int heads, Input lists[FIELDS]) {
    uint64_t start = u64(part->at->buf, i), stop = u64(part->at->buf, i + 1);
    memset(lists, 0, FIELDS * sizeof *lists);
    if (start >= stop || stop > (uint64_t)part->postings->len) return 0;
    const uint8_t *p = (const uint8_t *)part->postings->buf + start, *end = p + (stop - start);
    if (!heads) {
        lists[0] = (Input){p, end, u32(part->df->buf, i)};
        return 1;
    }
    uint8_t bits = *p++;
    uint64_t sizes[FIELDS] = {0}, cf;
    if (bits >> FIELDS) return 0;
    for (int f = 0; f < FIELDS; f++)
        if (bits >> f & 1 && !(read_varint(&p, end, &lists[f].df) && read_varint(&p, end, &cf) && read_varint(&p, end, &sizes[f])))
            return 0;
    for (int f = 0; f < FIELDS; f++) {
        if (!(bits >> f & 1)) continue;
        if (sizes[f] > (uint64_t)(end - p)) return 0;
        lists[f].p = p;
        lists[f].end = p += sizes[f];
    }
    return p == end;
}

/* Read a column of n numbers; 0 where there are less bytes. */
static int read_column(const uint8_t **p, const uint8_t *end, uint8_t code, uint64_t n, uint32_t *to) {
    if (code == ABSENT) return 0;
    uint64_t size = column_size(n, bit_widths[code]);
    if (size > (uint64_t)(end - *p)) return 0;
    unpack(*p, end, bit_widths[code], n, to);
    *p += size;
    return 1;
}

/* Where the table of a list ends and its blocks begin; NULL where it is too short. */
static const uint8_t *blocks_of(const Input *list) {
    uint64_t blocks = (list->df + BLOCK - 1) / BLOCK;
    if (!list->df || list->df >= UINT32_MAX || (blocks > 1 && blocks * ROW > (uint64_t)(list->end - list->p))) return NULL;
    return list->p + (blocks > 1 ? blocks * ROW : 0);
}

/* The documents of the next block, at *p, as numbers below `documents`, and its codes; 0 where it does not read. */
static int read_documents(const uint8_t **p, const uint8_t *end, uint32_t n, uint8_t codes[4], int64_t *last, uint64_t documents, uint32_t *docs) {
    if (end - *p < 2) return 0;
    codes[0] = (*p)[0] & 15;
    codes[1] = (*p)[0] >> 4;
    codes[2] = (*p)[1] & 15;
    codes[3] = (*p)[1] >> 4;
    *p += 2;
    if (!read_column(p, end, codes[0], n, docs)) return 0;
    for (uint32_t k = 0; k < n; k++) {
        *last += (int64_t)docs[k] + 1;
        if ((uint64_t)*last >= documents) return 0;
        docs[k] = (uint32_t)*last;
    }
    return 1;
}

/* -- merging */

/* Append a list to one under way, with the new numbers of its documents; 0 with an exception set. */
static int append_list(List *to, const Input *from, const Py_buffer *renumbered, int heads, uint32_t **scratch, size_t *room, uint32_t *seen, uint32_t stamp, uint32_t *df) {
    uint64_t documents = (uint64_t)renumbered->len / 4;
    const uint8_t *p = blocks_of(from);
    int64_t last = -1;
    uint32_t docs[BLOCK], freqs[BLOCK];
    uint8_t codes[4];
    if (!p) return damaged("a posting list is too short") != NULL;
    for (uint64_t left = from->df; left;) {
        uint32_t n = left < BLOCK ? (uint32_t)left : BLOCK;
        left -= n;
        if (!read_documents(&p, from->end, n, codes, &last, documents, docs) || !read_column(&p, from->end, codes[1], n, freqs))
            return damaged("a posting list does not read") != NULL;
        uint64_t steps = 0;
        for (uint32_t k = 0; k < n; k++) {
            steps += freqs[k]++; /* stored less 1 */
            if (!freqs[k]) return damaged("a posting list does not read") != NULL;
        }
        uint64_t count = n + steps;
        if ((codes[2] == ABSENT) == heads || codes[3] == ABSENT || (steps && !codes[3]) || (steps && !heads))
            return damaged("a posting list of another kind") != NULL;
        if (heads) {
            if (column_size(steps, bit_widths[codes[3]]) > (uint64_t)(from->end - p)) return damaged("a posting list does not read") != NULL;
            if (count > *room) {
                uint32_t *more = realloc(*scratch, 4 * count);
                if (!more) {
                    PyErr_NoMemory();
                    return 0;
                }
                *scratch = more;
                *room = count;
            }
            uint32_t firsts[BLOCK], *run = *scratch, *step = run + n;
            if (!read_column(&p, from->end, codes[2], n, firsts) || !read_column(&p, from->end, codes[3], steps, step))
                return damaged("a posting list does not read") != NULL;
            for (uint32_t k = 0; k < n; k++) { /* the firsts go before their steps, which never overtakes these */
                *run++ = firsts[k];
                memmove(run, step, 4 * (size_t)(freqs[k] - 1));
                run += freqs[k] - 1;
                step += freqs[k] - 1;
            }
        }
        const uint32_t *run = *scratch;
        for (uint32_t k = 0; k < n; k++) {
            uint32_t doc = u32(renumbered->buf, docs[k]), *at = NULL;
            if (doc != DROPPED) {
                if ((int64_t)doc <= to->last) return damaged("documents out of order") != NULL;
                if (!list_add(to, doc, freqs[k], heads ? &at : NULL)) {
                    PyErr_NoMemory();
                    return 0;
                }
                if (heads) memcpy(at, run, 4 * (size_t)freqs[k]);
                if (seen[doc] != stamp) {
                    seen[doc] = stamp;
                    ++*df;
                }
            }
            if (heads) run += freqs[k];
        }
    }
    return p == from->end || damaged("a posting list is too long") != NULL;
}

/* The seven buffers of a Part of searchidx/inversion.py; 0 with an exception set. */
static int part_begin(Part *part, PyObject *from, Views *views, uint32_t number, int heads) {
    PyObject *of[7];
    const Py_buffer *views_of[7];
    static const Py_ssize_t units[7] = {1, 4, 4, 8, 1, 4, 4};
    if (!PyArg_ParseTuple(from, "OOOOOOO", &of[0], &of[1], &of[2], &of[3], &of[4], &of[5], &of[6])) return 0;
    for (int i = 0; i < 7; i++)
        if (!(views_of[i] = views_add(views, of[i], units[i]))) return 0;
    *part = (Part){views_of[0], views_of[1], views_of[2], views_of[3], views_of[4], views_of[5], views_of[6], 0, 0, NULL, 0, 0, number};
    part->count = (size_t)part->ends->len / 4;
    if ((size_t)part->at->len / 8 < part->count + 1 || (size_t)(heads ? part->stems : part->df)->len / 4 != part->count)
        return damaged("tables of different sizes") != NULL;
    return 1;
}

static PyObject *merge(PyObject *self, PyObject *args) {
    PyObject *parts_of, *lengths_of, *write, *result = NULL, *sequence = NULL, *tables = NULL;
    unsigned long long base;
    if (!PyArg_ParseTuple(args, "OOKO", &parts_of, &lengths_of, &base, &write)) return NULL;
    Views views = {0};
    Heap heap = {0};
    Part *parts = NULL;
    List *lists = calloc(FIELDS, sizeof *lists);
    Out out = {0};
    Bytes blob = {0}, ends = {0}, stems = {0};
    uint32_t *seen = NULL, *scratch = NULL, stamp = 0;
    size_t room = 0;
    uint64_t documents = 0;
    if (!lists) goto memory;
    if (!(sequence = PySequence_Tuple(parts_of)) || !(tables = PySequence_Tuple(lengths_of))) goto end;
    size_t n = (size_t)PyTuple_Size(sequence);
    Py_ssize_t number = PyTuple_Size(tables);
    int heads = number > 0, fields = heads ? FIELDS : 1;
    if (heads && number != FIELDS) {
        damaged("a wrong number of fields");
        goto end;
    }
    if (!views_begin(&views, 7 * n + FIELDS)) goto end;
    if (!(parts = calloc(n ? n : 1, sizeof *parts))) goto memory;
    for (size_t i = 0; i < n; i++) {
        if (!part_begin(&parts[i], PyTuple_GetItem(sequence, (Py_ssize_t)i), &views, (uint32_t)i, heads)) goto end;
        for (size_t doc = 0, all = (size_t)parts[i].documents->len / 4; doc < all; doc++) {
            uint32_t new = u32(parts[i].documents->buf, doc);
            if (new != DROPPED && new >= documents) documents = (uint64_t)new + 1;
        }
    }
    for (int f = 0; heads && f < FIELDS; f++) {
        const Py_buffer *lengths = views_add(&views, PyTuple_GetItem(tables, f), 4);
        if (!lengths) goto end;
        if ((uint64_t)lengths->len / 4 < documents) {
            damaged("more documents than lengths");
            goto end;
        }
        lists[f].lengths = lengths->buf;
    }
    if (!(seen = calloc(documents + 1, 4)) || !out_begin(&out, base, write)) goto memory;
    if (!heap_begin(&heap, parts, n)) goto end;
    while (heap.n) {
        Part term = *heap.parts[0];
        uint32_t df = 0;
        if (++stamp == 0) goto memory; /* four thousand million terms */
        for (int f = 0; f < fields; f++) list_begin(&lists[f]);
        while (heap.n && compare(heap.parts[0], &term) == 0) {
            Part *part = heap.parts[0];
            Input inputs[FIELDS];
            if (!read_lists(part, part->i, heads, inputs)) {
                damaged("the head of a posting list does not read");
                goto end;
            }
            for (int f = 0; f < fields; f++)
                if (inputs[f].p && !append_list(&lists[f], &inputs[f], part->documents, heads, &scratch, &room, seen, stamp, &df)) goto end;
            if (!heap_next(&heap)) goto end;
        }
        if (!df) continue;
        if (!put_bytes(&blob, term.term, term.length) || blob.n > UINT32_MAX || !put_u32(&ends, (uint32_t)blob.n)) goto memory;
        if (heads && !put_u32(&stems, term.stem)) goto memory;
        if (!out_add(&out, lists, fields, heads, df)) goto end;
    }
    if (!out_write(&out)) goto end;
    result = Py_BuildValue("(NNNNN)", as_bytes(&blob), as_bytes(&ends), as_bytes(&stems), as_bytes(&out.at), as_bytes(&out.df));
    goto end;
memory:
    PyErr_NoMemory();
end:
    for (int f = 0; lists && f < FIELDS; f++) list_free(&lists[f]);
    free(lists);
    free(parts);
    free(heap.parts);
    free(seen);
    free(scratch);
    free(blob.p);
    free(ends.p);
    free(stems.p);
    out_free(&out);
    views_free(&views);
    Py_XDECREF(sequence);
    Py_XDECREF(tables);
    return result;
}

/* `union` of searchidx/inversion.py. */
static PyObject *unite(PyObject *self, PyObject *args) {
    PyObject *of, *sequence = NULL, *result = NULL, *numbers = NULL;
    if (!PyArg_ParseTuple(args, "O", &of) || !(sequence = PySequence_Tuple(of))) return NULL;
    size_t n = (size_t)PyTuple_Size(sequence);
    Views views = {0};
    Heap heap = {0};
    Bytes blob = {0}, ends = {0}, *maps = NULL;
    Part *parts = NULL;
    uint32_t number = 0;
    if (!views_begin(&views, 2 * n)) goto end;
    if (!(parts = calloc(n ? n : 1, sizeof *parts)) || !(maps = calloc(n ? n : 1, sizeof *maps))) goto memory;
    for (size_t i = 0; i < n; i++) {
        PyObject *blob_of, *ends_of;
        if (!PyArg_ParseTuple(PyTuple_GetItem(sequence, (Py_ssize_t)i), "OO", &blob_of, &ends_of)) goto end;
        if (!(parts[i].blob = views_add(&views, blob_of, 1)) || !(parts[i].ends = views_add(&views, ends_of, 4))) goto end;
        parts[i].count = (size_t)parts[i].ends->len / 4;
        parts[i].number = (uint32_t)i;
    }
    if (!heap_begin(&heap, parts, n)) goto end;
    while (heap.n) {
        Part term = *heap.parts[0];
        while (heap.n && compare(heap.parts[0], &term) == 0) {
            if (!put_u32(&maps[heap.parts[0]->number], number)) goto memory;
            if (!heap_next(&heap)) goto end;
        }
        if (!put_bytes(&blob, term.term, term.length) || blob.n > UINT32_MAX || !put_u32(&ends, (uint32_t)blob.n)) goto memory;
        if (++number == UINT32_MAX) goto memory;
    }
    if (!(numbers = PyList_New((Py_ssize_t)n))) goto end;
    for (size_t i = 0; i < n; i++) {
        PyObject *map = as_bytes(&maps[i]);
        if (!map || PyList_SetItem(numbers, (Py_ssize_t)i, map) < 0) goto end;
    }
    result = Py_BuildValue("(NNO)", as_bytes(&blob), as_bytes(&ends), numbers);
    goto end;
memory:
    PyErr_NoMemory();
end:
    for (size_t i = 0; maps && i < n; i++) free(maps[i].p);
    free(maps);
    free(parts);
    free(heap.parts);
    free(blob.p);
    free(ends.p);
    views_free(&views);
    Py_XDECREF(numbers);
    Py_XDECREF(sequence);
    return result;
}

/* -- stems */

/* Count the documents of one list that were not seen for this stamp; 0 where it does not read. */
static int count_documents(const Input *list, uint64_t documents, uint32_t *seen, uint32_t stamp, uint32_t *df) {
    const uint8_t *base = blocks_of(list), *p = base;
    uint64_t blocks = (list->df + BLOCK - 1) / BLOCK;
    int64_t last = -1;
    uint32_t docs[BLOCK];
    uint8_t codes[4];
    if (!base) return 0;
    for (uint64_t block = 0; block < blocks; block++) {
        uint32_t n = block + 1 < blocks ? BLOCK : (uint32_t)(list->df - block * BLOCK);
        if (!read_documents(&p, list->end, n, codes, &last, documents, docs)) return 0;
        for (uint32_t k = 0; k < n; k++)
            if (seen[docs[k]] != stamp) {
                seen[docs[k]] = stamp;
                ++*df;
            }
        if (block + 1 < blocks) {
            uint32_t end = u32(list->p + ROW * block, 1);
            if (end > (uint64_t)(list->end - base)) return 0;
            p = base + end;
        }
    }
    return 1;
}

static PyObject *gather_stems(PyObject *self, PyObject *args) {
    PyObject *numbers_of, *blob_of, *ends_of, *result = NULL;
    if (!PyArg_ParseTuple(args, "OOO", &numbers_of, &blob_of, &ends_of)) return NULL;
    Views views;
    if (!views_begin(&views, 3)) return NULL;
    uint32_t *start = NULL, *new = NULL, *entries = NULL, used = 0;
    Bytes stem = {0}, blob = {0}, ends = {0}, first = {0}, gathered = {0};
    Part part = {0};
    const Py_buffer *numbers = views_add(&views, numbers_of, 4);
    if (!numbers || !(part.blob = views_add(&views, blob_of, 1)) || !(part.ends = views_add(&views, ends_of, 4))) goto end;
    size_t count = (size_t)numbers->len / 4, stems = (size_t)part.ends->len / 4;
    if (count >= UINT32_MAX) goto memory;
    start = calloc(stems + 2, 4);
    new = malloc(4 * stems + 4);
    entries = malloc(4 * count + 4);
    if (!start || !new || !entries) goto memory;
    /* The entries of each stem, in order: counted, summed, filled in (as in `invert_field`). */
    for (size_t i = 0; i < count; i++) {
        uint32_t number = u32(numbers->buf, i);
        if (number >= stems) {
            damaged("a stem beyond its dictionary");
            goto end;
        }
        start[number + 2]++;
    }
    for (size_t s = 1; s < stems + 2; s++) start[s] += start[s - 1];
    for (size_t i = 0; i < count; i++) entries[start[u32(numbers->buf, i) + 1]++] = (uint32_t)i;
    if (!put_u32(&first, 0)) goto memory;
    for (part.i = 0; part.i < stems; part.i++) {
        if (start[part.i] == start[part.i + 1]) continue;
        if (!part_load(&part)) goto end;
        if (!put_bytes(&blob, part.term, part.length) || !put_u32(&ends, (uint32_t)blob.n) || !put_u32(&first, start[part.i + 1])) goto memory;
        new[part.i] = used++;
    }
    for (size_t i = 0; i < count; i++)
        if (!put_u32(&stem, new[u32(numbers->buf, i)])) goto memory;
    if (!put_bytes(&gathered, entries, 4 * count)) goto memory;
    result = Py_BuildValue("(NNNNN)", as_bytes(&stem), as_bytes(&blob), as_bytes(&ends), as_bytes(&first), as_bytes(&gathered));
    goto end;
memory:
    PyErr_NoMemory();
end:
    free(start);
    free(new);
    free(entries);
    free(stem.p);
    free(blob.p);
    free(ends.p);
    free(first.p);
    free(gathered.p);
    views_free(&views);
    return result;
}

static PyObject *stem_documents(PyObject *self, PyObject *args) {
    PyObject *first_of, *entries_of, *at_of, *postings_of, *result = NULL;
    unsigned long long documents, begin, end;
    if (!PyArg_ParseTuple(args, "OOOOKKK", &first_of, &entries_of, &at_of, &postings_of, &documents, &begin, &end)) return NULL;
    Views views;
    if (!views_begin(&views, 4)) return NULL;
    uint32_t *seen = NULL;
    Bytes df = {0};
    Part part = {0};
    const Py_buffer *first = views_add(&views, first_of, 4), *entries = first ? views_add(&views, entries_of, 4) : NULL;
    if (!entries || !(part.at = views_add(&views, at_of, 8)) || !(part.postings = views_add(&views, postings_of, 1))) goto end;
    size_t count = (size_t)part.at->len / 8;
    if (documents >= UINT32_MAX || begin > end || end >= (unsigned long long)first->len / 4 || end >= UINT32_MAX) {
        damaged("stems beyond their table");
        goto end;
    }
    if (!(seen = calloc((size_t)documents + 1, 4))) goto memory;
    for (size_t s = begin; s < end; s++) {
        uint32_t from = u32(first->buf, s), to = u32(first->buf, s + 1), having = 0;
        if (from > to || to > (size_t)entries->len / 4) {
            damaged("entries beyond their table");
            goto end;
        }
        for (uint32_t e = from; e < to; e++) {
            Input lists[FIELDS];
            uint32_t entry = u32(entries->buf, e);
            int sound = (size_t)entry + 1 < count && read_lists(&part, entry, 1, lists);
            for (int f = 0; sound && f < FIELDS; f++)
                sound = !lists[f].p || count_documents(&lists[f], documents, seen, (uint32_t)s + 1, &having);
            if (!sound) {
                damaged("a posting list does not read");
                goto end;
            }
        }
        if (!put_u32(&df, having)) goto memory;
    }
    result = as_bytes(&df);
    goto end;
memory:
    PyErr_NoMemory();
end:
    free(seen);
    free(df.p);
    views_free(&views);
    return result;
}

/* -- stemming */

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
    if (table && PyModule_AddObjectRef(made, "Table", table) == 0) {
        Py_DECREF(table);
        return made;
    }
    Py_XDECREF(table);
    Py_XDECREF(made);
    return NULL;
}
