/* The stem of an English word: the algorithm "English (Porter2)" of https://snowballstem.org as of Snowball 3.1.1.

   Words of ASCII only, short ones; searchidx/stemming.py uses it where that release of the stemming library is
   installed, and the library itself for everything else; the tests hold the two equal. */
#ifndef DOSSIER_ENGLISH_H
#define DOSSIER_ENGLISH_H

#include <stdint.h>
#include <string.h>

#define LONGEST_WORD 100

/* A word under way: w[0 .. n). R1 begins at p1, R2 at p2. */
typedef struct {
    char w[LONGEST_WORD + 8];
    int n, p1, p2;
} Word;

/* An ending and what takes its place, or a rule of its own. */
typedef struct {
    const char *ending, *instead;
    int rule;
} Ending;

enum { REPLACE, AFTER_L, AFTER_LI, IN_R2, AFTER_ST };

static int vowel(char c) { return c && strchr("aeiouy", c) != NULL; }

static int has_vowel(const Word *word, int end) {
    for (int i = 0; i < end; i++)
        if (vowel(word->w[i])) return 1;
    return 0;
}

static int ends_with(const Word *word, int end, const char *ending) {
    int n = (int)strlen(ending);
    return n <= end && memcmp(word->w + end - n, ending, (size_t)n) == 0;
}

/* The longest of the endings, which stand longest first; NULL where the word has none. */
static const Ending *ending_of(const Word *word, const Ending *endings) {
    for (; endings->ending; endings++)
        if (ends_with(word, word->n, endings->ending)) return endings;
    return NULL;
}

static void replace(Word *word, int from, const char *by) {
    size_t n = strlen(by);
    memcpy(word->w + from, by, n);
    word->n = from + (int)n;
}

/* Whether w[0 .. end) ends in a short syllable. */
static int short_syllable(const Word *word, int end) {
    const char *w = word->w;
    if (end >= 3 && !strchr("Yaeiouwxy", w[end - 1]) && vowel(w[end - 2]) && !vowel(w[end - 3])) return 1;
    if (end == 2 && !vowel(w[1]) && vowel(w[0])) return 1;
    return ends_with(word, end, "past");
}

/* Behind the first letter that is no vowel after a vowel, from `from` on; -1 where there is none. */
static int region(const Word *word, int from) {
    int i = from;
    while (i < word->n && !vowel(word->w[i])) i++;
    while (i < word->n && vowel(word->w[i])) i++;
    return i < word->n ? i + 1 : -1;
}

static void mark_regions(Word *word) {
    static const char *beginnings[] = {"arsen", "commun", "emerg", "gener", "inter", "later", "organ", "past", "univers", NULL};
    int first = -1;
    word->p1 = word->p2 = word->n;
    for (int i = 0; beginnings[i] && first < 0; i++) {
        int n = (int)strlen(beginnings[i]);
        if (n <= word->n && memcmp(word->w, beginnings[i], (size_t)n) == 0) first = n;
    }
    if (first < 0) first = region(word, 0);
    if (first < 0) return;
    word->p1 = first;
    int second = region(word, first);
    if (second >= 0) word->p2 = second;
}

static void step_1a(Word *word) {
    if (ends_with(word, word->n, "'s'")) word->n -= 3;
    else if (ends_with(word, word->n, "'s")) word->n -= 2;
    else if (ends_with(word, word->n, "'")) word->n -= 1;
    if (ends_with(word, word->n, "sses")) word->n -= 2;
    else if (ends_with(word, word->n, "ied") || ends_with(word, word->n, "ies")) replace(word, word->n - 3, word->n >= 5 ? "i" : "ie");
    else if (ends_with(word, word->n, "ss") || ends_with(word, word->n, "us")) return;
    else if (ends_with(word, word->n, "s") && word->n >= 2 && has_vowel(word, word->n - 2)) word->n--;
}

static int one_of(const Word *word, int end, const char *const *words) {
    for (; *words; words++)
        if ((int)strlen(*words) == end && memcmp(word->w, *words, (size_t)end) == 0) return 1;
    return 0;
}

static void step_1b(Word *word) {
    static const char *const ceed[] = {"succ", "proc", "exc", NULL}, *const ing[] = {"even", "cann", "inn", "earr", "herr", "out", NULL};
    int eed = ends_with(word, word->n, "eedly") ? 5 : ends_with(word, word->n, "eed") ? 3 : 0;
    if (eed) {
        int start = word->n - eed;
        if (word->p1 <= start && !one_of(word, start, ceed)) replace(word, start, "ee");
        return;
    }
    int start = -1;
    if (ends_with(word, word->n, "ingly")) start = word->n - 5;
    else if (ends_with(word, word->n, "edly")) start = word->n - 4;
    else if (ends_with(word, word->n, "ed")) start = word->n - 2;
    else if (ends_with(word, word->n, "ing")) {
        start = word->n - 3;
        if (start == 2 && word->w[1] == 'y' && !vowel(word->w[0])) {
            replace(word, 1, "ie");
            return;
        }
        if (one_of(word, start, ing)) return;
    }
    if (start < 0 || !has_vowel(word, start)) return;
    word->n = start;
    char last = start ? word->w[start - 1] : 0, before = start > 1 ? word->w[start - 2] : 0;
    if (ends_with(word, start, "at") || ends_with(word, start, "bl") || ends_with(word, start, "iz")) {
        replace(word, start, "e");
    } else if (last == before && last && strchr("bdfgmnprt", last)) {
        if (!(start == 3 && strchr("aeo", word->w[0]))) word->n--;
    } else if (start == word->p1 && short_syllable(word, start)) {
        replace(word, start, "e");
    }
}

