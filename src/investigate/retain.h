/* Retention: what a case may lose, by whole segments, and losing it.
 *
 * Accesses, folder sums, sessions and logons of a segment go together. The names
 * of its paths stay while a later segment of the same volume is kept, because that
 * may use them. The rows of inputs, findings, decisions and hours stay: they say
 * what the case once held. */
#ifndef ASH_INVESTIGATE_RETAIN_H
#define ASH_INVESTIGATE_RETAIN_H

#include "case/case.h"

typedef struct ash_retain_rule {
    int64_t before;     /* ns: segments that end before it go; ASH_TIME_NONE: no such rule */
    uint64_t max_bytes; /* of the store: the oldest go until it is no larger; UINT64_MAX: no such rule */
    const char *text;   /* as it was given; kept in the ledger */
} ash_retain_rule;

typedef struct ash_retain_segment {
    uint32_t number, volume;
    int64_t accesses, sessions, logons, paths, dirs, bytes;
    int64_t first_cs, last_cs; /* of accesses and, where there are none, logons and sessions */
    const char *why;           /* "age", "size"; NULL: it stays */
    bool names;                /* the names of its paths go too */
} ash_retain_segment;

typedef struct ash_retain_plan {
    ash_retain_segment *rows; /* owned; all segments, by number */
    size_t n;
    char (*files)[64];        /* owned; names below the case, folder by folder */
    size_t n_files, cap_files;
    uint64_t bytes;           /* of these files */
    int64_t segments, accesses, copies; /* removed; copies of piped inputs */
    int64_t until_cs;         /* the latest time removed; INT64_MIN: none */
} ash_retain_plan;

/* Chooses; changes nothing. */
int ash_retain_plan_make(ash_retain_plan *ret, ash_case *c, const ash_retain_rule *rule, ash_error *err)
    ASH_MUST_USE;
void ash_retain_plan_free(ash_retain_plan *p);

/* Removes what is chosen: the ledger's entry and the case's transaction first, then
 * the files. The case is open for writing with its ledger. ASH_E_STATE while the
 * case is held. */
int ash_retain_apply(const ash_retain_plan *p, ash_case *c, const ash_retain_rule *rule, ash_error *err)
    ASH_MUST_USE;

/* Whether the report is older than a removal: a run that was cut short had no time
 * to write it. */
int ash_retain_report_due(ash_case *c, bool *ret, ash_error *err) ASH_MUST_USE;
int ash_retain_report_done(ash_case *c, ash_error *err) ASH_MUST_USE;

/* The reason of a hold into buf; empty if the case is not held. */
int ash_hold_reason(ash_case *c, char *buf, size_t size, ash_error *err) ASH_MUST_USE;
/* Holds (a reason) or releases (NULL) the case. */
int ash_hold_set(ash_case *c, const char *reason, ash_error *err) ASH_MUST_USE;

#endif
