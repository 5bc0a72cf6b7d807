/* Posting lists as they are written: "A posting list" in docs/index-format.md, `encode_postings` in C.

   Every function that needs memory returns 0 where there is none. Nothing here reads a file. */
#ifndef DOSSIER_ENCODE_H
#define DOSSIER_ENCODE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bits.h"

#define BLOCK 128
#define ROW 16
#define FIELDS 4

/* Bytes that grow. */
typedef struct {
    uint8_t *p;
    size_t n, room;
} Bytes;

static int reserve(Bytes *b, size_t more) {
    if (more <= b->room - b->n) return 1;
    if (more > SIZE_MAX / 2 - b->n) return 0;
    size_t room = b->n + more;
    room = room < 256 ? 256 : room + room / 2;
    uint8_t *p = realloc(b->p, room);
    if (!p) return 0;
    b->p = p;
    b->room = room;
    return 1;
}

static int put_bytes(Bytes *b, const void *p, size_t n) {
    if (!reserve(b, n)) return 0;
    if (n) memcpy(b->p + b->n, p, n);
    b->n += n;
    return 1;
}

static int put_u32(Bytes *b, uint32_t value) { return put_bytes(b, &value, 4); }

static int put_u64(Bytes *b, uint64_t value) { return put_bytes(b, &value, 8); }

static int put_varint(Bytes *b, uint64_t value) {
    uint8_t digits[10];
    size_t n = 0;
    for (; value >= 0x80; value >>= 7) digits[n++] = (uint8_t)(value & 0x7F) | 0x80;
    digits[n++] = (uint8_t)value;
    return put_bytes(b, digits, n);
}

/* Append a column of n numbers, each less `less`. */
static int put_column(Bytes *b, const uint32_t *numbers, size_t n, uint8_t width, uint32_t less) {
    if (n > SIZE_MAX >> 6 || !reserve(b, column_size(n, width))) return 0;
    uint8_t *p = b->p + b->n;
    uint64_t held = 0;
    int bits = 0;
    for (size_t i = 0; width && i < n; i++) {
        held |= (uint64_t)(numbers[i] - less) << bits;
        bits += width;
        if (bits >= 32) {
            memcpy(p, &held, 4);
            p += 4;
            held >>= 32;
            bits -= 32;
        }
    }
    for (; bits > 0; bits -= 8, held >>= 8) *p++ = (uint8_t)held;
    b->n = (size_t)(p - b->p);
    return 1;
}

/* One list under way: the block that is being filled, and what is finished. */
typedef struct {
    uint32_t docs[BLOCK], freqs[BLOCK], firsts[BLOCK];
    uint32_t n;              /* documents in the block */
    uint32_t *steps;         /* of the block, document by document */
    size_t count, room;
    int64_t before, last;    /* the last document of the block before, and of the list */
    uint64_t df, cf;
    Bytes table, blocks;
    const uint8_t *lengths;  /* u32 a document, or NULL: in a list of values, which has no positions */
} List;

static void list_begin(List *list) {
    list->n = 0;
    list->count = 0;
    list->before = list->last = -1;
    list->df = list->cf = 0;
    list->table.n = list->blocks.n = 0;
}

static void list_free(List *list) {
    free(list->steps);
    free(list->table.p);
    free(list->blocks.p);
}

static uint32_t largest_of(const uint32_t *numbers, size_t n) {
    uint32_t largest = 0;
    for (size_t i = 0; i < n; i++) largest = numbers[i] > largest ? numbers[i] : largest;
    return largest;
}

