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

/* A place in a list, with the block it lies in decoded. */
typedef struct {
    const List *list;
    uint32_t block;            /* the next block to read */
    uint32_t n, i;             /* documents in the block that was read, and the next of them */
    uint32_t docs[BLOCK], tfs[BLOCK];
    const uint8_t *firsts;     /* the first position in each document of the block; NULL where there are none */
    const uint8_t *steps;      /* from each other position to the one before, document by document */
    uint32_t step_count;
    uint8_t first_width, step_width; /* in bits */
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

/* Read block `block`; 0 where it is damaged. documents: of the segment. */
static int read_block(File *file, Cursor *c, uint32_t block, uint32_t documents) {
    const List *list = c->list;
    uint64_t start = list->at, end = list->at + list->size;
    uint32_t n = block + 1 < list->blocks ? BLOCK : list->df - block * BLOCK;
    int64_t doc = -1;
    if (list->blocks > 1) {
        uint64_t base = list->at + (uint64_t)ROW * list->blocks;
        start = base;
        if (block) {
            const uint8_t *before = row(file, list, block - 1);
            doc = u32_at(before);
            start += u32_at(before + 4);
        }
        uint64_t stop = base + u32_at(row(file, list, block) + 4);
        if (stop > end) return 0;
        end = stop;
    }
    if (start >= end || !touch(file, start, end)) return 0;
    const uint8_t *p = file->base + start, *last = file->base + end;
    if (last - p < 2) return 0;
    uint8_t gap = p[0] & 15, freq = p[0] >> 4, first = p[1] & 15, step = p[1] >> 4;
    p += 2;
    if (gap == ABSENT || freq == ABSENT || step == ABSENT) return 0;
    uint64_t size = column_size(n, bit_widths[gap]);
    if ((uint64_t)(last - p) < size) return 0;
    unpack(p, readable(last), bit_widths[gap], n, c->docs);
    for (uint32_t k = 0; k < n; k++) {
        doc += (int64_t)c->docs[k] + 1;
        c->docs[k] = (uint32_t)doc;
    }
    if (doc >= documents) return 0; /* they ascend, so the others are less, before any of them could overflow */
    /* What a table says of its blocks is relied on when blocks are skipped. */
    if (list->blocks > 1 && u32_at(row(file, list, block)) != (uint32_t)doc) return 0;
    p += size;
    size = column_size(n, bit_widths[freq]);
    if ((uint64_t)(last - p) < size) return 0;
    unpack(p, readable(last), bit_widths[freq], n, c->tfs); /* less 1 */
    p += size;
    uint64_t steps = 0;
    for (uint32_t k = 0; k < n; k++) steps += c->tfs[k]++;
    if (bit_widths[freq] == 32)
        for (uint32_t k = 0; k < n; k++)
            if (!c->tfs[k]) return 0;
    c->firsts = c->steps = NULL;
    c->step_count = 0;
    if (first != ABSENT) {
        size = column_size(n, bit_widths[first]);
        if ((uint64_t)(last - p) < size || steps > UINT32_MAX || (steps && !step)) return 0;
        c->firsts = p;
        c->first_width = bit_widths[first];
        c->steps = p += size;
        c->step_count = (uint32_t)steps;
        c->step_width = bit_widths[step];
        size = column_size(steps, bit_widths[step]);
        if ((uint64_t)(last - p) < size) return 0;
        p += size;
    }
    if (p != last) return 0;
    c->n = n;
    c->i = 0;
    c->block = block + 1;
    return 1;
}

/* Append the tf positions of document i of the block, of which `before` steps belong to documents before it; `out`
   has room for them. 0 where there are none or not so many. */
static int read_positions(const uint8_t *firsts, uint8_t first_width, uint32_t i, const uint8_t *steps, uint8_t step_width,
                          uint64_t before, uint32_t step_count, uint32_t tf, uint32_t *out) {
    if (!firsts || before + tf - 1 > step_count) return 0;
    uint32_t position = number_at(firsts, readable(steps), first_width, i);
    const uint8_t *end = readable(steps + column_size(step_count, step_width));
    *out++ = position;
    for (uint32_t k = 0; k + 1 < tf; k++) *out++ = position += number_at(steps, end, step_width, before + k);
    return 1;
}

/* Move to the first document that is not before `doc`; 0 where the list is damaged. At the end, i == n. */
static int seek(File *file, Cursor *c, uint32_t doc, uint32_t documents) {
    if (!(c->n && c->docs[c->n - 1] >= doc)) {
        uint32_t block = c->block;
        if (c->list->blocks > 1)
            while (block < c->list->blocks && u32_at(row(file, c->list, block)) < doc) block++;
        if (block >= c->list->blocks) {
            c->block = c->list->blocks;
            c->i = c->n;
            return 1;
        }
        if (!read_block(file, c, block, documents)) return 0;
    }
    while (c->i < c->n && c->docs[c->i] < doc) c->i++;
    return 1;
}

#endif
