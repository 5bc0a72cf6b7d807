/* Words within an edit distance: `within_edits` of searchidx/lexicon.py, for words of up to LONGEST letters. */
#ifndef DOSSIER_EDITS_H
#define DOSSIER_EDITS_H

#include "word_lists.h"

#define LONGEST 64

/* The code points of a term; how many, at most `room`. ends[i]: where point i ends in the bytes. */
static uint32_t points_of(const uint8_t *text, uint32_t size, uint32_t *points, uint32_t *ends, uint32_t room) {
    uint32_t n = 0, i = 0;
    while (i < size && n < room) {
        uint32_t c = text[i], more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
        c &= more == 3 ? 0x07 : more == 2 ? 0x0F : more == 1 ? 0x1F : 0x7F;
        for (i++; more && i < size; more--, i++) c = c << 6 | (text[i] & 0x3F);
        points[n] = c;
        ends[n++] = i;
    }
    return n;
}

static uint32_t least3(uint32_t a, uint32_t b, uint32_t c) { return a < b ? (a < c ? a : c) : b < c ? b : c; }

/* Whether an entry, or the next ones of the same word, occur in one of the fields; -1 with an exception. */
static int occurs(Segment *s, uint64_t entry, uint8_t fields) {
    uint32_t n, m;
    const uint8_t *text = term(s, S_BLOB, S_ENDS, entry, &n);
    for (uint64_t e = entry; text && e < s->size[S_ENDS] / 4; e++) {
        const uint8_t *other = term(s, S_BLOB, S_ENDS, e, &m);
        if (!other) return -1;
        if (m != n || memcmp(text, other, n)) return 0;
        const uint8_t *at = section(s, S_AT, 8 * e, 8);
        const uint8_t *held = at ? section(s, S_POSTINGS, u64_at(at), 1) : NULL;
        if (!held) return -1;
        if (*held & fields) return 1;
    }
    return text ? 0 : -1;
}

static PyObject *segment_within(PyObject *self, PyObject *args) {
    Segment *s = (Segment *)self;
    const char *text;
    Py_ssize_t size;
    unsigned int edits;
    unsigned char fields;
    if (!PyArg_ParseTuple(args, "y#Ib", &text, &size, &edits, &fields)) return NULL;
    if (!check_open(s)) return NULL;
    uint32_t word[LONGEST + 1], ends[2 * LONGEST + 2], now[2 * LONGEST + 2], before[2 * LONGEST + 2];
    uint32_t length = points_of((const uint8_t *)text, (uint32_t)size, word, ends, LONGEST + 1);
    if (length > LONGEST || edits > LONGEST / 2) {
        PyErr_SetString(PyExc_ValueError, "the word is too long");
        return NULL;
    }
    /* rows[d][c]: distance of the first d letters of a term to the first c of the word */
    static uint8_t rows[2 * LONGEST + 2][LONGEST + 1];
    for (uint32_t c = 0; c <= length; c++) rows[0][c] = (uint8_t)c;
    PyObject *found = PyList_New(0);
    uint64_t all = s->size[S_ENDS] / 4;
    uint32_t depth_of = 0; /* rows that are right for `before` */
    for (uint64_t entry = 0; found && entry < all;) {
        uint32_t n;
        const uint8_t *bytes = term(s, S_BLOB, S_ENDS, entry, &n);
        if (!bytes) goto failed;
        uint32_t count = points_of(bytes, n, now, ends, 2 * LONGEST + 1), shared = 0, dead = 0;
        while (shared < depth_of && shared < count && now[shared] == before[shared]) shared++;
        if (shared == count && shared == depth_of && entry) { /* a word of two languages stands there twice */
            uint32_t m;
            const uint8_t *previous = term(s, S_BLOB, S_ENDS, entry - 1, &m);
            if (!previous) goto failed;
            if (m == n && !memcmp(previous, bytes, n)) {
                entry++;
                continue;
            }
        }
        for (uint32_t d = shared + 1; d <= count; d++) {
            uint32_t least = rows[d][0] = (uint8_t)d;
            for (uint32_t c = 1; c <= length; c++) {
                uint32_t value = least3(rows[d - 1][c] + 1u, rows[d][c - 1] + 1u, rows[d - 1][c - 1] + (now[d - 1] != word[c - 1]));
                if (d > 1 && c > 1 && now[d - 1] == word[c - 2] && now[d - 2] == word[c - 1] && rows[d - 2][c - 2] + 1u < value)
                    value = rows[d - 2][c - 2] + 1u;
                rows[d][c] = (uint8_t)value;
                if (value < least) least = value;
            }
            uint32_t above = 255;
            for (uint32_t c = 0; c <= length; c++) above = rows[d - 1][c] < above ? rows[d - 1][c] : above;
            before[d - 1] = now[d - 1];
            depth_of = d;
            /* A swap can lower the distance by looking two rows back, so both must be out of reach. */
            if (least > edits && above + 1 > edits) {
                dead = d;
                break;
            }
        }
        if (dead) {
            char prefix[8 * LONGEST + 16];
            uint32_t end = ends[dead - 1];
            memcpy(prefix, bytes, end);
            prefix[end] = (char)0xFF; /* cannot occur in UTF-8: sorts behind all that begins so */
            int64_t next = lower_bound(s, S_BLOB, S_ENDS, prefix, end + 1);
            if (next < 0) goto failed;
            entry = (uint64_t)next > entry ? (uint64_t)next : entry + 1;
            continue;
        }
        if (count <= 2 * LONGEST && rows[count][length] <= edits) {
            int there = occurs(s, entry, fields);
            PyObject *pair = there > 0 ? Py_BuildValue("(y#I)", bytes, (Py_ssize_t)n, (unsigned)rows[count][length]) : NULL;
            if (there < 0 || (there && (!pair || PyList_Append(found, pair) < 0))) {
                Py_XDECREF(pair);
                goto failed;
            }
            Py_XDECREF(pair);
        }
        entry++;
    }
    return found;
failed:
    Py_DECREF(found);
    return NULL;
}

#endif
