/* The passage around matches as it is shown: searchidx/passage.py in C, for texts that `read_characters` reads. */
#ifndef DOSSIER_PASSAGE_H
#define DOSSIER_PASSAGE_H

#include "text_words.h"

typedef struct {
    uint32_t length, reach, least; /* LENGTH, _REACH and _SHORT of searchidx/passage.py */
    PyObject *start_of;        /* where the word begins in a piece of text that may begin with an article */
} How;

typedef struct {
    uint32_t start, end;
} Range;

static int is_space(uint32_t c) {
    if (c < 0x80) return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31);
    return c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F;
}

static inline int in_word(const Characters *t, uint32_t i) { return t->kind[i] == LETTER || t->kind[i] == DIGIT; }

/* Whether a character is a small letter; -1 with an exception. Beyond ASCII Python is asked, which seldom happens. */
static int is_small(const Characters *t, uint32_t i) {
    if (t->code[i] < 0x80) return t->code[i] - 'a' < 26u;
    PyObject *one = PyUnicode_Substring(t->text, i, (Py_ssize_t)i + 1);
    PyObject *said = one ? PyObject_CallMethod(one, "islower", NULL) : NULL;
    int small = said ? PyObject_IsTrue(said) : -1;
    Py_XDECREF(one);
    Py_XDECREF(said);
    return small;
}

/* _SENTENCE_END: where a sentence ends whose closing sign stands at i, in a text that ends at `high`; 0: nowhere. */
static uint32_t sentence_end(const uint32_t *code, uint32_t i, uint32_t high) {
    uint32_t c = code[i];
    if (c != '.' && c != '!' && c != '?' && c != 0x2026) return 0;
    for (i++; i < high; i++) {
        c = code[i];
        if (c != '\'' && c != '"' && c != 0x2019 && c != 0x201D && c != 0xBB && c != ')') break;
    }
    return i < high && is_space(code[i]) ? i : 0;
}

/* `_sentence_ends`; 0 with an exception. */
static int sentence_ends(const Characters *t, uint32_t low, uint32_t high, Numbers *out) {
    if (high > t->n) high = t->n;
    out->n = 0;
    for (uint32_t i = low; i < high;) {
        uint32_t end = sentence_end(t->code, i, high);
        if (!end) {
            i++;
            continue;
        }
        int ends = 1;
        if (t->code[i] == '.') {
            uint32_t after = end;
            while (after < t->n && after < end + 3 && is_space(t->code[after])) after++;
            if (after < t->n && after < end + 3) {
                int small = is_small(t, after);
                if (small < 0) return 0;
                ends = !small && t->kind[after] != DIGIT;
            }
        }
        if (ends) {
            if (!numbers_room(out, 1)) return PyErr_NoMemory() != NULL;
            out->items[out->n++] = end;
        }
        i = end;
    }
    return 1;
}

/* _PARAGRAPH_END: the end of the first match in [low, high), 0: none. */
static uint32_t paragraph_end(const Characters *t, uint32_t low, uint32_t high) {
    for (uint32_t i = low; i < high; i++) {
        if (t->code[i] == '\n') {
            uint32_t end = i + 1, last = 0;
            for (; end < high && is_space(t->code[end]); end++)
                if (t->code[end] == '\n') last = end + 1;
            if (last) return last;
        } else if (i == 0 || t->code[i - 1] == '\n') {
            uint32_t end = i;
            while (end < high && end - i <= 80 && t->code[end] != '\n') end++;
            if (end >= high || end - i > 80 || end + 1 >= high) continue;
            uint32_t before = t->code[end - 1];
            if (before == '.' || before == '!' || before == '?' || before == ':' || before == ';' || before == ',' || t->kind[end + 1] != LETTER) continue;
            uint32_t long_line = end + 2;
            while (long_line < high && long_line < end + 122 && t->code[long_line] != '\n') long_line++;
            if (long_line == end + 122) return end + 1;
        }
    }
    return 0;
}

static inline uint32_t word_count(const WordPlaces *words) { return words->bounds.n / 2; }
static inline uint32_t word_end(const WordPlaces *words, uint32_t word) { return words->bounds.items[2 * word + 1]; }

/* Where a word begins; -1 with an exception. */
static int64_t word_start(const Characters *t, const WordPlaces *words, uint32_t word, const How *how) {
    uint32_t begin = words->bounds.items[2 * word];
    if (!words->joined.n || !bsearch(&word, words->joined.items, words->joined.n, sizeof word, ascending)) return begin;
    PyObject *piece = PyUnicode_Substring(t->text, begin, word_end(words, word));
    PyObject *said = piece ? PyObject_CallFunctionObjArgs(how->start_of, piece, NULL) : NULL;
    long more = said ? PyLong_AsLong(said) : -1;
    Py_XDECREF(piece);
    Py_XDECREF(said);
    return more < 0 ? -1 : (int64_t)begin + more;
}

