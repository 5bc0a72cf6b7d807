/* One query on one segment: which documents match, and the best of them. searchidx/matching.py and ranking.py in C.

   Documents are looked at window by window; a window in which nothing can match is jumped over. All matches are
   counted. A score is computed in the order of operations of ranking.py, so that both give the same bits. */
#ifndef DOSSIER_SEARCH_H
#define DOSSIER_SEARCH_H

#include "weigh.h"

/* More things than this that add to a score are all looked at. */
#define PROMISING 24

enum { NODE_LEAF, NODE_BITS, NODE_ALL, NODE_AND, NODE_OR };

typedef struct Node {
    int kind;
    uint32_t leaf;
    const uint8_t *bits;        /* NODE_BITS: a bit for each document */
    uint32_t n, required;       /* children; NODE_AND: the first `required` must match, the others must not */
    struct Node *children;
} Node;

typedef struct {
    uint32_t leaf;
    double worth;
} Worth;

/* What adds to a score: a word or phrase (n == 1, no others), or words with phrases that mean the same. */
typedef struct {
    uint32_t n, others;
    int synonymous;
    Worth *worths;              /* n, then others */
} Addend;

/* A document on its way to the results; `id` makes the order total, and is read when it decides, or at the end (it
   lies anywhere in the file). Handed to Python and back as bytes. */
typedef struct {
    double score;
    uint32_t doc, segment;
    uint8_t id[8];
} Scored;

typedef struct {
    File *file;
    uint32_t documents;
    uint64_t ids;               /* offset of the ids in the file */
    uint64_t lengths[FIELDS];   /* offsets of the lengths */
    const uint8_t *live;        /* a bit for each document, NULL: all are live */
    Leaf *leaves;
    uint32_t leaf_count;
    Node *root;
    Addend *addends;
    uint32_t addend_count;
    Norms norms;
    uint32_t number;            /* of the segment */
    uint64_t wanted;            /* how many of the best; more than documents: all */
    double threshold;           /* less than this is not wanted */
    uint8_t *matched;           /* NULL, or where to put a bit for each match */
    /* results */
    uint64_t total;
    Scored *best;               /* a heap, the worst at the top */
    uint64_t best_count, best_room;
    /* scratch */
    Rows *rows;
    Numbers numbers;
} Search;

enum { SEARCH_DONE, SEARCH_DAMAGED, SEARCH_MEMORY, SEARCH_INTERRUPTED };

static inline int worse(const Scored *a, const Scored *b) {
    if (a->score != b->score) return a->score < b->score;
    return memcmp(a->id, b->id, sizeof a->id) > 0;
}

static int better_first(const void *a, const void *b) { return worse(a, b) ? 1 : worse(b, a) ? -1 : 0; }

static inline const uint8_t *id_of(const Search *s, uint32_t doc) { return s->file->base + s->ids + 8ull * doc; }

/* `worse` for documents of this segment, whose ids are not read yet. */
static inline int worse_here(const Search *s, const Scored *a, const Scored *b) {
    if (a->score != b->score) return a->score < b->score;
    return memcmp(id_of(s, a->doc), id_of(s, b->doc), sizeof a->id) > 0;
}

static void sift_down(Search *s, uint64_t at) {
    Scored *heap = s->best;
    for (;;) {
        uint64_t least = at, left = 2 * at + 1;
        if (left < s->best_count && worse_here(s, &heap[left], &heap[least])) least = left;
        if (left + 1 < s->best_count && worse_here(s, &heap[left + 1], &heap[least])) least = left + 1;
        if (least == at) return;
        Scored held = heap[at];
        heap[at] = heap[least];
        heap[least] = held;
        at = least;
    }
}

static int keep(Search *s, double score, uint32_t doc) {
    Scored entry = {score, doc, s->number, {0}};
    if (s->best_count < s->wanted) {
        if (s->best_count == s->best_room) {
            uint64_t room = s->best_room ? 2 * s->best_room : 64;
            Scored *best = realloc(s->best, room * sizeof *best);
            if (!best) return 0;
            s->best = best;
            s->best_room = room;
        }
        uint64_t at = s->best_count++;
        s->best[at] = entry;
        while (at && worse_here(s, &s->best[at], &s->best[(at - 1) / 2])) {
            uint64_t parent = (at - 1) / 2;
            Scored held = s->best[at];
            s->best[at] = s->best[parent];
            s->best[parent] = held;
            at = parent;
        }
    } else if (s->wanted && worse_here(s, &s->best[0], &entry)) {
        s->best[0] = entry;
        sift_down(s, 0);
    }
    return 1;
}

