/* Posting lists as they are read from the segments that are merged.

   They come from files and are believed in nothing: whoever reads is told by a 0 or NULL that a list is not one. */
#ifndef DOSSIER_LISTS_H
#define DOSSIER_LISTS_H

#include "terms.h"

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

#endif
