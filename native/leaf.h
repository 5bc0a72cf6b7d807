/* Leaves of a query, window by window: searchidx/leaf.py in C.

   A window is WINDOW documents of a segment. For each window every list of a word is read once (`gather`); what it
   says is kept until the next window, so that matching, scoring and pairs all use the same reading. */
#ifndef DOSSIER_LEAF_H
#define DOSSIER_LEAF_H

#include "postings.h"

#define WINDOW 4096
#define CHUNKS (WINDOW / 64)
#define FIELDS 4

typedef uint64_t Bits[CHUNKS];

/* What one list has in the window: documents (from the window's begin), frequencies, and where positions lie. */
typedef struct {
    uint32_t start;            /* first of its postings in `docs` of the Gathered */
    uint32_t first;            /* which of the block that is */
    uint64_t before;           /* steps of the documents before that */
    const uint8_t *firsts, *steps;
    uint32_t step_count;
    uint8_t first_width, step_width;
} Part;

typedef struct {
    Cursor cursor;
    uint32_t n, parts;
    uint16_t *docs;
    uint32_t *tfs;
    Part part[WINDOW / BLOCK + 3];
} Gathered;

/* The lists that stand for one word. */
typedef struct {
    uint32_t n;
    List *lists;               /* sorted by field */
    uint32_t df;               /* live documents that have it in the fields asked for */
} WordLists;

/* What many lists say together (a beginning stands for thousands of words), over all documents: one reading of the
   lists in place of one place kept in each. */
typedef struct {
    uint64_t *bits;            /* NULL where the field has none */
    uint32_t *tfs;
} Dense;

typedef struct {
    Gathered *lists;           /* one for each of the word's lists in the leaf's fields */
    uint32_t n;
    Dense *dense;              /* in place of the lists, one a field; NULL: none */
    uint32_t needed;           /* how often a near phrase asks for it */
} Slot;

typedef struct {
    Slot *slots;
    uint32_t n;
    uint8_t fields;
    uint32_t near;             /* 0: next to each other in order; else the window of a near phrase */
    int ready;                 /* for this window: gathered */
    Bits bits;                 /* single words: where it occurs; phrases: where all slots do, perhaps */
    Bits scored;               /* single words: where it or a word that begins alike occurs */
    Bits seen;                 /* phrases: which of `bits` were looked at */
    double *w;                 /* phrases: w(t, d) of searchidx/ranking.py, a document of the window each */
} Leaf;

typedef struct {
    uint32_t *items;
    uint32_t n, room;
} Numbers;

static int numbers_room(Numbers *numbers, uint64_t more) {
    if (numbers->n + more > numbers->room) {
        uint64_t room = (numbers->n + more) * 2;
        if (room > UINT32_MAX) return 0;
        uint32_t *items = realloc(numbers->items, room * sizeof *items);
        if (!items) return 0;
        numbers->items = items;
        numbers->room = (uint32_t)room;
    }
    return 1;
}

/* Read the list up to the end of the window; 0 where it is damaged. */
static int gather(File *file, Gathered *g, uint32_t low, uint32_t high, uint32_t documents) {
    Cursor *c = &g->cursor;
    g->n = g->parts = 0;
    if (!seek(file, c, low, documents)) return 0;
    while (c->i < c->n && c->docs[c->i] < high) {
        Part *part = &g->part[g->parts++];
        *part = (Part){g->n, c->i, 0, c->firsts, c->steps, c->step_count, c->first_width, c->step_width};
        for (uint32_t k = 0; k < c->i; k++) part->before += c->tfs[k] - 1;
        uint32_t i = c->i, n = g->n;
        for (; i < c->n && c->docs[i] < high; i++, n++) {
            g->docs[n] = (uint16_t)(c->docs[i] - low);
            g->tfs[n] = c->tfs[i];
        }
        c->i = i;
        g->n = n;
        if (i < c->n || c->block >= c->list->blocks) break;
        if (!read_block(file, c, c->block, documents)) return 0;
    }
    return 1;
}

/* The next document of a list at or after `low`; NO_DOC at its end. Sets *damaged. */
static uint32_t next_of_list(File *file, Gathered *g, uint32_t low, uint32_t documents, int *damaged) {
    if (!seek(file, &g->cursor, low, documents)) {
        *damaged = 1;
        return NO_DOC;
    }
    Cursor *c = &g->cursor;
    return c->i < c->n ? c->docs[c->i] : NO_DOC;
}

static inline int bit(const Bits bits, uint32_t doc) { return bits[doc >> 6] >> (doc & 63) & 1; }
static inline void set_bit(Bits bits, uint32_t doc) { bits[doc >> 6] |= 1ull << (doc & 63); }

