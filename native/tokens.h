/* Texts taken apart: `stretches` of searchidx/analysis.py.

   The two patterns of the analysis are written out here by hand (`ascii_stretch`, `stretch`); the tests hold them
   equal. Characters beyond ASCII have a class in a table that Python made; a text with one beyond the Basic
   Multilingual Plane is left to Python. */
#ifndef DOSSIER_TOKENS_H
#define DOSSIER_TOKENS_H

#include <stddef.h>
#include <stdint.h>

#define CHARACTERS 65536

enum { ALNUM = 1, LETTER = 2, MARK = 4, JOINER = 8, UNDERSCORE = 16 }; /* classes; LETTER: ALNUM and no digit */
#define WORD (ALNUM | UNDERSCORE)

/* The class of the character at *p, which moves behind it; 0 and *p = end where the text is cut off. Sets `beyond`
   where it is no character of the table. */
static uint8_t next_class(const uint8_t *classes, const uint8_t **p, const uint8_t *end, int *beyond) {
    const uint8_t *s = *p;
    uint32_t code = s[0];
    if (code < 0x80) {
        *p = s + 1;
        return classes[code];
    }
    int more = code < 0xE0 ? 1 : code < 0xF0 ? 2 : 3;
    if (more > end - s - 1) {
        *p = end;
        return 0;
    }
    *p = s + 1 + more;
    if (more == 1) code = (code & 0x1F) << 6 | (s[1] & 0x3F);
    if (more == 2) code = (code & 0x0F) << 12 | (uint32_t)(s[1] & 0x3F) << 6 | (s[2] & 0x3F);
    if (more == 3) {
        *beyond = 1;
        return 0;
    }
    return classes[code];
}

static uint8_t class_at(const uint8_t *classes, const uint8_t *p, const uint8_t *end, const uint8_t **after, int *beyond) {
    *after = p;
    return p < end ? next_class(classes, after, end, beyond) : 0;
}

/* Dotted initials (_INITIALS of the analysis) from p on: their end, or NULL. No stretch begins right behind a letter
   or digit, so that the pattern's condition for what stands before is always met. */
static const uint8_t *initials(const uint8_t *classes, const uint8_t *p, const uint8_t *end, int *beyond) {
    const uint8_t *after, *last = NULL, *before_last = NULL, *q;
    if (!(class_at(classes, p, end, &q, beyond) & LETTER)) return NULL;
    while (q < end && *q == '.' && class_at(classes, q + 1, end, &after, beyond) & LETTER) {
        before_last = last;
        last = q = after;
    }
    if (last && class_at(classes, last, end, &after, beyond) & ALNUM) last = before_last; /* it belongs to a longer word */
    if (!last) return NULL;
    if (last < end && *last == '.') last++;
    if (class_at(classes, last, end, &after, beyond) & JOINER && after < end && *after == 's') {
        const uint8_t *genitive = after + 1;
        if (!(class_at(classes, genitive, end, &after, beyond) & ALNUM)) last = genitive;
    }
    return last;
}

/* The end of the stretch that begins at p, which is a letter, digit or underscore, in a text that has characters
   beyond ASCII. */
static const uint8_t *stretch(const uint8_t *classes, const uint8_t *p, const uint8_t *end, int *beyond) {
    const uint8_t *q, *after, *next;
    class_at(classes, p, end, &q, beyond);
    if (q < end && *q == '.' && (after = initials(classes, p, end, beyond))) return after;
    for (;;) {
        uint8_t class = class_at(classes, q, end, &after, beyond);
        if (class & (WORD | MARK) || (class & JOINER && class_at(classes, after, end, &next, beyond) & WORD)) q = after;
        else return q;
    }
}

/* The same in a text of ASCII, where an underscore separates; p is a letter or digit. */
static const uint8_t *ascii_stretch(const uint8_t *classes, const uint8_t *p, const uint8_t *end) {
    int beyond = 0;
    if (p + 1 < end && p[1] == '.') {
        const uint8_t *q = initials(classes, p, end, &beyond);
        if (q) return q;
    }
    for (;;) {
        while (p < end && classes[*p] & ALNUM) p++;
        if (p + 1 < end && *p == '\'' && classes[p[1]] & ALNUM) p++;
        else return p;
    }
}

#endif