static uint32_t next_of_dense(const Dense *dense, uint32_t low, uint32_t documents) {
    for (uint32_t k = low / 64; k <= (documents - 1) / 64; k++) {
        uint64_t some = 0;
        for (int f = 0; f < FIELDS; f++)
            if (dense[f].bits) some |= dense[f].bits[k];
        if (k == low / 64) some &= ~0ull << (low & 63);
        if (some) return k * 64 + (uint32_t)__builtin_ctzll(some);
    }
    return NO_DOC;
}

/* The first document at or after `low` that could match. */
static uint32_t next_of(Search *s, const Node *node, uint32_t low, int *damaged) {
    switch (node->kind) {
    case NODE_LEAF: {
        Leaf *leaf = &s->leaves[node->leaf];
        uint32_t most = 0;
        for (uint32_t k = 0; k < leaf->n; k++) {
            Slot *slot = &leaf->slots[k];
            uint32_t least = slot->dense ? next_of_dense(slot->dense, low, s->documents) : NO_DOC;
            for (uint32_t l = 0; l < slot->n && least > low; l++) {
                if (slot->lists[l].cursor.list->kind == LIKE) continue;
                uint32_t doc = next_of_list(s->file, &slot->lists[l], low, s->documents, damaged);
                if (doc < least) least = doc;
            }
            if (least > most) most = least;
        }
        return most;
    }
    case NODE_AND: {
        uint32_t most = low;
        for (uint32_t k = 0; k < node->required && most != NO_DOC; k++) {
            uint32_t doc = next_of(s, &node->children[k], low, damaged);
            if (doc > most) most = doc;
        }
        return most;
    }
    case NODE_OR: {
        uint32_t least = NO_DOC;
        for (uint32_t k = 0; k < node->n && least > low; k++) {
            uint32_t doc = next_of(s, &node->children[k], low, damaged);
            if (doc < least) least = doc;
        }
        return least;
    }
    default:
        return low;
    }
}

static int any(const Bits bits) {
    uint64_t all = 0;
    for (int k = 0; k < CHUNKS; k++) all |= bits[k];
    return all != 0;
}

/* Of the documents in `among` those that match the node. */
static int evaluate(Search *s, const Node *node, const Bits among, Bits out, uint32_t low, uint32_t high) {
    switch (node->kind) {
    case NODE_ALL:
        memcpy(out, among, sizeof(Bits));
        return SEARCH_DONE;
    case NODE_BITS: {
        uint64_t bytes = ((uint64_t)high - low + 7) / 8;
        Bits held = {0};
        memcpy(held, node->bits + low / 8, bytes);
        for (int k = 0; k < CHUNKS; k++) out[k] = among[k] & held[k];
        return SEARCH_DONE;
    }
    case NODE_LEAF: {
        Leaf *leaf = &s->leaves[node->leaf];
        if (!leaf_ready(s->file, leaf, low, high, s->documents, among)) return SEARCH_DAMAGED;
        if (!single(leaf) && !phrase_check(leaf, among, &s->norms, &s->numbers)) return SEARCH_DAMAGED;
        for (int k = 0; k < CHUNKS; k++) out[k] = among[k] & leaf->bits[k];
        return SEARCH_DONE;
    }
    case NODE_AND: {
        Bits held;
        memcpy(out, among, sizeof(Bits));
        for (uint32_t k = 0; k < node->n && any(out); k++) {
            int done = evaluate(s, &node->children[k], out, held, low, high);
            if (done != SEARCH_DONE) return done;
            for (int b = 0; b < CHUNKS; b++) out[b] = k < node->required ? held[b] : out[b] & ~held[b];
        }
        return SEARCH_DONE;
    }
    default: {
        Bits held;
        memset(out, 0, sizeof(Bits));
        for (uint32_t k = 0; k < node->n; k++) {
            int done = evaluate(s, &node->children[k], among, held, low, high);
            if (done != SEARCH_DONE) return done;
            for (int b = 0; b < CHUNKS; b++) out[b] |= held[b];
        }
        return SEARCH_DONE;
    }
    }
}

