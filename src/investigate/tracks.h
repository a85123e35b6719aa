/* Tracks: the accesses attributed to one intruder over time.
 *
 * Proposed automatically from findings of high severity, by stated rules:
 *  - the account and client of a burst. If the account has another client that
 *    it uses more, everything from the burst's client counts; if it is the
 *    account's usual client, only the sessions of the burst do.
 *  - every account that got in from a client that tried many accounts.
 *  - tracks that share an account with an unusual client are one.
 * What an analyst decided (accepted, rejected) is kept. */
#ifndef ASH_INVESTIGATE_TRACKS_H
#define ASH_INVESTIGATE_TRACKS_H

#include "base/buf.h"
#include "investigate/reader.h"

typedef enum ash_part_reason {
    ASH_PART_BURST = 1,   /* the burst, and the session around it */
    ASH_PART_FOREIGN = 2, /* everything from a client that is not the account's usual one */
    ASH_PART_SPRAY = 3,   /* got in from a client that tried many accounts */
    ASH_PART_SPRAYING = 4, /* the attempts themselves */
} ash_part_reason;

typedef struct ash_part {
    uint32_t actor;
    int64_t first, last; /* ns */
    int reason;          /* ash_part_reason */
} ash_part;

typedef struct ash_track {
    int64_t id;
    char status[16], confidence[16];
    int64_t first, last;
    ash_part *parts;
    size_t n_parts;
} ash_track;

typedef struct ash_tracks {
    ash_track *rows;
    size_t n;
} ash_tracks;

/* Replaces the proposed tracks by what the findings suggest now. */
int ash_tracks_propose(ash_reader *r, ash_error *err) ASH_MUST_USE;

int ash_tracks_load(ash_tracks *ret, ash_reader *r, ash_error *err) ASH_MUST_USE;
void ash_tracks_free(ash_tracks *t);

/* "T1". */
const char *ash_track_name(int64_t id, char buf[24]);

/* Why a track was proposed, and why an actor is part of it, for people. */
void ash_track_reason(const ash_track *t, const ash_reader *r, ash_buf *out);
const char *ash_part_reason_text(int reason);

#endif
