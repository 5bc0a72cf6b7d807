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

/* What a block of a list has in the window. Frequencies are read when they are wanted: many blocks only tell that
   their documents do not match. */
typedef struct {
    uint32_t start;            /* first of its postings in `docs` of the Gathered */
    uint32_t first;            /* which of the block that is */
    Columns columns;
    int read;                  /* whether frequencies, steps and the next are */
    Places places;
} Part;

#define MOST_PARTS (WINDOW / BLOCK + 3)

/* What one list has in the window: documents, from the window's begin. */
typedef struct {
    Cursor cursor;
    uint32_t n, room, parts, place; /* place: where the last search of a document ended */
    uint16_t *docs;
    uint32_t *tfs, *steps;     /* steps: of the documents before, in the block */
    Part part[MOST_PARTS];
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
    uint64_t df;               /* of all its lists */
} Slot;

typedef struct {
    Slot *slots, **rarest;     /* rarest: the same with the rarest first (phrases) */
    uint32_t n;
    uint8_t fields;
    uint32_t near;             /* 0: next to each other in order; else the window of a near phrase */
    uint32_t places;           /* how often the query's tree names it; more than once where it is to be read whole */
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

/* Whether a bit is set of those from low to high, both included. */
static int any_between(const Bits bits, uint32_t low, uint32_t high) {
    for (uint32_t k = low >> 6; k <= high >> 6 && low <= high; k++) {
        uint64_t some = bits[k];
        if (k == low >> 6) some &= ~0ull << (low & 63);
        if (k == high >> 6) some &= ~0ull >> (63 - (high & 63));
        if (some) return 1;
    }
    return 0;
}

/* Read the list up to the end of the window, but for blocks that have none of the documents in `among`, and set the
   bits of its documents; 0 where it is damaged. Bits are set byte by byte: to read back at once what was written takes
   time, and neighbours seldom fall into one byte. */
static int gather(File *file, Gathered *g, uint32_t low, uint32_t high, uint32_t documents, const Bits among, Bits bits) {
    Cursor *c = &g->cursor;
    uint8_t *set = (uint8_t *)bits;
    g->n = g->parts = g->place = 0;
    pass(file, c, low);
    for (;;) {
        if (c->i == c->n) {
            c->i = c->n = 0;
            if (c->block >= c->list->blocks) return 1;
            uint32_t first = block_begin(file, c);
            if (first >= high) return 1;
            if (c->list->blocks > 1) {
                uint32_t last = u32_at(row(file, c->list, c->block));
                if (!any_between(among, first > low ? first - low : 0, (last < high ? last : high - 1) - low)) {
                    if (last >= high) return 1;
                    c->block++;
                    continue;
                }
            }
            if (!read_block(file, c, c->block, documents)) return 0;
        }
        uint32_t i = c->i, end = c->n;
        while (i < end && c->docs[i] < low) i++;
        while (end > i && c->docs[end - 1] >= high) end--;
        c->i = i;
        if (i == end && end < c->n) return 1; /* it goes on behind the window */
        if (i == end) continue;
        uint32_t size = end - i, n = g->n;
        /* Each of the checks fails only where a table does not fit its blocks. */
        if (g->parts == MOST_PARTS || size > g->room - n || (n && g->docs[n - 1] >= c->docs[i] - low)) return 0;
        g->part[g->parts++] = (Part){.start = n, .first = i, .columns = c->columns};
        for (uint32_t k = 0; k < size; k++) {
            uint32_t doc = c->docs[i + k] - low;
            g->docs[n + k] = (uint16_t)doc;
            set[doc >> 3] |= (uint8_t)(1u << (doc & 7));
        }
        g->n = n + size;
        c->i = end;
        if (end < c->n) return 1;
    }
}

/* The first document at or after `low` that a list may have; NO_DOC at its end. Sets *damaged. */
static uint32_t next_of_list(File *file, Gathered *g, uint32_t low, uint32_t documents, int *damaged) {
    Cursor *c = &g->cursor;
    pass(file, c, low);
    if (c->i == c->n) {
        if (c->block >= c->list->blocks) return NO_DOC;
        if (c->list->blocks > 1) {
            uint32_t first = block_begin(file, c);
            return first > low ? first : low;
        }
        if (!read_block(file, c, c->block, documents)) {
            *damaged = 1;
            return NO_DOC;
        }
    }
    while (c->i < c->n && c->docs[c->i] < low) c->i++;
    return c->i < c->n ? c->docs[c->i] : NO_DOC;
}

static inline int bit(const Bits bits, uint32_t doc) { return bits[doc >> 6] >> (doc & 63) & 1; }

/* Whether the leaf is one word: what its lists say is then all there is to know. */
static inline int single(const Leaf *leaf) { return leaf->n == 1 && leaf->slots[0].needed == 1; }

/* Gather the lists of a leaf; for a phrase, find where all its slots occur in one field. Only the documents in `among`
   need be right, where the leaf stands in one place of the query and what is asked later is among these. */
static int leaf_ready(File *file, Leaf *leaf, uint32_t low, uint32_t high, uint32_t documents, const Bits among) {
    if (leaf->ready) return 1;
    leaf->ready = 1;
    Bits everything;
    if (leaf->places > 1) among = memset(everything, 0xFF, sizeof everything);
    memset(leaf->bits, 0, sizeof leaf->bits);
    if (single(leaf)) {
        Slot *slot = leaf->slots;
        memset(leaf->scored, 0, sizeof leaf->scored);
        for (uint32_t k = 0; k < slot->n; k++) {
            Gathered *g = &slot->lists[k];
            if (!gather(file, g, low, high, documents, among, g->cursor.list->kind == LIKE ? leaf->scored : leaf->bits)) return 0;
        }
        uint32_t chunks = (high - low + 63) / 64;
        for (int f = 0; slot->dense && f < FIELDS; f++)
            for (uint32_t k = 0; slot->dense[f].bits && k < chunks; k++) leaf->bits[k] |= slot->dense[f].bits[low / 64 + k];
        for (int k = 0; k < CHUNKS; k++) leaf->scored[k] |= leaf->bits[k];
        return 1;
    }
    memset(leaf->seen, 0, sizeof leaf->seen);
    Bits all[FIELDS], one[FIELDS];
    for (int f = 0; f < FIELDS; f++) memcpy(all[f], among, sizeof all[f]);
    memcpy(leaf->bits, among, sizeof leaf->bits);
    for (uint32_t s = 0; s < leaf->n; s++) {
        const Slot *slot = leaf->rarest[s];
        memset(one, 0, sizeof one);
        for (uint32_t k = 0; k < slot->n; k++) {
            Gathered *g = &slot->lists[k];
            if (!gather(file, g, low, high, documents, leaf->bits, one[g->cursor.list->field])) return 0;
        }
        uint64_t left = 0;
        for (int k = 0; k < CHUNKS; k++) {
            uint64_t some = 0;
            for (int f = 0; f < FIELDS; f++) some |= all[f][k] &= one[f][k];
            left |= leaf->bits[k] = some;
        }
        if (!left) break;
    }
    return 1;
}

static inline uint32_t part_end(const Gathered *g, uint32_t part) { return part + 1 < g->parts ? g->part[part + 1].start : g->n; }

/* Read the frequencies of a part; 0 where they are damaged. */
static int part_ready(Gathered *g, uint32_t number) {
    Part *part = &g->part[number];
    if (part->read) return 1;
    uint32_t tfs[BLOCK];
    if (!read_frequencies(&part->columns, tfs, &part->places)) return 0;
    part->read = 1;
    uint32_t before = (uint32_t)steps_before(tfs, part->first), n = part_end(g, number) - part->start;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t tf = g->tfs[part->start + k] = tfs[part->first + k];
        g->steps[part->start + k] = before;
        before += tf - 1;
    }
    return 1;
}