/* Whether the leaf is one word: what its lists say is then all there is to know. */
static inline int single(const Leaf *leaf) { return leaf->n == 1 && leaf->slots[0].needed == 1; }

/* Gather all lists of a leaf; for a phrase, find where all its slots occur in one field. */
static int leaf_ready(File *file, Leaf *leaf, uint32_t low, uint32_t high, uint32_t documents) {
    if (leaf->ready) return 1;
    leaf->ready = 1;
    memset(leaf->bits, 0, sizeof leaf->bits);
    if (single(leaf)) {
        Slot *slot = leaf->slots;
        memset(leaf->scored, 0, sizeof leaf->scored);
        for (uint32_t k = 0; k < slot->n; k++) {
            Gathered *g = &slot->lists[k];
            if (!gather(file, g, low, high, documents)) return 0;
            uint64_t *bits = g->cursor.list->kind == LIKE ? leaf->scored : leaf->bits;
            for (uint32_t i = 0; i < g->n; i++) set_bit(bits, g->docs[i]);
        }
        uint32_t chunks = (high - low + 63) / 64;
        for (int f = 0; slot->dense && f < FIELDS; f++)
            for (uint32_t k = 0; slot->dense[f].bits && k < chunks; k++) leaf->bits[k] |= slot->dense[f].bits[low / 64 + k];
        for (int k = 0; k < CHUNKS; k++) leaf->scored[k] |= leaf->bits[k];
        return 1;
    }
    memset(leaf->seen, 0, sizeof leaf->seen);
    Bits all[FIELDS], one[FIELDS];
    for (int f = 0; f < FIELDS; f++) memset(all[f], leaf->fields >> f & 1 ? 0xFF : 0, sizeof all[f]);
    for (uint32_t s = 0; s < leaf->n; s++) {
        Slot *slot = &leaf->slots[s];
        memset(one, 0, sizeof one);
        for (uint32_t k = 0; k < slot->n; k++) {
            Gathered *g = &slot->lists[k];
            if (!gather(file, g, low, high, documents)) return 0;
            uint64_t *bits = one[g->cursor.list->field];
            for (uint32_t i = 0; i < g->n; i++) set_bit(bits, g->docs[i]);
        }
        for (int f = 0; f < FIELDS; f++)
            for (int k = 0; k < CHUNKS; k++) all[f][k] &= one[f][k];
    }
    for (int f = 0; f < FIELDS; f++)
        for (int k = 0; k < CHUNKS; k++) leaf->bits[k] |= all[f][k];
    return 1;
}

/* Where a posting's document stands in a gathered list, or -1. */
static int64_t place_of(const Gathered *g, uint32_t doc) {
    uint32_t low = 0, high = g->n;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (g->docs[middle] < doc) low = middle + 1;
        else high = middle;
    }
    return low < g->n && g->docs[low] == doc ? (int64_t)low : -1;
}

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Append the positions of a slot in one field of one document, ascending; -1 where a list is damaged or memory
   ends. exact: only those of the word as typed. */
static int positions_of(const Slot *slot, uint8_t field, uint32_t doc, int exact, Numbers *out) {
    uint32_t begin = out->n, lists = 0;
    for (uint32_t k = 0; k < slot->n; k++) {
        const Gathered *g = &slot->lists[k];
        if (g->cursor.list->field != field || (exact && g->cursor.list->kind != TYPED)) continue;
        int64_t at = place_of(g, doc);
        if (at < 0) continue;
        const Part *part = &g->part[g->parts - 1];
        while (part->start > at) part--;
        uint64_t before = part->before;
        for (int64_t i = part->start; i < at; i++) before += g->tfs[i] - 1;
        uint32_t tf = g->tfs[at], i = part->first + (uint32_t)(at - part->start);
        if (!numbers_room(out, tf)) return -1;
        if (!read_positions(part->firsts, part->first_width, i, part->steps, part->step_width, before, part->step_count, tf,
                            out->items + out->n)) return -1;
        out->n += tf;
        lists++;
    }
    if (lists > 1) qsort(out->items + begin, out->n - begin, sizeof(uint32_t), ascending);
    return (int)lists;
}

/* How often positions p, p+1, ... stand in the columns, the i-th in the i-th. ends[i]: where column i ends. */
static uint32_t adjacent(const uint32_t *items, const uint32_t *ends, uint32_t columns) {
    uint32_t count = 0, at[64];
    uint32_t *place = columns <= 64 ? at : malloc(columns * sizeof *place);
    if (!place) return 0;
    for (uint32_t c = 1; c < columns; c++) place[c] = ends[c - 1];
    for (uint32_t k = 0; k < ends[0]; k++) {
        uint32_t c = 1;
        for (; c < columns; c++) {
            uint32_t wanted = items[k] + c;
            while (place[c] < ends[c] && items[place[c]] < wanted) place[c]++;
            if (place[c] == ends[c] || items[place[c]] != wanted) break;
        }
        count += c == columns;
    }
    if (place != at) free(place);
    return count;
}