static int list_flush(List *list) {
    uint32_t gaps[BLOCK], shortest = UINT32_MAX, most = largest_of(list->freqs, list->n);
    int64_t before = list->before;
    for (uint32_t i = 0; i < list->n; i++) {
        gaps[i] = (uint32_t)(list->docs[i] - before - 1);
        before = list->docs[i];
        uint32_t length = 0;
        if (list->lengths) memcpy(&length, list->lengths + 4 * (size_t)list->docs[i], 4);
        shortest = length < shortest ? length : shortest;
    }
    uint8_t gap = code_of(largest_of(gaps, list->n)), freq = code_of(most - 1), way = code_of(largest_of(list->steps, list->count));
    uint8_t first = list->lengths ? code_of(largest_of(list->firsts, list->n)) : ABSENT;
    uint8_t codes[2] = {(uint8_t)(gap | freq << 4), (uint8_t)(first | way << 4)};
    Bytes *b = &list->blocks;
    if (!put_bytes(b, codes, 2) || !put_column(b, gaps, list->n, bit_widths[gap], 0)) return 0;
    if (!put_column(b, list->freqs, list->n, bit_widths[freq], 1)) return 0;
    if (first != ABSENT && !put_column(b, list->firsts, list->n, bit_widths[first], 0)) return 0;
    if (!put_column(b, list->steps, list->count, bit_widths[way], 0)) return 0;
    uint32_t row[4] = {(uint32_t)before, (uint32_t)b->n, most, shortest};
    if (b->n > UINT32_MAX || !put_bytes(&list->table, row, ROW)) return 0;
    list->before = before;
    list->n = 0;
    list->count = 0;
    return 1;
}

/* Room for so many more steps in the block: where they are to go, or NULL. */
static uint32_t *list_steps(List *list, uint64_t more) {
    if (more > list->room - list->count) {
        uint64_t room = list->count + more;
        room = room < BLOCK ? BLOCK : room + room / 2;
        uint32_t *p = room > SIZE_MAX / 4 ? NULL : realloc(list->steps, 4 * (size_t)room);
        if (!p) return NULL;
        list->steps = p;
        list->room = (size_t)room;
    }
    uint32_t *at = list->steps + list->count;
    list->count += (size_t)more;
    return at;
}

/* Append n documents, which ascend from the last one on: in each, how often it has the term, where first, and the
   steps to the other places, one document's behind the other's. In a list of values all frequencies are 1. */
static int list_add(List *list, const uint32_t *docs, const uint32_t *freqs, const uint32_t *firsts, const uint32_t *steps, uint32_t n) {
    while (n) {
        if (list->n == BLOCK && !list_flush(list)) return 0;
        uint32_t some = n < BLOCK - list->n ? n : BLOCK - list->n;
        uint64_t more = 0;
        for (uint32_t i = 0; i < some; i++) more += freqs[i] - 1;
        uint32_t *at = more ? list_steps(list, more) : NULL;
        if (more && !at) return 0;
        if (more) memcpy(at, steps, 4 * (size_t)more);
        memcpy(list->docs + list->n, docs, 4 * (size_t)some);
        memcpy(list->freqs + list->n, freqs, 4 * (size_t)some);
        memcpy(list->firsts + list->n, firsts, 4 * (size_t)some);
        list->n += some;
        list->df += some;
        list->cf += some + more;
        list->last = docs[some - 1];
        docs += some;
        freqs += some;
        firsts += some;
        steps += more;
        n -= some;
    }
    return 1;
}

static int list_end(List *list) {
    if (list->n && !list_flush(list)) return 0;
    if (list->table.n <= ROW) list->table.n = 0; /* a single block has no table */
    return 1;
}

/* Append the lists of one term (docs/index-format.md, "Words"); heads: with their head. */
static int put_lists(Bytes *out, List *lists, int fields, int heads) {
    uint8_t bits = 0;
    for (int f = 0; f < fields; f++)
        if (!list_end(&lists[f])) return 0;
    if (heads) {
        for (int f = 0; f < fields; f++) bits |= (uint8_t)((lists[f].df > 0) << f);
        if (!put_bytes(out, &bits, 1)) return 0;
        for (int f = 0; f < fields; f++) {
            List *l = &lists[f];
            if (l->df && !(put_varint(out, l->df) && put_varint(out, l->cf) && put_varint(out, l->table.n + l->blocks.n)))
                return 0;
        }
    }
    for (int f = 0; f < fields; f++) {
        if (!put_bytes(out, lists[f].table.p, lists[f].table.n)) return 0;
        if (!put_bytes(out, lists[f].blocks.p, lists[f].blocks.n)) return 0;
    }
    return 1;
}

#endif