/* w of a leaf for the matches that have it, which then stand in the rows. */
static int weigh(Search *s, Leaf *leaf, const Bits matched, uint32_t low, uint32_t high) {
    if (!leaf_ready(s->file, leaf, low, high, s->documents, matched)) return SEARCH_DAMAGED;
    Rows *rows = s->rows;
    if (single(leaf)) return word_weigh(leaf, matched, rows, &s->norms, low) ? SEARCH_DONE : SEARCH_DAMAGED;
    if (!phrase_check(leaf, matched, &s->norms, &s->numbers)) return SEARCH_DAMAGED;
    rows->n = in_both(leaf->bits, matched, rows->docs);
    for (uint32_t i = 0; i < rows->n; i++) rows->w[i] = leaf->w[rows->docs[i]];
    return SEARCH_DONE;
}

/* What each document in the rows gains by a leaf it was weighed for. */
static void gains(Rows *rows, double worth, double k1) {
    for (uint32_t i = 0; i < rows->n; i++) rows->gain[i] = saturated(worth, rows->w[i], k1);
}

static int add(Search *s, const Addend *addend, const Bits matched, uint32_t low, uint32_t high) {
    Rows *rows = s->rows;
    double *into = addend->synonymous ? rows->part : rows->score;
    for (uint32_t i = 0; addend->synonymous && i < rows->matched_n; i++) rows->part[rows->matched[i]] = 0.0;
    for (uint32_t k = 0; k < addend->n + addend->others; k++) {
        int done = weigh(s, &s->leaves[addend->worths[k].leaf], matched, low, high);
        if (done != SEARCH_DONE) return done;
        gains(rows, addend->worths[k].worth, s->norms.k1);
        for (uint32_t i = 0; i < rows->n; i++) {
            double *score = &into[rows->docs[i]];
            if (k < addend->n) *score += rows->gain[i];
            else if (rows->gain[i] > *score) *score = rows->gain[i];
        }
    }
    for (uint32_t i = 0; addend->synonymous && i < rows->matched_n; i++) rows->score[rows->matched[i]] += rows->part[rows->matched[i]];
    return SEARCH_DONE;
}

/* What an addend can be worth at most: a word that stands everywhere in an endless text. */
static double most_of(const Search *s, const Addend *addend) {
    double sum = 0.0, most = 0.0;
    for (uint32_t i = 0; i < addend->n + addend->others; i++) {
        double worth = addend->worths[i].worth * (s->norms.k1 + 1);
        if (i < addend->n) sum += worth;
        else if (worth > most) most = worth;
    }
    return sum > most ? sum : most;
}

/* Take out of `matched` (which has been counted) documents that cannot reach `least`: those that have nothing but
   what is worth so little that all of it together is not enough. MaxScore: Turtle, Flood, "Query Evaluation:
   Strategies and Optimizations", Information Processing and Management 31 (1995). */
static int promising(Search *s, Bits matched, double least, uint32_t low, uint32_t high) {
    double bounds[PROMISING], spare = 0.0;
    if (!(least > 0) || s->addend_count < 2 || s->addend_count > PROMISING) return SEARCH_DONE;
    for (uint32_t a = 0; a < s->addend_count; a++) bounds[a] = most_of(s, &s->addends[a]);
    uint32_t left_out = 0; /* a bit for each addend that is worth little */
    for (;;) {
        uint32_t least_of = PROMISING;
        for (uint32_t a = 0; a < s->addend_count; a++)
            if (!(left_out >> a & 1) && (least_of == PROMISING || bounds[a] < bounds[least_of])) least_of = a;
        /* A hair is added for rounding: the sum is made in another order than a score. */
        if (least_of == PROMISING || (spare + bounds[least_of]) * (1 + 1e-12) >= least) break;
        spare += bounds[least_of];
        left_out |= 1u << least_of;
    }
    if (!left_out) return SEARCH_DONE;
    Bits enough = {0};
    for (uint32_t a = 0; a < s->addend_count; a++) {
        if (left_out >> a & 1) continue;
        for (uint32_t i = 0; i < s->addends[a].n + s->addends[a].others; i++) {
            Leaf *leaf = &s->leaves[s->addends[a].worths[i].leaf];
            if (!leaf_ready(s->file, leaf, low, high, s->documents, matched)) return SEARCH_DAMAGED;
            const uint64_t *having = single(leaf) ? leaf->scored : leaf->bits;
            for (int k = 0; k < CHUNKS; k++) enough[k] |= having[k];
        }
    }
    for (int k = 0; k < CHUNKS; k++) matched[k] &= enough[k];
    return SEARCH_DONE;
}

