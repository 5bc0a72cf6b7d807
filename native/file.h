/* A mapped segment file whose pages are checked when they are first read.

   The form is described in docs/index-format.md; searchidx/sections.py is the same in Python. Nothing is read from
   the file without `touch`, which also keeps every access inside the file. */
#ifndef DOSSIER_FILE_H
#define DOSSIER_FILE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_SHIFT 14

typedef struct {
    const uint8_t *base;
    uint64_t body;     /* bytes that have checksums */
    uint32_t *crcs;    /* one a page, owned */
    uint8_t *checked;  /* one a page, owned */
} File;

static uint32_t crc_table[8][256];

static void crc_init(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
        crc_table[0][i] = c;
    }
    for (uint32_t i = 0; i < 256; i++)
        for (int t = 1; t < 8; t++)
            crc_table[t][i] = crc_table[0][crc_table[t - 1][i] & 0xFF] ^ (crc_table[t - 1][i] >> 8);
}

/* CRC-32 as zlib has it, eight bytes at a time ("slicing by 8", Kounavis and Berry 2008). */
static uint32_t crc32_of(const uint8_t *p, uint64_t n) {
    uint32_t c = 0xFFFFFFFFu;
    for (; n >= 8; n -= 8, p += 8) {
        c ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        c = crc_table[7][c & 0xFF] ^ crc_table[6][c >> 8 & 0xFF] ^ crc_table[5][c >> 16 & 0xFF] ^
            crc_table[4][c >> 24] ^ crc_table[3][p[4]] ^ crc_table[2][p[5]] ^ crc_table[1][p[6]] ^
            crc_table[0][p[7]];
    }
    for (; n; n--) c = crc_table[0][(c ^ *p++) & 0xFF] ^ (c >> 8);
    return ~c;
}

/* Whether the bytes [start, end) are in the file and undamaged. */
static int touch(File *file, uint64_t start, uint64_t end) {
    if (start > end || end > file->body) return 0;
    if (start == end) return 1;
    for (uint64_t page = start >> PAGE_SHIFT; page <= (end - 1) >> PAGE_SHIFT; page++) {
        if (file->checked[page]) continue;
        uint64_t first = page << PAGE_SHIFT, size = file->body - first;
        if (size > 1u << PAGE_SHIFT) size = 1u << PAGE_SHIFT;
        if (crc32_of(file->base + first, size) != file->crcs[page]) return 0;
        file->checked[page] = 1;
    }
    return 1;
}

static inline uint32_t u32_at(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t u64_at(const uint8_t *p) { return u32_at(p) | (uint64_t)u32_at(p + 4) << 32; }

#endif
