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
        for (bits += width; bits >= 8; bits -= 8, held >>= 8) *p++ = (uint8_t)held;
    }
    if (bits) *p++ = (uint8_t)held;
    b->n = (size_t)(p - b->p);
    return 1;
}

/* One list under way: the block that is being filled, and what is finished. */
typedef struct {
    uint32_t docs[BLOCK], freqs[BLOCK];
    uint32_t n;              /* documents in the block */
    uint32_t *positions;     /* of the block: for each document the first, then its steps */
    size_t count, room;
    int64_t before, last;    /* the last document of the block before, and of the list */
    uint64_t df, cf;
    Bytes table, blocks;
    const uint8_t *lengths;  /* u32 a document, or NULL: in a list of values */
} List;

static void list_begin(List *list) {
    list->n = 0;
    list->count = 0;
    list->before = list->last = -1;
    list->df = list->cf = 0;
    list->table.n = list->blocks.n = 0;
}

static void list_free(List *list) {
    free(list->positions);
    free(list->table.p);
    free(list->blocks.p);
}

static int list_flush(List *list) {
    uint32_t gaps[BLOCK], widest = 0, most = 0, largest = 0, longest = 0, shortest = UINT32_MAX;
    int64_t before = list->before;
    for (uint32_t i = 0; i < list->n; i++) {
        gaps[i] = (uint32_t)(list->docs[i] - before - 1);
        before = list->docs[i];
        if (gaps[i] > widest) widest = gaps[i];
        if (list->freqs[i] > most) most = list->freqs[i];
        uint32_t length = 0;
        if (list->lengths) memcpy(&length, list->lengths + 4 * (size_t)list->docs[i], 4);
        if (length < shortest) shortest = length;
    }
    uint32_t firsts[BLOCK], *step = list->positions;
    const uint32_t *run = list->positions;
    for (uint32_t i = 0; list->lengths && i < list->n; run += list->freqs[i++]) { /* steps move to the front */
        firsts[i] = run[0];
        if (run[0] > largest) largest = run[0];
        for (uint32_t k = 1; k < list->freqs[i]; k++) {
            if (run[k] > longest) longest = run[k];
            *step++ = run[k];
        }
    }
    size_t steps = (size_t)(step - list->positions);
    uint8_t gap = code_of(widest), freq = code_of(most - 1);
    uint8_t first = list->lengths ? code_of(largest) : ABSENT, way = code_of(longest);
    uint8_t codes[2] = {(uint8_t)(gap | freq << 4), (uint8_t)(first | way << 4)};
    Bytes *b = &list->blocks;
    if (!put_bytes(b, codes, 2) || !put_column(b, gaps, list->n, bit_widths[gap], 0)) return 0;
    if (!put_column(b, list->freqs, list->n, bit_widths[freq], 1)) return 0;
    if (first != ABSENT && !put_column(b, firsts, list->n, bit_widths[first], 0)) return 0;
    if (!put_column(b, list->positions, steps, bit_widths[way], 0)) return 0;
    uint32_t row[4] = {(uint32_t)before, (uint32_t)b->n, most, shortest};
    if (b->n > UINT32_MAX || !put_bytes(&list->table, row, ROW)) return 0;
    list->before = before;
    list->n = 0;
    list->count = 0;
    return 1;
}

/* Begin the postings of the next document, which must be greater than the one before, with room for `freq`
   positions at `*at` (NULL for a list of values, where freq is 1). */
static int list_add(List *list, uint32_t doc, uint32_t freq, uint32_t **at) {
    if (list->n == BLOCK && !list_flush(list)) return 0;
    if (at) {
        if (freq > list->room - list->count) {
            size_t room = list->count + freq;
            room = room < BLOCK ? BLOCK : room + room / 2;
            uint32_t *p = room > SIZE_MAX / 4 ? NULL : realloc(list->positions, 4 * room);
            if (!p) return 0;
            list->positions = p;
            list->room = room;
        }
        *at = list->positions + list->count;
        list->count += freq;
    }
    list->docs[list->n] = doc;
    list->freqs[list->n++] = freq;
    list->last = doc;
    list->df++;
    list->cf += freq;
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
