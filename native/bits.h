/* Columns of numbers of one width in bits, the lowest bit first: "A posting list" in docs/index-format.md. */
#ifndef DOSSIER_BITS_H
#define DOSSIER_BITS_H

#include <stdint.h>
#include <string.h>

#define ABSENT 15 /* the code of a column that is not there */

/* The widths that a code of 4 bits stands for. */
static const uint8_t bit_widths[15] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 32};

static inline uint8_t code_of(uint32_t largest) {
    uint8_t code = 0;
    while (bit_widths[code] < 32 && largest >> bit_widths[code]) code++;
    return code;
}

static inline uint64_t column_size(uint64_t n, uint8_t width) { return (n * width + 7) / 8; }

/* Eight bytes from p on; those from `end` on count as zero, and are not read. */
static inline uint64_t eight_bytes(const uint8_t *p, const uint8_t *end) {
    if (end - p < 8) {
        uint64_t value = 0;
        for (int i = 0; p + i < end; i++) value |= (uint64_t)p[i] << 8 * i;
        return value;
    }
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
           (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56; /* one load, where bytes lie like this */
}

/* Number i of a column that begins at p and lies before `end`. */
static inline uint32_t number_at(const uint8_t *p, const uint8_t *end, uint8_t width, uint64_t i) {
    uint64_t bit = i * width;
    return (uint32_t)(eight_bytes(p + (bit >> 3), end) >> (bit & 7) & ((1ull << width) - 1));
}

/* A loop for each width: with shifts that the compiler knows it is several times as fast. */
#define UNPACK(WIDTH)                                                                                              \
    case WIDTH:                                                                                                    \
        for (; i + 8 <= n && end - p >= WIDTH + 8; i += 8, p += WIDTH)                                             \
            for (int k = 0; k < 8; k++)                                                                            \
                out[i + k] = (uint32_t)(eight_bytes(p + (k * WIDTH >> 3), end) >> (k * WIDTH & 7) & ((1ull << WIDTH) - 1)); \
        break;

/* All n numbers of a column. */
static inline void unpack(const uint8_t *p, const uint8_t *end, uint8_t width, uint64_t n, uint32_t *out) {
    uint64_t i = 0;
    switch (width) {
    case 0: memset(out, 0, 4 * n); return;
    UNPACK(1) UNPACK(2) UNPACK(3) UNPACK(4) UNPACK(5) UNPACK(6) UNPACK(7) UNPACK(9) UNPACK(10) UNPACK(12) UNPACK(20)
    case 8: for (; i < n; i++) out[i] = p[i]; return;
    case 16: for (; i < n; i++) out[i] = (uint32_t)p[2 * i] | (uint32_t)p[2 * i + 1] << 8; return;
    }
    for (uint64_t k = 0; i < n; i++, k++) out[i] = number_at(p, end, width, k);
}

#endif