/* searchidx/leaf.py `_near_pairs`: stretches of at most `window` positions that hold one of each. */
static uint32_t near_pairs(const uint32_t *one, uint32_t n, const uint32_t *two, uint32_t m, uint32_t window) {
    uint32_t count = 0, i = 0, j = 0;
    int64_t last[2], far = -(int64_t)window;
    last[0] = last[1] = far;
    while (i < n || j < m) {
        int number = i >= n || (j < m && two[j] < one[i]);
        int64_t position = number ? two[j++] : one[i++];
        if (position - last[1 - number] < (int64_t)window) {
            count++;
            last[0] = last[1] = far;
        } else {
            last[number] = position;
        }
    }
    return count;
}

typedef struct {
    uint32_t position, number;
} Event;

static int by_position(const void *a, const void *b) {
    const Event *x = a, *y = b;
    if (x->position != y->position) return x->position < y->position ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* searchidx/leaf.py `_windows`: how many stretches hold every slot as often as it is needed. -1: out of memory. */
static int64_t near_stretches(const Leaf *leaf, const uint32_t *items, const uint32_t *ends) {
    uint32_t n = leaf->n, total = ends[n - 1];
    Event *events = malloc((total ? total : 1) * sizeof *events);
    uint32_t *held = calloc(n, sizeof *held);
    if (!events || !held) {
        free(events);
        free(held);
        return -1;
    }
    for (uint32_t s = 0, k = 0; s < n; s++)
        for (; k < ends[s]; k++) events[k] = (Event){items[k], s};
    qsort(events, total, sizeof *events, by_position);
    uint32_t sum = 0;
    for (uint32_t s = 0; s < n; s++) sum += leaf->slots[s].needed;
    int64_t found = 0, missing = sum;
    uint32_t left = 0;
    for (uint32_t right = 0; right < total; right++) {
        uint32_t number = events[right].number;
        held[number]++;
        missing -= held[number] <= leaf->slots[number].needed;
        while (missing == 0) {
            uint32_t first = events[left].number;
            if (held[first] > leaf->slots[first].needed) {
                held[first]--;
                left++;
                continue;
            }
            if (events[right].position - events[left].position < leaf->near) {
                found++;
                memset(held, 0, n * sizeof *held);
                missing = sum;
                left = right + 1;
                break;
            }
            held[first]--;
            missing++;
            left++;
        }
    }
    free(events);
    free(held);
    return found;
}

/* How often a phrase occurs in one field of one document; -1 where damaged. exact: as typed. */
static int64_t phrase_count(const Leaf *leaf, uint8_t field, uint32_t doc, int exact, Numbers *scratch) {
    uint32_t ends[64];
    uint32_t *end = leaf->n <= 64 ? ends : malloc(leaf->n * sizeof *end);
    if (!end) return -1;
    int64_t found = 0;
    scratch->n = 0;
    for (uint32_t s = 0; s < leaf->n; s++) {
        int lists = positions_of(&leaf->slots[s], field, doc, exact, scratch);
        if (lists <= 0) {
            found = lists;
            goto done;
        }
        end[s] = scratch->n;
    }
    found = leaf->near ? near_stretches(leaf, scratch->items, end) : adjacent(scratch->items, end, leaf->n);
done:
    if (end != ends) free(end);
    return found;
}

/* The numbers of the ranking formula; see searchidx/ranking.py. */
typedef struct {
    double base[FIELDS], slope[FIELDS];
    double k1, exact, like;
    const uint8_t *lengths[FIELDS]; /* of the window's documents */
} Norms;

static inline double norm(const Norms *norms, uint8_t field, uint32_t doc) {
    return norms->base[field] + norms->slope[field] * (double)u32_at(norms->lengths[field] + 4 * (uint64_t)doc);
}

/* How often a word counts: `tf` forms of it, of which `typed` as typed, and `like` words that begin alike. */
static inline double times_of(const Norms *norms, double tf, double typed, double like) {
    return tf + norms->exact * typed + norms->like * like;
}

/* The documents of a window whose scores are wanted, one after the other: what is computed for each stands in rows
   of numbers without gaps or branches, which the compiler turns into vectors. The last place of each row takes what
   belongs to other documents. */
typedef struct {
    uint32_t n;
    uint16_t docs[WINDOW];
    uint16_t place[WINDOW];    /* of each document of the window in the rows; n: of none */
    int normed;                /* a bit for each field whose norms are there */
    double norms[FIELDS][WINDOW];
    double tf[WINDOW + 1], typed[WINDOW + 1], like[WINDOW + 1]; /* zero between uses, but for the last place */
    double w[WINDOW], score[WINDOW], part[WINDOW];
} Rows;

static void rows_of(Rows *rows, const Bits wanted) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < CHUNKS; k++)
        for (uint64_t some = wanted[k]; some; some &= some - 1) rows->docs[n++] = (uint16_t)(k * 64 + (uint32_t)__builtin_ctzll(some));
    rows->n = n;
    rows->normed = 0;
    for (uint32_t d = 0; d < WINDOW; d++) rows->place[d] = (uint16_t)n;
    for (uint32_t i = 0; i < n; i++) {
        rows->place[rows->docs[i]] = (uint16_t)i;
        rows->score[i] = 0.0;
    }
}

