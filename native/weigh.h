/* What the documents of a window have of a word or phrase: w(t, d) of searchidx/ranking.py. */
#ifndef DOSSIER_WEIGH_H
#define DOSSIER_WEIGH_H

#include "leaf.h"

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

/* What is summed for the documents of a window. Rows are twice as long as a window, so that one list more than fits
   can be written before its end is looked at. */
typedef struct {
    uint32_t n;
    uint16_t docs[2 * WINDOW]; /* those of a leaf whose scores are wanted; the next two by their places here */
    double w[WINDOW], gain[WINDOW];
    uint16_t of_field[2 * WINDOW];
    double sum[WINDOW];        /* by document, as all that follow; zero between uses, like the next two */
    uint64_t counts[WINDOW];   /* of the word in a field, and from 1ull << 32 on of the word as typed */
    uint32_t like[WINDOW];     /* of words that begin alike */
    double score[WINDOW], part[WINDOW]; /* of those that match: */
    uint32_t matched_n;
    uint16_t matched[WINDOW];
} Rows;

/* Which documents are in both; returns how many. */
static uint32_t in_both(const Bits one, const Bits two, uint16_t *docs) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < CHUNKS; k++)
        for (uint64_t some = one[k] & two[k]; some; some &= some - 1) docs[n++] = (uint16_t)(k * 64 + (uint32_t)__builtin_ctzll(some));
    return n;
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

/* w of a single word, document by document: for a few of those that its lists have. 0 where a list is damaged. */
static int few_weigh(const Leaf *leaf, Rows *rows, const Norms *norms) {
    const Slot *slot = leaf->slots;
    for (uint32_t i = 0; i < rows->n; i++) {
        uint32_t doc = rows->docs[i], number;
        rows->w[i] = 0.0;
        for (uint32_t k = 0; k < slot->n;) {
            uint8_t field = slot->lists[k].cursor.list->field;
            double tf[3] = {0.0, 0.0, 0.0}; /* by the kind of list */
            for (; k < slot->n && slot->lists[k].cursor.list->field == field; k++) {
                Gathered *g = &slot->lists[k];
                if (!g->n) continue;
                int64_t at = place_of(g, doc, &number);
                if (at < 0) continue;
                uint32_t here = frequency(&g->part[number].columns, g->part[number].first + (uint32_t)at - g->part[number].start);
                if (!here) return 0;
                tf[g->cursor.list->kind] += here;
            }
            double times = times_of(norms, tf[FORM] + tf[TYPED], tf[TYPED], tf[LIKE]);
            if (times > 0) rows->w[i] += times / norm(norms, field, doc);
        }
    }
    return 1;
}

/* w of a single word, list by list. all: whether all documents of its lists are wanted. 0 where a list is damaged. */
static int lists_weigh(const Leaf *leaf, const Bits wanted, int all, Rows *rows, const Norms *norms) {
    const Slot *slot = leaf->slots;
    rows->n = 0;
    for (uint32_t k = 0; k < slot->n;) {
        uint8_t field = slot->lists[k].cursor.list->field;
        uint32_t n = 0;
        int likes = 0;
        for (; k < slot->n && slot->lists[k].cursor.list->field == field; k++) {
            Gathered *g = &slot->lists[k];
            int kind = g->cursor.list->kind;
            for (uint32_t part = 0; part < g->parts; part++)
                if (!part_ready(g, part)) return 0;
            likes |= kind == LIKE;
            for (uint32_t i = 0; i < g->n; i++) {
                uint16_t doc = g->docs[i];
                uint64_t counted = rows->counts[doc];
                rows->of_field[n] = doc;
                n += !counted && !rows->like[doc];
                if (kind == LIKE) rows->like[doc] += g->tfs[i];
                else rows->counts[doc] = counted + g->tfs[i] * (kind == TYPED ? 1ull << 32 | 1 : 1ull);
            }
            if (n > WINDOW) return 0; /* numbers that no document has, which sum up to nothing */
        }
        for (uint32_t i = 0; i < n; i++) {
            uint16_t doc = rows->of_field[i];
            uint64_t counted = rows->counts[doc];
            double times = times_of(norms, (double)(uint32_t)counted, (double)(counted >> 32), likes ? (double)rows->like[doc] : 0.0);
            rows->counts[doc] = 0;
            if (likes) rows->like[doc] = 0;
            if (!all && !bit(wanted, doc)) continue;
            double sum = rows->sum[doc];
            rows->docs[rows->n] = doc;
            rows->n += sum == 0.0;
            rows->sum[doc] = sum + times / norm(norms, field, doc);
        }
        if (rows->n > WINDOW) return 0;
    }
    for (uint32_t i = 0; i < rows->n; i++) {
        rows->w[i] = rows->sum[rows->docs[i]];
        rows->sum[rows->docs[i]] = 0.0;
    }
    return 1;
}

/* w of a single word for the wanted documents that have it; 0 where a list is damaged. */
static int word_weigh(const Leaf *leaf, const Bits wanted, Rows *rows, const Norms *norms, uint32_t low) {
    const Slot *slot = leaf->slots;
    uint64_t others = 0;
    for (int k = 0; k < CHUNKS; k++) others |= leaf->scored[k] & ~wanted[k];
    if (!slot->dense && !others) return lists_weigh(leaf, wanted, 1, rows, norms);
    rows->n = in_both(leaf->scored, wanted, rows->docs);
    if (slot->dense) {
        memset(rows->w, 0, rows->n * sizeof *rows->w);
        for (uint8_t f = 0; f < FIELDS; f++)
            for (uint32_t i = 0; slot->dense[f].bits && i < rows->n; i++)
                rows->w[i] += (double)slot->dense[f].tfs[low + rows->docs[i]] / norm(norms, f, rows->docs[i]);
        return 1;
    }
    uint32_t postings = 0, lists = 0;
    for (uint32_t k = 0; k < slot->n; k++) {
        postings += slot->lists[k].n;
        lists += slot->lists[k].n > 0;
    }
    if (rows->n * lists * 3 < postings) return few_weigh(leaf, rows, norms);
    return lists_weigh(leaf, wanted, 0, rows, norms);
}

static inline double saturated(double worth, double w, double k1) { return worth * (k1 + 1) * w / (k1 + w); }

#endif
