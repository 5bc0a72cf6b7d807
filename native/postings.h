/* Posting lists read block by block: "A posting list" in docs/index-format.md, searchidx/postings.py in C. */
#ifndef DOSSIER_POSTINGS_H
#define DOSSIER_POSTINGS_H

#include "bits.h"
#include "file.h"

#define BLOCK 128
#define ROW 16
#define NO_DOC UINT32_MAX

/* One list: `size` bytes at `at` in the file, df documents in `blocks` blocks. */
typedef struct {
    uint64_t at;
    uint32_t size, df, blocks;
    uint8_t field, kind;
} List;

/* What a list has of a word: another of its forms, the form that was typed, or words that only begin alike. */
enum { FORM, TYPED, LIKE };

/* The columns of a block behind its documents: frequencies (less 1), then positions. */
typedef struct {
    const uint8_t *p, *last;   /* where the frequencies begin, and the block ends */
    uint32_t n;                /* documents in the block */
    uint8_t freq, first, step; /* codes of widths */
} Columns;

/* Where the positions of a block lie. */
typedef struct {
    const uint8_t *firsts;     /* the first position in each document; NULL where there are none */
    const uint8_t *steps;      /* from each other position to the one before, document by document */
    uint32_t step_count;
    uint8_t first_width, step_width; /* in bits */
} Places;

/* A place in a list, with the documents of the block it lies in decoded. */
typedef struct {
    const List *list;
    uint32_t block;            /* the next block to read */
    uint32_t n, i;             /* documents in the block that was read, and the next of them */
    uint32_t docs[BLOCK];
    Columns columns;
    int counted;               /* whether the next two are read */
    uint32_t tfs[BLOCK];
    Places places;
} Cursor;

/* Behind the pages with checksums the file goes on (they themselves, and the footer), for more than eight bytes: a
   column may be read eight bytes at a time up to here. */
static inline const uint8_t *readable(const uint8_t *p) { return p + 8; }

static inline const uint8_t *row(const File *file, const List *list, uint32_t block) {
    return file->base + list->at + (uint64_t)ROW * block;
}

/* Check what is needed before a list can be read: its table. */
static int list_open(File *file, const List *list) {
    uint64_t table = list->blocks > 1 ? (uint64_t)ROW * list->blocks : 0;
    return list->df > 0 && list->size > table && touch(file, list->at, list->at + table);
}

/* Read the documents of block `block`; 0 where it is damaged. documents: of the segment. */
static int read_block(File *file, Cursor *c, uint32_t block, uint32_t documents) {
    const List *list = c->list;
    uint64_t start = list->at, end = list->at + list->size;
    uint32_t n = block + 1 < list->blocks ? BLOCK : list->df - block * BLOCK;
    int64_t before = -1; /* the document before the first */
    if (list->blocks > 1) {
        uint64_t base = list->at + (uint64_t)ROW * list->blocks;
        start = base;
        if (block) {
            before = u32_at(row(file, list, block - 1));
            start += u32_at(row(file, list, block - 1) + 4);
        }
        uint64_t stop = base + u32_at(row(file, list, block) + 4);
        if (stop > end) return 0;
        end = stop;
    }
    if (start >= end || !touch(file, start, end)) return 0;
    const uint8_t *p = file->base + start, *last = file->base + end;
    if (last - p < 2) return 0;
    uint8_t gap = p[0] & 15;
    c->columns = (Columns){p, last, n, p[0] >> 4, p[1] & 15, p[1] >> 4};
    p += 2;
    if (gap == ABSENT || c->columns.freq == ABSENT || c->columns.step == ABSENT) return 0;
    uint64_t size = column_size(n, bit_widths[gap]);
    if ((uint64_t)(last - p) < size) return 0;
    unpack(p, readable(last), bit_widths[gap], n, c->docs);
    int64_t sum = n; /* of the gaps, which are one more than is written */
    for (uint32_t k = 0; k < n; k++) sum += c->docs[k];
    if (before + sum >= documents) return 0; /* the last; so none of them overflows */
    uint32_t doc = (uint32_t)before;
    for (uint32_t k = 0; k < n; k++) c->docs[k] = doc += c->docs[k] + 1;
    /* What a table says of its blocks is relied on when blocks are skipped. */
    if (list->blocks > 1 && u32_at(row(file, list, block)) != doc) return 0;
    c->counted = 0;
    c->columns.p = p + size;
    c->n = n;
    c->i = 0;
    c->block = block + 1;
    return 1;
}