/* Look at the wanted documents of a phrase that were not looked at: keeps in `bits` those that have it, and w. */
static int phrase_check(Leaf *leaf, const Bits wanted, const Norms *norms, Numbers *scratch) {
    for (int k = 0; k < CHUNKS; k++) {
        uint64_t todo = leaf->bits[k] & wanted[k] & ~leaf->seen[k];
        leaf->seen[k] |= todo;
        while (todo) {
            uint32_t doc = (uint32_t)k * 64 + (uint32_t)__builtin_ctzll(todo);
            todo &= todo - 1;
            double w = 0.0;
            int found = 0;
            for (uint8_t f = 0; f < FIELDS; f++) {
                if (!(leaf->fields >> f & 1)) continue;
                int64_t tf = phrase_count(leaf, f, doc, 0, scratch);
                if (tf < 0) return 0;
                if (!tf) continue;
                int64_t surface = leaf->near ? 0 : phrase_count(leaf, f, doc, 1, scratch);
                if (surface < 0) return 0;
                found = 1;
                w += times_of(norms, (double)tf, (double)surface, 0.0) / norm(norms, f, doc);
            }
            if (found) leaf->w[doc] = w;
            else leaf->bits[k] &= ~(1ull << (doc & 63));
        }
    }
    return 1;
}

/* Add a field's part to w, from the frequencies in the rows, which are emptied. */
static void field_weigh(Rows *rows, const Norms *norms, uint8_t field, int typed, int like) {
    uint32_t n = rows->n;
    double *row = rows->norms[field];
    if (!(rows->normed >> field & 1)) {
        rows->normed |= 1 << field;
        for (uint32_t i = 0; i < n; i++) row[i] = norm(norms, field, rows->docs[i]);
    }
    if (typed || like) {
        for (uint32_t i = 0; i < n; i++) rows->w[i] += times_of(norms, rows->tf[i], rows->typed[i], rows->like[i]) / row[i];
        memset(rows->typed, 0, n * sizeof *rows->typed);
        memset(rows->like, 0, n * sizeof *rows->like);
    } else {
        for (uint32_t i = 0; i < n; i++) rows->w[i] += rows->tf[i] / row[i];
    }
    memset(rows->tf, 0, n * sizeof *rows->tf);
}

/* w of a single word for the documents in the rows; 0 where it does not occur. */
static void word_weigh(const Leaf *leaf, Rows *rows, const Norms *norms, uint32_t low) {
    const Slot *slot = leaf->slots;
    memset(rows->w, 0, rows->n * sizeof *rows->w);
    for (uint8_t f = 0; slot->dense && f < FIELDS; f++) {
        if (!slot->dense[f].bits) continue;
        for (uint32_t i = 0; i < rows->n; i++) rows->tf[i] = slot->dense[f].tfs[low + rows->docs[i]];
        field_weigh(rows, norms, f, 0, 0);
    }
    for (uint32_t k = 0; k < slot->n;) {
        uint8_t field = slot->lists[k].cursor.list->field;
        int any = 0, typed = 0, like = 0;
        for (; k < slot->n && slot->lists[k].cursor.list->field == field; k++) {
            const Gathered *g = &slot->lists[k];
            int kind = g->cursor.list->kind;
            if (!g->n) continue;
            any = 1;
            double *to = kind == LIKE ? rows->like : rows->tf;
            for (uint32_t i = 0; i < g->n; i++) to[rows->place[g->docs[i]]] += g->tfs[i];
            if (kind == TYPED)
                for (uint32_t i = 0; i < g->n; i++) rows->typed[rows->place[g->docs[i]]] += g->tfs[i];
            typed |= kind == TYPED;
            like |= kind == LIKE;
        }
        if (any) field_weigh(rows, norms, field, typed, like);
    }
}

static inline double saturated(double worth, double w, double k1) { return worth * (k1 + 1) * w / (k1 + w); }

#endif
