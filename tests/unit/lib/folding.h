/* Decoding and folding in one go, with the outcome as text: one line an access,
 * "GRADE+changes PATH -> NEW flags", sorted. */
#ifndef ASH_TESTS_FOLDING_H
#define ASH_TESTS_FOLDING_H

#include "base/buf.h"
#include "decode.h"
#include "fold/fold.h"

typedef struct folding {
    ash_actors *actors;
    ash_fold *fold;
    ash_clock clock;
    ash_hours hours;
    ash_likeness likeness;
    ash_buf accesses; /* closed ones, as text */
    ash_buf grown;    /* "PATH:bits\n" in order */
    bool who;         /* add " @ACTOR/SHARE *RECORDS" to each access */
    unsigned n_admin, last_admin;
    bool times;       /* add first and last, records and place of each access */
    unsigned n_sessions, n_logons;
    uint64_t session_records;
    int32_t fail_after; /* the sink of closed accesses fails after so many; -1: never */
} folding;

void folding_open(folding *f);
void folding_close(folding *f);

/* Folds a decoder's batch as of one input. */
void folding_batch(folding *f, const ash_batch *b);
void folding_flush(folding *f);

/* Saves the fold's state and goes on with a new fold loaded from it. */
void folding_reload(folding *f);

/* Turns "SECONDS[@who] operation|ok|..." lines into a log. who: "kato" (also
 * without '@') comes from 10.0.0.5, anybody else from 10.0.0.6. Seconds count
 * from 2026-11-23T00:00:00Z and may be fractions. Share "data". */
void script_log(const char *script, ash_buf *out);

/* Folds a script whole and compares the sorted accesses. */
void expect_accesses(const char *name, const char *script, const char *expected);

/* The sorted lines of what was closed; caller frees. */
char *sorted_lines(const char *text);

#endif