static void step_1c(Word *word) {
    int last = word->n - 1;
    if (last >= 2 && (word->w[last] == 'y' || word->w[last] == 'Y') && !vowel(word->w[last - 1])) word->w[last] = 'i';
}

static void step_2(Word *word) {
    static const Ending endings[] = {
        {"ational", "ate", REPLACE}, {"fulness", "ful", REPLACE}, {"iveness", "ive", REPLACE}, {"ization", "ize", REPLACE},
        {"ousness", "ous", REPLACE}, {"biliti", "ble", REPLACE}, {"lessli", "less", REPLACE}, {"tional", "tion", REPLACE},
        {"alism", "al", REPLACE}, {"aliti", "al", REPLACE}, {"ation", "ate", REPLACE}, {"entli", "ent", REPLACE},
        {"fulli", "ful", REPLACE}, {"iviti", "ive", REPLACE}, {"ogist", "og", REPLACE}, {"ousli", "ous", REPLACE},
        {"abli", "able", REPLACE}, {"alli", "al", REPLACE}, {"anci", "ance", REPLACE}, {"ator", "ate", REPLACE},
        {"enci", "ence", REPLACE}, {"izer", "ize", REPLACE}, {"bli", "ble", REPLACE}, {"ogi", "og", AFTER_L},
        {"li", "", AFTER_LI}, {NULL, NULL, 0},
    };
    const Ending *found = ending_of(word, endings);
    int start = found ? word->n - (int)strlen(found->ending) : 0;
    if (!found || word->p1 > start) return;
    if (found->rule == AFTER_L && !(start && word->w[start - 1] == 'l')) return;
    if (found->rule == AFTER_LI && !(start && strchr("cdeghkmnrt", word->w[start - 1]))) return;
    replace(word, start, found->instead);
}

static void step_3(Word *word) {
    static const Ending endings[] = {
        {"ational", "ate", REPLACE}, {"tional", "tion", REPLACE}, {"alize", "al", REPLACE}, {"ative", "", IN_R2},
        {"icate", "ic", REPLACE}, {"iciti", "ic", REPLACE}, {"ical", "ic", REPLACE}, {"ness", "", REPLACE},
        {"ful", "", REPLACE}, {NULL, NULL, 0},
    };
    const Ending *found = ending_of(word, endings);
    int start = found ? word->n - (int)strlen(found->ending) : 0;
    if (!found || word->p1 > start || (found->rule == IN_R2 && word->p2 > start)) return;
    replace(word, start, found->instead);
}

static void step_4(Word *word) {
    static const Ending endings[] = {
        {"ement", "", REPLACE}, {"able", "", REPLACE}, {"ance", "", REPLACE}, {"ence", "", REPLACE}, {"ible", "", REPLACE},
        {"ment", "", REPLACE}, {"ant", "", REPLACE}, {"ate", "", REPLACE}, {"ent", "", REPLACE}, {"ion", "", AFTER_ST},
        {"ism", "", REPLACE}, {"iti", "", REPLACE}, {"ive", "", REPLACE}, {"ize", "", REPLACE}, {"ous", "", REPLACE},
        {"al", "", REPLACE}, {"er", "", REPLACE}, {"ic", "", REPLACE}, {NULL, NULL, 0},
    };
    const Ending *found = ending_of(word, endings);
    int start = found ? word->n - (int)strlen(found->ending) : 0;
    if (!found || word->p2 > start) return;
    if (found->rule == AFTER_ST && !(start && (word->w[start - 1] == 's' || word->w[start - 1] == 't'))) return;
    word->n = start;
}

static void step_5(Word *word) {
    int last = word->n - 1;
    if (last < 0) return;
    if (word->w[last] == 'e') {
        if (word->p2 <= last || (word->p1 <= last && !short_syllable(word, last))) word->n = last;
    } else if (word->w[last] == 'l' && word->p2 <= last && last && word->w[last - 1] == 'l') {
        word->n = last;
    }
}

/* Put the stem in place of the word. */
static void english(Word *word) {
    static const char *const special[][2] = {
        {"andes", "andes"}, {"atlas", "atlas"}, {"bias", "bias"}, {"cosmos", "cosmos"}, {"early", "earli"}, {"gently", "gentl"},
        {"howe", "howe"}, {"idly", "idl"}, {"news", "news"}, {"only", "onli"}, {"singly", "singl"}, {"skies", "sky"},
        {"skis", "ski"}, {"sky", "sky"}, {"ugly", "ugli"},
    };
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (ends_with(word, word->n, special[i][0]) && word->n == (int)strlen(special[i][0])) {
            replace(word, 0, special[i][1]);
            return;
        }
    if (word->n < 3) return;
    if (word->w[0] == '\'') memmove(word->w, word->w + 1, (size_t)--word->n);
    int marked = 0; /* a y that is a consonant becomes Y meanwhile */
    for (int i = 0; i < word->n; i++)
        if (word->w[i] == 'y' && (i == 0 || vowel(word->w[i - 1]))) {
            word->w[i] = 'Y';
            marked = 1;
        }
    mark_regions(word);
    step_1a(word);
    step_1b(word);
    step_1c(word);
    step_2(word);
    step_3(word);
    step_4(word);
    step_5(word);
    for (int i = 0; marked && i < word->n; i++)
        if (word->w[i] == 'Y') word->w[i] = 'y';
}

#endif