/* How many words end at or before a place. */
static uint32_t ending_by(const WordPlaces *words, uint32_t place) {
    uint32_t low = 0, high = word_count(words);
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (word_end(words, middle) <= place) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* `_bounds`; 0 with an exception. */
static int bounds(const Characters *t, const WordPlaces *words, uint32_t first, uint32_t last, const How *how, uint32_t *start, uint32_t *end) {
    int64_t begin = word_start(t, words, first, how);
    if (begin < 0) return 0;
    uint32_t inner_start = (uint32_t)begin, inner_end = word_end(words, last);
    uint32_t inner = inner_end > inner_start ? inner_end - inner_start : 0;
    uint32_t spare = inner < how->length ? (how->length - inner) / 2 : 0;
    uint32_t earliest = inner_start > spare ? inner_start - spare : 0;
    uint32_t low = earliest > how->reach ? earliest - how->reach : 0;
    Numbers breaks = {0};
    int done = 0;
    if (!sentence_ends(t, low, inner_start, &breaks)) goto out;
    if (low == 0) { /* the text's begin is one, too */
        if (!numbers_room(&breaks, 1)) {
            PyErr_NoMemory();
            goto out;
        }
        memmove(breaks.items + 1, breaks.items, breaks.n++ * sizeof *breaks.items);
        breaks.items[0] = 0;
    }
    uint32_t paragraph = 0, k = 0;
    for (uint32_t at = low, found; (found = paragraph_end(t, at, inner_start)) != 0; at = found) paragraph = found;
    while (paragraph && k < breaks.n && breaks.items[k] <= paragraph) k++;
    /* From here on the breaks are: the paragraph's begin, where there is one, and those from number k on. */
    if (paragraph && paragraph >= earliest) *start = paragraph;
    else {
        uint32_t near = k;
        while (near < breaks.n && breaks.items[near] < earliest) near++;
        if (near < breaks.n) *start = breaks.items[near];
        else if (breaks.n > k) *start = breaks.items[breaks.n - 1];
        else if (paragraph) *start = paragraph;
        else {
            uint32_t word = ending_by(words, earliest);
            int64_t place = word < word_count(words) ? word_start(t, words, word, how) : t->n;
            if (place < 0) goto out;
            *start = (uint32_t)place;
        }
    }
    uint32_t latest = *start + how->length > inner_end ? *start + how->length : inner_end;
    if (latest > t->n) latest = t->n;
    if (!sentence_ends(t, inner_end, latest + how->reach, &breaks)) goto out;
    if (t->n <= latest + how->reach) {
        if (!numbers_room(&breaks, 1)) {
            PyErr_NoMemory();
            goto out;
        }
        breaks.items[breaks.n++] = t->n;
    }
    k = 0;
    while (k < breaks.n && breaks.items[k] <= latest) k++;
    if (breaks.n) {
        *end = breaks.items[k ? k - 1 : 0];
        if (*end < *start + how->length / 2) { /* one short sentence: the next one too, though it is long */
            for (uint32_t next = 0; next < breaks.n; next++)
                if (breaks.items[next] > *end) {
                    *end = breaks.items[next];
                    break;
                }
        }
    } else {
        uint32_t word = ending_by(words, latest);
        *end = word ? word_end(words, word - 1) : 0;
    }
    for (uint32_t at = inner_end, found; (found = paragraph_end(t, at, *end)) != 0; at = found)
        if (found >= *start + how->least) {
            *end = found;
            break;
        }
    if (*end < inner_end) *end = inner_end;
    done = 1;
out:
    free(breaks.items);
    return done;
}

static int by_range(const void *a, const void *b) {
    const Range *x = a, *y = b;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    return x->end < y->end ? -1 : x->end > y->end;
}

/* `_ranges`: the characters of the spans that touch the positions [low, high], in *out, *n of them. base: the
   position of the text's first word. 0 with an exception. */
static int ranges_of(const Characters *t, const WordPlaces *words, PyObject *spans, uint32_t base, uint32_t low, uint32_t high, const How *how, Range **out, uint32_t *n) {
    uint32_t room = 0, count = word_count(words);
    *out = NULL;
    *n = 0;
    for (Py_ssize_t l = 0; l < PyTuple_Size(spans); l++) {
        const char *data;
        Py_ssize_t size;
        unsigned int length;
        if (!PyArg_ParseTuple(PyTuple_GetItem(spans, l), "y#I", &data, &size, &length)) return 0;
        const uint8_t *starts = (const uint8_t *)data;
        uint64_t k = 0, all = (uint64_t)size / 4;
        for (uint64_t last = all; k < last;) { /* the first that does not end before `low` */
            uint64_t middle = (k + last) / 2;
            if ((uint64_t)u32_at(starts + 4 * middle) + length <= low) k = middle + 1;
            else last = middle;
        }
        for (; k < all; k++) {
            uint64_t first = u32_at(starts + 4 * k), end = first + length;
            if (first > high) break;
            if (first < base) continue; /* it is shown with the page on which it begins */
            if (end > (uint64_t)base + count) end = (uint64_t)base + count;
            if (first >= end) continue;
            if (*n == room) {
                room = room ? 2 * room : 16;
                Range *more = realloc(*out, room * sizeof *more);
                if (!more) return PyErr_NoMemory() != NULL;
                *out = more;
            }
            int64_t start = word_start(t, words, (uint32_t)(first - base), how);
            if (start < 0) return 0;
            (*out)[(*n)++] = (Range){(uint32_t)start, word_end(words, (uint32_t)(end - 1 - base))};
        }
    }
    if (*n > 1) qsort(*out, *n, sizeof **out, by_range);
    uint32_t merged = 0;
    for (uint32_t k = 0; k < *n; k++) {
        Range *before = merged ? &(*out)[merged - 1] : NULL;
        if (before && (*out)[k].start < before->end) {
            if ((*out)[k].end > before->end) before->end = (*out)[k].end;
        } else {
            (*out)[merged++] = (*out)[k];
        }
    }
    *n = merged;
    return 1;
}

/* Whether `size` signs of a row like `....` or `. . . . ` begin at i: _LEADERS. */
static int leaders(const uint32_t *code, uint32_t i, uint32_t n) {
    uint32_t run = 1;
    while (i + run < n && code[i + run] == code[i]) run++;
    if (code[i] == 0x2026) return run >= 2;
    if (code[i] == '_') return run >= 4;
    if (code[i] != '.') return 0;
    if (run >= 4) return 1;
    for (run = 0; i + 1 < n && code[i] == '.' && code[i + 1] == ' '; i += 2) run++;
    return run >= 4;
}

/* `is_prose` of a shown passage; behind its n characters stands a space. */
static int is_prose(const uint32_t *code, uint32_t n) {
    uint32_t marks = 0, digits = 0, ends = 0;
    for (uint32_t i = 0; i < n; i++) {
        marks += code[i] == ';';
        digits += code[i] - '0' < 10u;
        ends |= sentence_end(code, i, n + 1);
        if (leaders(code, i, n)) return 0;
    }
    return marks < 3 && digits * 6 < n && ends;
}

/* The characters [start, end) with white space as single spaces and a separator behind a heading, and where the
   ranges then stand: (text, marks, whether it reads as prose). */
static PyObject *shown(const Characters *t, uint32_t start, uint32_t end, const Range *ranges, uint32_t n, PyObject *separator) {
    while (start < end && is_space(t->code[start])) start++;
    while (end > start && is_space(t->code[end - 1])) end--;
    Py_ssize_t between = PyUnicode_GetLength(separator), marked = 0;
    if (between < 0) return NULL;
    uint32_t width = end - start, pieces = 0;
    /* Where the ends of headings are; each is followed by a separator, so there are fewer than characters. */
    uint32_t *apart = malloc(((size_t)width + 1) * sizeof *apart), *place = malloc(((size_t)width + 1) * sizeof *place);
    uint32_t *code = malloc(((size_t)width * ((size_t)between + 1) + 1) * sizeof *code);
    char *utf8 = malloc(3 * ((size_t)width * ((size_t)between + 1) + 1));
    PyObject *text = NULL, *marks = NULL, *result = NULL;
    if (!apart || !place || !code || !utf8) {
        PyErr_NoMemory();
        goto done;
    }
    for (uint32_t at = start, found; (found = paragraph_end(t, at, end)) != 0; at = found) {
        uint32_t heading = found, next;
        while (heading > start && is_space(t->code[heading - 1])) heading--;
        for (next = heading; next < end && is_space(t->code[next]);) next++;
        int separate = next < end && in_word(t, next) && heading > start && in_word(t, heading - 1);
        for (uint32_t k = 0; separate && k < n; k++) separate = !(ranges[k].start < heading && heading < ranges[k].end);
        if (separate) apart[pieces++] = heading;
    }
    uint32_t out = 0, piece = 0, begin = 0; /* begin: of this piece in `code` */
    int gap = 0; /* white space came after what was written of this piece */
    for (uint32_t i = start; i < end; i++) {
        place[i - start] = out + (uint32_t)(gap && out > begin);
        if (piece < pieces && i == apart[piece]) {
            piece++;
            gap = 0;
            for (Py_ssize_t k = 0; k < between; k++) {
                PyObject *one = PyUnicode_Substring(separator, k, k + 1);
                Py_ssize_t bytes = 0;
                const uint8_t *p = one ? (const uint8_t *)PyUnicode_AsUTF8AndSize(one, &bytes) : NULL;
                if (!p || bytes > 2) {
                    Py_XDECREF(one);
                    if (p) PyErr_SetString(PyExc_ValueError, "a separator is of Latin letters and signs");
                    goto done;
                }
                code[out++] = bytes == 1 ? p[0] : (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
                Py_DECREF(one);
            }
            begin = out;
        }
        if (is_space(t->code[i])) {
            gap = 1;
            continue;
        }
        if (gap && out > begin) code[out++] = ' ';
        gap = 0;
        code[out++] = t->code[i];
    }
    place[width] = out;
    code[out] = ' ';
    char *p = utf8;
    for (uint32_t i = 0; i < out; i++) {
        uint32_t c = code[i];
        if (c < 0x80) *p++ = (char)c;
        else if (c < 0x800) {
            *p++ = (char)(0xC0 | c >> 6);
            *p++ = (char)(0x80 | (c & 0x3F));
        } else {
            *p++ = (char)(0xE0 | c >> 12);
            *p++ = (char)(0x80 | (c >> 6 & 0x3F));
            *p++ = (char)(0x80 | (c & 0x3F));
        }
    }
    text = PyUnicode_DecodeUTF8(utf8, p - utf8, NULL);
    for (uint32_t k = 0; k < n; k++) marked += ranges[k].start < end && ranges[k].end > start;
    marks = text ? PyTuple_New(marked) : NULL;
    marked = 0;
    for (uint32_t k = 0; marks && k < n; k++) {
        if (ranges[k].start >= end || ranges[k].end <= start) continue;
        uint32_t low = ranges[k].start > start ? ranges[k].start : start, high = ranges[k].end < end ? ranges[k].end : end;
        PyObject *mark = Py_BuildValue("(II)", place[low - start], place[high - start]);
        if (!mark) Py_CLEAR(marks);
        else PyTuple_SetItem(marks, marked++, mark);
    }
    if (marks) result = Py_BuildValue("(OOO)", text, marks, is_prose(code, out) ? Py_True : Py_False);
done:
    Py_XDECREF(text);
    Py_XDECREF(marks);
    free(apart);
    free(place);
    free(code);
    free(utf8);
    return result;
}

static PyObject *kernel_passage(PyObject *module, PyObject *args) {
    PyObject *object, *spans, *separator, *result = NULL;
    unsigned int base, first, last;
    How how;
    if (!PyArg_ParseTuple(args, "UIIIO!IIIUO", &object, &base, &first, &last, &PyTuple_Type, &spans, &how.length, &how.reach, &how.least, &separator, &how.start_of)) return NULL;
    Characters text = {0};
    WordPlaces words = {0};
    Range *ranges = NULL;
    uint32_t n = 0, start, end;
    int read = read_characters(object, &text);
    if (read < 0) return Py_NewRef(Py_None);
    /* An end of a passage is moved at most so far behind the match. */
    if (!read || !find_words(&text, last - base, how.length + how.reach, &words)) goto done;
    uint32_t count = word_count(&words);
    if (first < base || first - base >= count || last < first) {
        result = Py_NewRef(Py_None);
        goto done;
    }
    first -= base;
    last = last - base < count ? last - base : count - 1;
    if (!bounds(&text, &words, first, last, &how, &start, &end)) goto done;
    uint32_t low = base + ending_by(&words, start), high = base + ending_by(&words, end);
    if (ranges_of(&text, &words, spans, base, low, high, &how, &ranges, &n)) result = shown(&text, start, end, ranges, n, separator);
done:
    free(ranges);
    free_words(&text, &words);
    return result;
}

static PyObject *kernel_marks(PyObject *module, PyObject *args) {
    PyObject *object, *spans, *found = NULL;
    How how = {0};
    if (!PyArg_ParseTuple(args, "UO!O", &object, &PyTuple_Type, &spans, &how.start_of)) return NULL;
    Characters text = {0};
    WordPlaces words = {0};
    Range *ranges = NULL;
    uint32_t n = 0;
    int read = read_characters(object, &text);
    if (read < 0) return Py_NewRef(Py_None);
    if (read && find_words(&text, UINT32_MAX, 0, &words) && ranges_of(&text, &words, spans, 0, 0, UINT32_MAX, &how, &ranges, &n)) found = PyTuple_New(n);
    for (uint32_t k = 0; found && k < n; k++) {
        PyObject *mark = Py_BuildValue("(II)", ranges[k].start, ranges[k].end);
        if (!mark) Py_CLEAR(found);
        else PyTuple_SetItem(found, k, mark);
    }
    free(ranges);
    free_words(&text, &words);
    return found;
}

#endif
