/* Shared by the files that answer whether something was touched. */
#ifndef ASH_INVESTIGATE_UNTOUCHED_INTERNAL_H
#define ASH_INVESTIGATE_UNTOUCHED_INTERNAL_H

#include "investigate/coverage.h"
#include "investigate/untouched.h"

/* Adds what lies from since to until of a hidden time (ASH_TIME_NONE: open). */
int ash_hidden_add(ash_hiddens *h, const ash_untouched_server *s, int64_t first, int64_t last,
                   unsigned hides, const char *reason, const char *input, ash_error *err,
                   const char *fmt, ...) ASH_PRINTF(9, 10);
void ash_hiddens_free(ash_hiddens *h);

/* --- times (untouched_times.c) ----------------------------------------- */

/* Fills since, until, shift and hidden of a server. */
int ash_untouched_times(ash_untouched_server *s, uint32_t id, ash_reader *r, const ash_coverage *c,
                        const ash_question *q, ash_error *err) ASH_MUST_USE;

/* --- places (untouched_places.c) --------------------------------------- */

/* How paths are compared: without regard to upper and lower case or to how
 * accents are composed, for a name that is missed would be a false "untouched".
 * `column` is SQL. */
#define ASH_SQL_NORM(column) "nfc_normalize(lower(" column "))"

/* Where a share's records reach. */
typedef struct ash_place {
    uint32_t share;
    size_t server;       /* index, SIZE_MAX: not asked about */
    int64_t operations;  /* RECORDS_* */
    bool known;          /* it has accesses that tell */
    bool relative, absolute; /* forms of its names; both: neither can be relied on */
    int64_t first_cs, last_cs; /* of those accesses */
    char *folder;        /* owned; normalised, the deepest that holds all of them; "" = root */
} ash_place;

typedef struct ash_places {
    ash_place *rows;
    size_t n;
} ash_places;

int ash_places_load(ash_places *ret, ash_reader *r, ash_error *err) ASH_MUST_USE;
void ash_places_free(ash_places *p);

/* A path asked about, made comparable. */
typedef struct ash_target {
    char *base;    /* owned; normalised, without a separator at its end */
    char *folder;  /* owned; of base; NULL: it has none */
    char *name;    /* owned; of base */
    char *pattern; /* owned; for GLOB; NULL: base and all below it are meant */
    bool absolute;
    bool anywhere; /* it begins with a wildcard */
    bool control;  /* it holds control characters, which syslog writes in other ways */
} ash_target;

int ash_targets_make(ash_target **ret, ash_reader *r, const ash_question *q, ash_error *err)
    ASH_MUST_USE;
void ash_targets_free(ash_target *t, size_t n);

typedef enum ash_reach {
    ASH_REACH_NONE, /* the share's records are from elsewhere */
    ASH_REACH_PART, /* they are from a part of what is meant */
    ASH_REACH_ALL,
} ash_reach;

ash_reach ash_place_reach(const ash_place *p, const ash_target *t);

/* --- accesses (untouched_find.c) --------------------------------------- */

/* Finds the accesses to each target, and fills counts, touches, named and what
 * moved in the rows, which are there. */
int ash_untouched_find(ash_untouched *u, ash_reader *r, const ash_question *q,
                       const ash_target *targets, const ash_places *places, ash_error *err)
    ASH_MUST_USE;

#endif
