/* Verifying a case: everything its ledger says is computed again.
 *
 * Nothing in the case is written, no file is made in it. */
#ifndef ASH_LEDGER_VERIFY_H
#define ASH_LEDGER_VERIFY_H

#include <stdatomic.h>

#include "base/arena.h"
#include "ledger/head.h"

typedef enum ash_verdict_of_case {
    ASH_CASE_INTACT,
    ASH_CASE_INCOMPLETE, /* nothing contradicts the ledger, but it does not cover everything */
    ASH_CASE_DAMAGED,
} ash_verdict_of_case;

typedef struct ash_damage {
    const char *kind;  /* stable word, a row of verify_kinds.def */
    const char *file;  /* below the case, or an input's path; "" if none */
    uint64_t offset;   /* ASH_NO_OFFSET if it has no place */
    uint64_t bytes;    /* from there on */
    const char *text;  /* a sentence, translated */
    bool incomplete;   /* not covered rather than damaged */
} ash_damage;

/* What a rule of retention removed. */
typedef struct ash_verify_removal {
    const char *time, *rule, *until; /* until: "" if no access was removed */
    uint64_t entry, accesses, segments, files;
} ash_verify_removal;

typedef struct ash_verify_options {
    const uint8_t *public_key; /* must be one of the ledger's keys; NULL: any */
    const ash_head *anchor;    /* a head kept elsewhere that must be in the ledger; NULL */
    bool inputs;               /* read the inputs too, where they still are outside of the case */
    unsigned threads;
    const atomic_bool *stop;
} ash_verify_options;

typedef struct ash_verify_result {
    ash_verdict_of_case verdict;
    ash_damage *damages; /* in the order of ash_damage.file and offset, ledger first */
    size_t n_damages, cap_damages;
    uint64_t more;       /* damages beyond ASH_LEDGER_DAMAGES_MAX */
    char case_id[ASH_CASE_ID_SIZE];
    ash_head head;       /* the newest valid one; counter 0: none */
    uint64_t heads, entries, runs, voids, unfinished, files, bytes;
    uint64_t inputs, inputs_read, inputs_absent, inputs_replaced;
    ash_verify_removal *removals; /* owned */
    size_t n_removals;
    const char *hold; /* why nothing may be removed; NULL */
    double seconds;
    ash_arena arena;     /* of names and sentences */
} ash_verify_result;

/* 0 whatever was found; an error only where verifying was not possible at all
 * (no such case, another ashiato working on it, out of memory, stopped). */
int ash_verify(ash_verify_result *ret, const char *dir, const ash_verify_options *o, ash_error *err)
    ASH_MUST_USE;
void ash_verify_free(ash_verify_result *r);

#endif
