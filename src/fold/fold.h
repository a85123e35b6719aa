/* Folding: events -> accesses.
 *
 * An access is opened by its first record and closed when its path was not
 * touched for ASH_IDLE, when the input chain ends, or early when the table is
 * full (counted). All decisions use event time only, so that a replay gives the
 * same accesses. One thread. Memory: bounded by ASH_OPEN_ACCESSES_MAX and
 * ASH_OPEN_*_BYTES, plus one small record an actor.
 *
 * Listings: a server that lists a folder looks every entry up. Such lookups
 * are counted as the folder's `entries` and make no access of their own, unless
 * something else happens to the same path.
 */
#ifndef ASH_FOLD_FOLD_H
#define ASH_FOLD_FOLD_H

#include "ashiato/access.h"
#include "ashiato/source.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "fold/actors.h"
#include "fold/clock.h"
#include "fold/hours.h"
#include "fold/likeness.h"
#include "fold/numbers.h"

/* CONCEPTS: a session is a run of events without 15 idle minutes. */
#define ASH_IDLE (15 * 60 * ASH_NS_PER_S)

/* A run of one actor's events. */
typedef struct ash_session {
    uint32_t id;
    uint32_t actor;
    int64_t first, last;
    uint64_t records;
    uint32_t connects;
    uint32_t input;
} ash_session;

typedef struct ash_fold_sink {
    void *user;
    /* Each time an access reaches a grade or change it did not have. */
    void (*grew)(void *user, const ash_access *a, unsigned what);
    /* Once per access, when it is complete. */
    int (*closed)(void *user, const ash_access *a, ash_error *err);
    int (*session)(void *user, const ash_session *s, ash_error *err);
    int (*logon)(void *user, const ash_event *e, int64_t time, uint32_t actor, uint32_t input,
                 ash_error *err);
    /* The log, the audit policy or a share was changed (ASH_OP_ADMIN). */
    void (*admin)(void *user, const ash_event *e, int64_t time, ash_ids ids);
} ash_fold_sink;

typedef struct ash_fold_stats {
    uint64_t events;
    uint64_t accesses;       /* closed */
    uint64_t split_early;    /* closed because the table was full */
    uint64_t entry_records;  /* records folded into listings */
    uint64_t other_records;  /* records that say nothing about content */
    uint64_t half_reads;     /* accesses whose reads begin but do not end, or the reverse */
    uint64_t lost_handles;   /* deletions whose file is not known */
    uint64_t lost_logons;    /* logon sessions forgotten because there were too many */
    uint64_t lost_folders;   /* share roots and folders that found no room */
} ash_fold_stats;

typedef struct ash_fold ash_fold;

int ash_fold_new(ash_fold **ret, ash_actors *actors, const ash_fold_sink *sink, uint64_t seed,
                 ash_error *err) ASH_MUST_USE;
void ash_fold_free(ash_fold *f);

/* What is gathered about an input beside its accesses. */
typedef struct ash_tally {
    ash_clock *clock; /* puts times without year or zone right */
    ash_hours *hours;
    ash_likeness *likeness;
    uint64_t repeated;   /* out: events left out, since their records are in the case */
    int64_t first, last; /* out: times of the batch, ASH_TIME_NONE if it has no events */
} ash_tally;

/* Folds one batch of an input. The batch's views need live only for the call. */
int ash_fold_batch(ash_fold *f, uint32_t input, const ash_batch *b, ash_tally *tally,
                   ash_error *err) ASH_MUST_USE;

/* Closes every open access and session, in order. */
int ash_fold_flush(ash_fold *f, ash_error *err) ASH_MUST_USE;

/* Forgets which decoder gave which origin; call when decoders are freed. */
void ash_fold_forget_decoders(ash_fold *f);

/* The record numbers met, to be stored by the owner, who clears `changed`. */
ash_numbers *ash_fold_numbers(ash_fold *f);

/* RECORDS_* of a share so far. */
uint32_t ash_fold_share_records(const ash_fold *f, uint32_t share);
void ash_fold_set_share_records(ash_fold *f, uint32_t share, uint32_t records);

const ash_fold_stats *ash_fold_stats_of(const ash_fold *f);

/* The whole state, for a checkpoint, and back. A load into a fresh fold with
 * the same actors. */
void ash_fold_save(const ash_fold *f, ash_buf *out);
int ash_fold_load(ash_fold *f, ash_cursor *in, ash_error *err) ASH_MUST_USE;

#endif
