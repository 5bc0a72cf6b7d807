/* A query as Python hands it over: read into memory that a search owns, and searched. */
#ifndef DOSSIER_QUERY_H
#define DOSSIER_QUERY_H

#include "word_lists.h"

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
            if (!read_block(&s->file, &cursor, b, s->documents) || !frequencies(&cursor)) return damaged(s) != NULL;
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
        g->n = g->parts = g->place = g->cursor.block = g->cursor.n = g->cursor.i = 0;
        g->room = room;
        g->cursor.list = list;
        slot->df += list->df;
        g->docs = take_any(arena, room, sizeof *g->docs);
        g->tfs = take_any(arena, room, sizeof *g->tfs);
        g->steps = take_any(arena, room, sizeof *g->steps);
        if (!g->docs || !g->tfs || !g->steps) return 0;
        slot->n++;
    }
    return 1;
}

static int by_df(const void *a, const void *b) {
    const Slot *x = *(const Slot *const *)a, *y = *(const Slot *const *)b;
    return x->df < y->df ? -1 : x->df > y->df;
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
    leaf->rarest = phrase ? take_any(arena, leaf->n, sizeof(Slot *)) : NULL;
    if (!leaf->slots || (phrase && (!leaf->w || !leaf->rarest))) return 0;
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
    for (uint32_t k = 0; phrase && k < leaf->n; k++) leaf->rarest[k] = &leaf->slots[k];
    if (phrase) qsort(leaf->rarest, leaf->n, sizeof *leaf->rarest, by_df);
    return 1;
}

/* Where a part of a query stands: where all documents that match the query are among those that are still looked at;
   as an alternative, with the same documents; or within an alternative, where what matches elsewhere may be left out. */
enum { REQUIRED, ALTERNATIVE, WITHIN };

/* None: all; an int: that leaf; bytes: a bit for each document; (required, others): all of the first and none of
   the others; [..]: any of these. */
static int read_node(Segment *s, Arena *arena, PyObject *spec, int stands, Node *node) {
    if (Py_EnterRecursiveCall(" in a query")) return 0;
    int done = 0;
    if (spec == Py_None) {
        node->kind = NODE_ALL;
        done = 1;
    } else if (PyLong_Check(spec)) {
        node->kind = NODE_LEAF;
        node->leaf = (uint32_t)PyLong_AsUnsignedLong(spec);
        done = !PyErr_Occurred() && node->leaf < arena->search.leaf_count;
        if (done) arena->search.leaves[node->leaf].places += stands == WITHIN ? 2 : 1;
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
        for (uint32_t k = 0; done && k < node->n; k++) done = read_node(s, arena, PyList_GetItem(spec, k), stands == WITHIN ? WITHIN : ALTERNATIVE, &node->children[k]);
    } else if (PyTuple_Check(spec) && PyTuple_Size(spec) == 2) {
        PyObject *required = PyTuple_GetItem(spec, 0), *others = PyTuple_GetItem(spec, 1);
        if (PyTuple_Check(required) && PyTuple_Check(others)) {
            node->kind = NODE_AND;
            node->required = (uint32_t)PyTuple_Size(required);
            node->n = node->required + (uint32_t)PyTuple_Size(others);
            node->children = take(arena, node->n, sizeof(Node));
            done = node->children != NULL;
            for (uint32_t k = 0; done && k < node->n; k++)
                done = read_node(s, arena, k < node->required ? PyTuple_GetItem(required, k) : PyTuple_GetItem(others, k - node->required),
                                 stands == REQUIRED ? REQUIRED : WITHIN, &node->children[k]);
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
    memset(search->rows->sum, 0, sizeof search->rows->sum);
    memset(search->rows->counts, 0, sizeof search->rows->counts);
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
    if (!search->root || !read_node(s, &arena, root, REQUIRED, search->root)) goto done;
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

#endif