/* How many bits are set: sums of ever more bits side by side, since not every processor counts them. */
static uint32_t bits_set(const Bits bits) {
    uint64_t sum = 0;
    for (int k = 0; k < CHUNKS; k++) {
        uint64_t x = bits[k];
        x -= x >> 1 & 0x5555555555555555ull;
        x = (x & 0x3333333333333333ull) + (x >> 2 & 0x3333333333333333ull);
        x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Full;
        x += x >> 8;
        x += x >> 16;
        x += x >> 32;
        sum += x & 0xFF;
    }
    return (uint32_t)sum;
}

static int search_window(Search *s, uint32_t low, uint32_t high) {
    Bits among, matched;
    uint32_t size = high - low;
    for (int k = 0; k < CHUNKS; k++) {
        uint32_t first = (uint32_t)k * 64;
        among[k] = size >= first + 64 ? ~0ull : size > first ? (1ull << (size - first)) - 1 : 0;
    }
    if (s->live) {
        Bits live = {0};
        memcpy(live, s->live + low / 8, (size + 7) / 8);
        for (int k = 0; k < CHUNKS; k++) among[k] &= live[k];
    }
    for (uint32_t l = 0; l < s->leaf_count; l++) s->leaves[l].ready = 0;
    for (int f = 0; f < FIELDS; f++) {
        uint64_t begin = s->lengths[f] + 4ull * low;
        if (!touch(s->file, begin, begin + 4ull * size)) return SEARCH_DAMAGED;
        s->norms.lengths[f] = s->file->base + begin;
    }
    int done = evaluate(s, s->root, among, matched, low, high);
    if (done != SEARCH_DONE) return done;
    uint32_t count = bits_set(matched);
    s->total += count;
    if (s->matched) memcpy(s->matched + low / 8, matched, (size + 7) / 8);
    if (!count || !s->wanted) return SEARCH_DONE;
    if (!touch(s->file, s->ids + 8ull * low, s->ids + 8ull * high)) return SEARCH_DAMAGED;
    double least = s->threshold; /* a smaller score is among neither the best so far nor those wanted */
    if (s->best_count == s->wanted && s->best[0].score > least) least = s->best[0].score;
    done = promising(s, matched, least, low, high);
    if (done != SEARCH_DONE) return done;
    Rows *rows = s->rows;
    const double *scores = rows->gain;
    const uint16_t *docs = rows->docs;
    rows->n = 0;
    if (s->addend_count == 1 && !s->addends->synonymous) {
        done = weigh(s, &s->leaves[s->addends->worths->leaf], matched, low, high);
        if (done != SEARCH_DONE) return done;
        gains(rows, s->addends->worths->worth, s->norms.k1);
    }
    if (rows->n < count) { /* else all of them have the one word, and their scores stand in `gain` */
        rows->matched_n = in_both(matched, matched, rows->matched);
        for (uint32_t i = 0; i < rows->matched_n; i++) rows->score[rows->matched[i]] = 0.0;
        for (uint32_t a = 0; a < s->addend_count; a++) {
            done = add(s, &s->addends[a], matched, low, high);
            if (done != SEARCH_DONE) return done;
        }
        for (uint32_t i = 0; i < rows->matched_n; i++) rows->gain[i] = rows->score[rows->matched[i]];
        docs = rows->matched;
        rows->n = rows->matched_n;
    }
    for (uint32_t i = 0; i < rows->n; i++) {
        if (!(scores[i] >= least)) continue;
        if (!keep(s, scores[i], low + docs[i])) return SEARCH_MEMORY;
        if (s->best_count == s->wanted && s->best[0].score > least) least = s->best[0].score;
    }
    return SEARCH_DONE;
}

static int search_all(Search *s, int (*interrupted)(void)) {
    uint32_t low = 0;
    for (uint32_t round = 0; low < s->documents; round++) {
        int damaged = 0;
        uint32_t next = next_of(s, s->root, low, &damaged);
        if (damaged) return SEARCH_DAMAGED;
        if (next >= s->documents) break;
        low = next / WINDOW * WINDOW;
        uint32_t high = s->documents - low > WINDOW ? low + WINDOW : s->documents;
        int done = search_window(s, low, high);
        if (done != SEARCH_DONE) return done;
        low = high;
        if (round % 64 == 63 && interrupted()) return SEARCH_INTERRUPTED;
    }
    for (uint64_t k = 0; k < s->best_count; k++) memcpy(s->best[k].id, id_of(s, s->best[k].doc), sizeof s->best[k].id);
    return SEARCH_DONE;
}

#endif
