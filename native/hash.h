/* Byte strings -> numbers, for words that are met again and again.

   A slot holds the first eight bytes of its key, so that most words are found with one look into memory; the rest of
   a longer one stands with the others. Every function that needs memory returns 0 where there is none. */
#ifndef DOSSIER_HASH_H
#define DOSSIER_HASH_H

#include "encode.h"

typedef struct {
    uint64_t first;        /* bytes of the key, zero behind its end */
    uint32_t hash, length; /* length 0: a free slot; no key is empty */
    uint32_t rest, value;  /* rest: where the key's ninth byte stands in `rests` */
} Slot;

typedef struct {
    Slot *slots;
    size_t room, used; /* room: a power of two */
    Bytes rests;
    uint64_t seed;
} Map;

/* A key with what its slot is found by. */
typedef struct {
    const uint8_t *p;
    uint64_t first;
    uint32_t hash, length;
} Key;

/* seed: a number that nobody can know who writes a text, so that nobody can make words that all get in the way of
   one another. */
static int map_begin(Map *map, uint64_t seed) {
    *map = (Map){.room = 1024, .seed = seed};
    map->slots = calloc(map->room, sizeof *map->slots);
    return map->slots != NULL;
}

static void map_free(Map *map) {
    free(map->slots);
    free(map->rests.p);
}

/* n bytes, 1 to 8 of them, as a number; bytes up to `end` may be read. */
static inline uint64_t up_to_eight(const uint8_t *p, size_t n, const uint8_t *end) {
    return eight_bytes(p, end) & ~0ull >> (64 - 8 * n);
}

/* A key of n bytes (at least one) at p; bytes up to `end` may be read. */
static inline Key key_of(const Map *map, const uint8_t *p, size_t n, const uint8_t *end) {
    const uint64_t odd = 0x9E3779B97F4A7C15u; /* 2^64 by the golden ratio: Knuth, The Art of Computer Programming 6.4 */
    Key key = {p, up_to_eight(p, n < 8 ? n : 8, end), 0, (uint32_t)n};
    uint64_t hash = (key.first ^ map->seed) * odd;
    for (size_t i = 8; i < n; i += 8) hash = (up_to_eight(p + i, n - i < 8 ? n - i : 8, end) ^ hash ^ hash >> 32) * odd;
    key.hash = (uint32_t)(hash >> 32 ^ hash >> 8);
    return key;
}

/* Have the slot of a key brought near: most of the time of looking up a word is waiting for memory. */
static inline void map_expect(const Map *map, const Key *key) {
#ifdef __GNUC__
    __builtin_prefetch(&map->slots[key->hash & (map->room - 1)]);
#endif
}

/* The slot of a key, or the free one where it would stand. */
static inline Slot *map_find(const Map *map, const Key *key) {
    for (size_t i = key->hash & (map->room - 1);; i = (i + 1) & (map->room - 1)) {
        Slot *slot = &map->slots[i];
        if (!slot->length) return slot;
        if (slot->first == key->first && slot->length == key->length &&
            (key->length <= 8 || memcmp(map->rests.p + slot->rest, key->p + 8, key->length - 8) == 0)) return slot;
    }
}

static int map_grow(Map *map) {
    size_t room = 2 * map->room;
    Slot *slots = room > SIZE_MAX / sizeof *slots ? NULL : calloc(room, sizeof *slots);
    if (!slots) return 0;
    for (size_t i = 0; i < map->room; i++) {
        if (!map->slots[i].length) continue;
        size_t to = map->slots[i].hash & (room - 1);
        while (slots[to].length) to = (to + 1) & (room - 1);
        slots[to] = map->slots[i];
    }
    free(map->slots);
    map->slots = slots;
    map->room = room;
    return 1;
}

/* Keep the value of a key, in place of the one it has. */
static int map_put(Map *map, const Key *key, uint32_t value) {
    Slot *slot = map_find(map, key);
    if (!slot->length) {
        if (2 * (map->used + 1) > map->room) {
            if (!map_grow(map)) return 0;
            slot = map_find(map, key);
        }
        size_t rest = map->rests.n;
        if (rest > UINT32_MAX || (key->length > 8 && !put_bytes(&map->rests, key->p + 8, key->length - 8))) return 0;
        *slot = (Slot){key->first, key->hash, key->length, (uint32_t)rest, 0};
        map->used++;
    }
    slot->value = value;
    return 1;
}

#endif
