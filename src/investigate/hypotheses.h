/* Explanations of a track, weighed by the analysis of competing hypotheses:
 * Heuer, "Psychology of Intelligence Analysis" (CIA, 1999), chapter 8. Every
 * observation is held against every explanation; the one with least against it
 * stands first, whatever speaks for it; equals share a rank. Observations that
 * say the same of all
 * change nothing. There are no probabilities: nobody knows how often each occurs. */
#ifndef ASH_INVESTIGATE_HYPOTHESES_H
#define ASH_INVESTIGATE_HYPOTHESES_H

#include "investigate/observations.h"

typedef enum ash_hypothesis_kind {
#define HYPOTHESIS(id, name, short_title) ASH_HYPOTHESIS_##id,
#include "investigate/observations.def"
    ASH_HYPOTHESES,
} ash_hypothesis_kind;

typedef struct ash_hypothesis {
    ash_hypothesis_kind kind;
    unsigned rank; /* 1: least against it; equals share a rank */
    unsigned supports, contradicts; /* observations */
} ash_hypothesis;

typedef struct ash_weighed {
    ash_observations observations;
    ash_hypothesis at[ASH_HYPOTHESES]; /* by rank, then by supports, then by kind */
} ash_weighed;

typedef struct ash_hypotheses {
    ash_weighed *at; /* owned; one a track of the story */
    size_t n;
} ash_hypotheses;

int ash_hypotheses_load(ash_hypotheses *ret, const ash_story *s, const ash_known *k, ash_error *err)
    ASH_MUST_USE;
void ash_hypotheses_free(ash_hypotheses *h);

/* The ranking of observations alone. */
void ash_hypotheses_rank(const ash_observations *o, ash_hypothesis ret[ASH_HYPOTHESES]);

/* '+' supports, '-' contradicts, '0' says nothing; in words: "for", "against", "". */
char ash_hypothesis_sign(ash_hypothesis_kind k, ash_observed v);
const char *ash_hypothesis_word(ash_hypothesis_kind k, ash_observed v);

/* How many stand first together. */
size_t ash_hypotheses_leading(const ash_weighed *w);

/* Was anything else known of the accounts? Without, an intruder cannot be told
 * from an account's owner. */
bool ash_hypotheses_compared(const ash_weighed *w);

const char *ash_hypothesis_name(ash_hypothesis_kind k);    /* stable: "stolen-account" */
const char *ash_hypothesis_short(ash_hypothesis_kind k);   /* for people: "stolen account" */
const char *ash_hypothesis_title(ash_hypothesis_kind k);   /* for people: a sentence */
const char *ash_hypothesis_decides(ash_hypothesis_kind k); /* which records would decide it */
/* "3 observations speak for it, 1 against it (...)"; appended. */
void ash_hypothesis_text(const ash_weighed *w, size_t i, ash_buf *out);

#endif
