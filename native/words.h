/* Where the words of a text stand: what searchidx/analysis.py takes out of a text, for texts in Latin, Greek and
   Cyrillic letters.

   Anything that is not surely a letter, digit, sign or space of such a text makes the whole text a matter for the
   Python code, which knows all scripts. The two are held equal by a property test. */
#ifndef DOSSIER_WORDS_H
#define DOSSIER_WORDS_H

#include <stdint.h>

enum { SEPARATOR, LETTER, DIGIT, JOINER, UNDERSCORE, UNKNOWN };

static inline int kind_of(uint32_t c) {
    if (c < 0x80) {
        if ((c | 0x20) - 'a' < 26u) return LETTER;
        if (c - '0' < 10u) return DIGIT;
        return c == '\'' ? JOINER : c == '_' ? UNDERSCORE : SEPARATOR;
    }
    if (c >= 0xC0 && c <= 0x24F) return c == 0xD7 || c == 0xF7 ? SEPARATOR : LETTER;
    if ((c >= 0x391 && c <= 0x3CE && c != 0x3A2) || (c >= 0x400 && c <= 0x481) || (c >= 0x48A && c <= 0x52F)) return LETTER;
    switch (c) { /* a feminine or masculine ordinal, micro, raised digits, fractions and a soft hyphen are more than signs */
    case 0xAA: case 0xAD: case 0xB2: case 0xB3: case 0xB5: case 0xB9: case 0xBA: case 0xBC: case 0xBD: case 0xBE:
        return UNKNOWN;
    case 0x2018: case 0x2019:
        return JOINER;
    case 0x20AC:
        return SEPARATOR;
    }
    if ((c >= 0xA0 && c <= 0xBF) || (c >= 0x2000 && c <= 0x200A) || (c >= 0x2010 && c <= 0x2029) ||
        (c >= 0x202F && c <= 0x203E) || (c >= 0x2190 && c <= 0x22FF) || (c >= 0x2500 && c <= 0x25FF)) return SEPARATOR;
    return UNKNOWN;
}

static inline int is_word(int kind) { return kind == LETTER || kind == DIGIT; }

/* Dotted initials (U.N., e.g.) that begin at i: where they end, or i where there are none. */
static uint32_t initials(const uint8_t *kinds, const uint8_t *text, uint32_t i, uint32_t n) {
    uint32_t end = i + 1;
    while (end + 1 < n && text[end] == '.' && kinds[end + 1] == LETTER) end += 2;
    /* The last letter must not go on into a word; what comes before it is then a dot. */
    if (end > i + 1 && end < n && is_word(kinds[end])) end -= 2;
    if (end == i + 1) return i;
    if (end < n && text[end] == '.') end++;
    if (end + 1 < n && kinds[end] == JOINER && text[end + 1] == 's' && (end + 2 >= n || !is_word(kinds[end + 2]))) end += 2;
    return end;
}

/* The next word at or after i: its bounds, and whether it has joiners in it. 0 at the end of the text. */
static int next_word(const uint8_t *kinds, const uint8_t *text, uint32_t i, uint32_t n, int ascii, uint32_t *start, uint32_t *end, int *joined) {
    while (i < n && !is_word(kinds[i])) i++;
    if (i == n) return 0;
    *start = i;
    *joined = 0;
    /* Beyond ASCII an underscore belongs to what it stands before, and is cut off later: no initials begin there. */
    uint32_t before = i > 1 && kinds[i - 1] == JOINER ? i - 1 : i;
    int inside = i > 0 && (is_word(kinds[i - 1]) || (!ascii && kinds[before - 1] == UNDERSCORE));
    if (kinds[i] == LETTER && !inside) {
        uint32_t after = initials(kinds, text, i, n);
        if (after > i) {
            *end = after;
            *joined = 1; /* a genitive may be part of it */
            return 1;
        }
    }
    while (i < n && (is_word(kinds[i]) || (kinds[i] == JOINER && i + 1 < n && is_word(kinds[i + 1])))) *joined |= kinds[i++] == JOINER;
    *end = i;
    return 1;
}

#endif