/* The frequencies of a block's documents, and where their positions lie; 0 where it is damaged. */
static int read_frequencies(const Columns *c, uint32_t tfs[BLOCK], Places *places) {
    const uint8_t *p = c->p, *last = c->last;
    uint64_t size = column_size(c->n, bit_widths[c->freq]), steps = 0;
    if ((uint64_t)(last - p) < size) return 0;
    unpack(p, readable(last), bit_widths[c->freq], c->n, tfs); /* less 1 */
    p += size;
    for (uint32_t k = 0; k < c->n; k++) steps += tfs[k]++;
    if (bit_widths[c->freq] == 32)
        for (uint32_t k = 0; k < c->n; k++)
            if (!tfs[k]) return 0;
    *places = (Places){NULL, NULL, 0, 0, 0};
    if (c->first != ABSENT) {
        size = column_size(c->n, bit_widths[c->first]);
        if ((uint64_t)(last - p) < size || steps > UINT32_MAX || (steps && !c->step)) return 0;
        *places = (Places){p, p + size, (uint32_t)steps, bit_widths[c->first], bit_widths[c->step]};
        p += size;
        size = column_size(steps, bit_widths[c->step]);
        if ((uint64_t)(last - p) < size) return 0;
        p += size;
    }
    return p == last;
}

/* The frequency of one document of a block, 0 where it is damaged. */
static uint32_t frequency(const Columns *c, uint32_t i) {
    if ((uint64_t)(c->last - c->p) < column_size(c->n, bit_widths[c->freq])) return 0;
    return number_at(c->p, readable(c->last), bit_widths[c->freq], i) + 1;
}

/* The frequencies of the block that was read, and where its positions lie; 0 where it is damaged. */
static int frequencies(Cursor *c) { return c->counted || (c->counted = read_frequencies(&c->columns, c->tfs, &c->places)); }

/* How many steps belong to the first n documents with these frequencies. */
static uint64_t steps_before(const uint32_t *tfs, uint32_t n) {
    uint64_t steps = 0;
    for (uint32_t k = 0; k < n; k++) steps += tfs[k] - 1;
    return steps;
}

/* Append the tf positions of document i of a block, of whose steps `before` belong to documents before it; `out` has
   room for them. 0 where there are none. */
static int read_positions(const Places *places, uint32_t i, uint64_t before, uint32_t tf, uint32_t *out) {
    if (!places->firsts || before + tf - 1 > places->step_count) return 0;
    uint32_t position = number_at(places->firsts, readable(places->steps), places->first_width, i);
    const uint8_t *end = readable(places->steps + column_size(places->step_count, places->step_width));
    *out++ = position;
    for (uint32_t k = 0; k + 1 < tf; k++) *out++ = position += number_at(places->steps, end, places->step_width, before + k);
    return 1;
}

/* Pass over the blocks that end before `doc`. Then the block that was read (where i < n) reaches it, or else the next
   block does, as far as the table says: nothing is read. */
static void pass(const File *file, Cursor *c, uint32_t doc) {
    if (c->n && c->docs[c->n - 1] >= doc) return;
    c->i = c->n = 0;
    if (c->list->blocks > 1)
        while (c->block < c->list->blocks && u32_at(row(file, c->list, c->block)) < doc) c->block++;
}

/* The first document that the next block may hold. */
static uint32_t block_begin(const File *file, const Cursor *c) {
    return c->list->blocks > 1 && c->block ? u32_at(row(file, c->list, c->block - 1)) + 1 : 0;
}

/* Move to the first document that is not before `doc`; 0 where the list is damaged. At the end, i == n. */
static int seek(File *file, Cursor *c, uint32_t doc, uint32_t documents) {
    pass(file, c, doc);
    if (c->i == c->n && (c->block >= c->list->blocks || !read_block(file, c, c->block, documents))) return c->block >= c->list->blocks;
    while (c->i < c->n && c->docs[c->i] < doc) c->i++;
    return 1;
}

#endif
