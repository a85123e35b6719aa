/* Tracks: the accesses attributed to one intruder over time.
 *
 * Proposed automatically from findings of high severity, by stated rules:
 *  - the account and client of a burst. If the account has another client that
 *    it uses more, everything from the burst's client counts; if it is the
 *    account's usual client, only the sessions of the burst do.
 *  - every account that got in from a client that tried many accounts.
 *  - tracks that share an account with an unusual client are one.
 * What an analyst made or decided on (decisions.h) stays as it is, and proposals
 * leave it out: docs/decisions/0021-decisions.md. */
#ifndef ASH_INVESTIGATE_TRACKS_H
#define ASH_INVESTIGATE_TRACKS_H

#include "base/buf.h"
#include "investigate/parts.h"

typedef struct ash_track {
    int64_t id;
    char status[16];     /* "proposed", "accepted", "rejected" */
    char origin[16];     /* "auto"; "analyst" where one made it or chose its parts */
    char confidence[16];
    int64_t first, last;
    int64_t left_out; /* accesses that were too many to be judged, and are in no track */
    ash_part *parts;
    size_t n_parts;
} ash_track;

typedef struct ash_tracks {
    ash_track *rows;
    size_t n;
} ash_tracks;

/* Replaces the proposed tracks nobody decided on by what the findings suggest
 * now. A proposal keeps its name while it shares a part with the one before. */
int ash_tracks_propose(ash_reader *r, ash_error *err) ASH_MUST_USE;

/* In order of their beginnings. */
int ash_tracks_load(ash_tracks *ret, ash_reader *r, ash_error *err) ASH_MUST_USE;
void ash_tracks_free(ash_tracks *t);

static inline bool ash_track_is(const ash_track *t, const char *status)
{
    return strcmp(t->status, status) == 0;
}
/* NULL if there is none of that number. */
ash_track *ash_tracks_find(const ash_tracks *t, int64_t id);

/* Stores a track's parts in the place of those it had, and its times. Part of a
 * transaction of the caller's. */
int ash_track_store_parts(ash_case *c, int64_t id, const ash_part *parts, size_t n, ash_error *err)
    ASH_MUST_USE;

/* Findings of no track go to the track that covers them, if it is one that stays
 * (decided on, or made by an analyst). */
int ash_tracks_claim_findings(ash_case *c, ash_error *err) ASH_MUST_USE;

/* "T1". */
const char *ash_track_name(int64_t id, char buf[24]);

/* Why a track was proposed, and why an actor is part of it, for people. */
void ash_track_reason(const ash_track *t, const ash_reader *r, ash_buf *out);
const char *ash_part_reason_text(int reason);

#endif