/* Where a document stands in a gathered list, and in which part; -1: it is not there. Documents are mostly asked for in
   order, so the search goes on from where the last one ended, in steps that double. */
static int64_t place_of(Gathered *g, uint32_t doc, uint32_t *part) {
    uint32_t low = g->place < g->n && g->docs[g->place] <= doc ? g->place : 0, high = low, step = 1;
    while (high < g->n && g->docs[high] < doc) {
        low = high + 1;
        high += step;
        step *= 2;
    }
    if (high > g->n) high = g->n;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (g->docs[middle] < doc) low = middle + 1;
        else high = middle;
    }
    g->place = low;
    if (low == g->n || g->docs[low] != doc) return -1;
    for (*part = g->parts - 1; g->part[*part].start > low;) --*part;
    return low;
}

/* Append the positions of the document at which a cursor stands. 0: damaged, -1: no memory. */
static int positions_here(Cursor *c, Numbers *out) {
    if (!frequencies(c)) return 0;
    uint32_t tf = c->tfs[c->i];
    if (!numbers_room(out, tf)) return -1;
    if (!read_positions(&c->places, c->i, steps_before(c->tfs, c->i), tf, out->items + out->n)) return 0;
    out->n += tf;
    return 1;
}

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Append the positions of a slot in one field of one document, ascending; -1 where a list is damaged or memory
   ends. exact: only those of the word as typed. */
static int positions_of(const Slot *slot, uint8_t field, uint32_t doc, int exact, Numbers *out) {
    uint32_t begin = out->n, lists = 0, number;
    for (uint32_t k = 0; k < slot->n; k++) {
        Gathered *g = &slot->lists[k];
        if (g->cursor.list->field != field || (exact && g->cursor.list->kind != TYPED)) continue;
        int64_t at = place_of(g, doc, &number);
        if (at < 0) continue;
        if (!part_ready(g, number) || !numbers_room(out, g->tfs[at])) return -1;
        const Part *part = &g->part[number];
        if (!read_positions(&part->places, part->first + (uint32_t)at - part->start, g->steps[at], g->tfs[at], out->items + out->n)) return -1;
        out->n += g->tfs[at];
        lists++;
    }
    if (lists > 1) qsort(out->items + begin, out->n - begin, sizeof(uint32_t), ascending);
    return (int)lists;
}

/* Whether the positions that follow `first` stand in the other columns, the i-th in the i-th. at, ends: the place in
   each column, which moves on, and where it ends. */
static inline int follow(const uint32_t *items, uint32_t *at, const uint32_t *ends, uint32_t columns, uint32_t first) {
    for (uint32_t c = 1; c < columns; c++) {
        uint32_t wanted = first + c;
        while (at[c] < ends[c] && items[at[c]] < wanted) at[c]++;
        if (at[c] == ends[c] || items[at[c]] != wanted) return 0;
    }
    return 1;
}

/* How often positions p, p+1, ... stand in the columns, the i-th in the i-th. ends[i]: where column i ends. */
static uint32_t adjacent(const uint32_t *items, const uint32_t *ends, uint32_t columns) {
    uint32_t count = 0, at[64];
    uint32_t *place = columns <= 64 ? at : malloc(columns * sizeof *place);
    if (!place) return 0;
    for (uint32_t c = 1; c < columns; c++) place[c] = ends[c - 1];
    for (uint32_t k = 0; k < ends[0]; k++) count += (uint32_t)follow(items, place, ends, columns, items[k]);
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

#endif
