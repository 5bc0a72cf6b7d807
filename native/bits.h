/* Columns of numbers of one width in bits, the lowest bit first: "A posting list" in docs/index-format.md. */
#ifndef DOSSIER_BITS_H
#define DOSSIER_BITS_H

#include <stddef.h>
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

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

/* Where eight numbers of a width lie: for each, which of the bytes of its half (four numbers) it begins in, and its
   bit there. */
typedef struct {
    uint8_t bytes[32];
    uint32_t shifts[8];
} Lanes;

static Lanes unpack_lanes[33];
static int unpack_by_eight; /* whether this processor can */

static inline void unpack_init(void) {
    for (int code = 1; code < 14; code++) {
        uint32_t width = bit_widths[code];
        for (uint32_t k = 0; k < 8; k++) {
            uint32_t half = k < 4 ? 0 : (4 * width) >> 3, bit = k * width - 8 * half;
            for (uint32_t b = 0; b < 4; b++) unpack_lanes[width].bytes[4 * k + b] = (uint8_t)((bit >> 3) + b);
            unpack_lanes[width].shifts[k] = bit & 7;
        }
    }
    unpack_by_eight = __builtin_cpu_supports("avx2") != 0;
}

/* As many numbers of a column as can be unpacked eight at a time. */
__attribute__((target("avx2"))) static uint64_t unpack_eights(const uint8_t *p, const uint8_t *end, uint8_t width, uint64_t n, uint32_t *out) {
    const Lanes *lanes = &unpack_lanes[width];
    const __m256i bytes = _mm256_loadu_si256((const __m256i *)lanes->bytes), shifts = _mm256_loadu_si256((const __m256i *)lanes->shifts);
    const __m256i mask = _mm256_set1_epi32((int)((1u << width) - 1));
    const uint32_t half = (4u * width) >> 3;
    uint64_t i = 0;
    for (; i + 8 <= n && end - p >= (ptrdiff_t)half + 16; i += 8, p += width) {
        __m256i both = _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)p));
        both = _mm256_inserti128_si256(both, _mm_loadu_si128((const __m128i *)(p + half)), 1);
        both = _mm256_srlv_epi32(_mm256_shuffle_epi8(both, bytes), shifts);
        _mm256_storeu_si256((__m256i *)(out + i), _mm256_and_si256(both, mask));
    }
    return i;
}
#else
static inline void unpack_init(void) {}
#endif

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
#if defined(__x86_64__) && defined(__GNUC__)
    if (unpack_by_eight && width && width < 32) {
        i = unpack_eights(p, end, width, n, out);
        for (; i < n; i++) out[i] = number_at(p, end, width, i);
        return;
    }
#endif
    switch (width) {
    case 0: memset(out, 0, 4 * n); return;
    UNPACK(1) UNPACK(2) UNPACK(3) UNPACK(4) UNPACK(5) UNPACK(6) UNPACK(7) UNPACK(9) UNPACK(10) UNPACK(12) UNPACK(20)
    case 8: for (; i < n; i++) out[i] = p[i]; return;
    case 16: for (; i < n; i++) out[i] = (uint32_t)p[2 * i] | (uint32_t)p[2 * i + 1] << 8; return;
    }
    for (uint64_t k = 0; i < n; i++, k++) out[i] = number_at(p, end, width, k);
}

#endif
