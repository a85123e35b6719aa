/* What an analyst decides about tracks, and the record of it.
 *
 * A decision changes tracks and is written down in one transaction: when, by
 * whom, why, and every part concerned. Parts never lie in two tracks: what an
 * analyst puts into one leaves the others. Rules and reasons:
 * docs/decisions/0021-decisions.md. */
#ifndef ASH_INVESTIGATE_DECISIONS_H
#define ASH_INVESTIGATE_DECISIONS_H

#include "investigate/filter.h"
#include "investigate/tracks.h"

typedef enum ash_action {
    ASH_ACTION_ACCEPT,
    ASH_ACTION_REJECT,
    ASH_ACTION_SPLIT, /* the parts meant go to a new track */
    ASH_ACTION_ADD,   /* the actors meant become a track, or go to one */
    ASH_ACTION_DROP,  /* the parts meant are in no track */
} ash_action;
#define ASH_ACTIONS 5

const char *ash_action_name(ash_action a);

/* The account, client, server, since and until of `filter` say which parts or
 * actors are meant, and cut them. */
typedef struct ash_decide {
    ash_action action;
    int64_t track;            /* 0: a new one, for ASH_ACTION_ADD only */
    const ash_filter *filter; /* not for accept and reject */
    const char *filter_text;  /* the same as it was typed */
    bool grow; /* ASH_ACTION_ADD: what is meant is known; look for the rest (grow.h) */
    const char *by, *why;     /* any bytes; not NULL */
    int64_t time;             /* ns: now */
} ash_decide;

/* What became of it. */
typedef struct ash_decided {
    int64_t decision, track; /* track: the one that now has what was named */
    size_t parts;            /* that moved or were dropped; accept, reject: the track's */
    size_t left;             /* split, drop: parts the track keeps */
    size_t from_others;      /* add: parts other tracks had, or pieces of them */
} ash_decided;

/* Part of a transaction of the caller's (ash_case_begin). ASH_E_NOTFOUND: there
 * is no such track, or nothing is meant. ASH_E_STATE: nothing would be left, or
 * nothing would change. */
int ash_decide_on(ash_reader *r, const ash_decide *d, ash_decided *ret, ash_error *err) ASH_MUST_USE;

/* --- the record -------------------------------------------------------- */

typedef struct ash_decision_part {
    const char *change; /* "kept" (accept, reject: what was judged), "added", "removed" */
    int64_t track;      /* whose part it was, or is */
    ash_part part;
} ash_decision_part;

typedef struct ash_decision {
    int64_t id, time, track;
    const char *action;
    char *by, *why, *filters; /* owned; any bytes */
    ash_decision_part *parts;
    size_t n_parts;
} ash_decision;

typedef struct ash_decisions {
    ash_decision *rows;
    size_t n;
} ash_decisions;

/* In the order they were made. */
int ash_decisions_load(ash_decisions *ret, ash_reader *r, ash_error *err) ASH_MUST_USE;
void ash_decisions_free(ash_decisions *d);

/* "D1". */
const char *ash_decision_name(int64_t id, char buf[24]);

#endif
