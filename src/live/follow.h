/* The files that are watched: finds them, notices when one grows, is rotated
 * (another file takes its name) or is emptied (copytruncate), and pulls what is
 * new into the case.
 *
 * Files are looked at, not waited for with inotify: that works on every file
 * system, network ones too, and costs one stat a file each time. A file is opened
 * from its first change on; old logs beside the present one cost nothing more. */
#ifndef ASH_LIVE_FOLLOW_H
#define ASH_LIVE_FOLLOW_H

#include "ingest/live.h"

typedef struct ash_follow ash_follow;

/* What happened to a file, for people; printed by the caller. */
typedef enum ash_follow_event {
    ASH_FOLLOW_BEGUN,     /* it is followed from now on */
    ASH_FOLLOW_ROTATED,   /* another file has its name; this one was taken to its end */
    ASH_FOLLOW_EMPTIED,   /* it is shorter than what was read of it */
    ASH_FOLLOW_LOST,      /* ... and what was written in between is nowhere: noted as a gap */
    ASH_FOLLOW_BEYOND,    /* there are more than ASH_WATCH_FILES; of the first argument */
    ASH_FOLLOW_REFUSED,   /* it cannot be followed; detail says why */
} ash_follow_event;

typedef void (*ash_follow_sink)(void *user, ash_follow_event what, const char *path,
                                const char *detail);

/* args: files, folders and globs; they are looked up again every few seconds, and
 * need not exist yet. They and live must outlive it. Files unchanged since
 * `since` (seconds since 1970) are known already and followed from their next
 * change on. */
int ash_follow_new(ash_follow **ret, ash_live *live, const char *const *args, size_t n_args,
                   int64_t since, ash_follow_sink sink, void *user, ash_error *err) ASH_MUST_USE;
void ash_follow_free(ash_follow *f); /* the feeds stay with live; NULL is fine */

/* Adds one file whatever the arguments say (a spool of a listener). */
int ash_follow_add(ash_follow *f, const char *path, ash_error *err) ASH_MUST_USE;
/* Nothing more will be written to it. */
int ash_follow_finish(ash_follow *f, const char *path, ash_error *err) ASH_MUST_USE;

/* One look at all files: takes what is new, a bounded part of each. now: monotonic
 * seconds. *ret_bytes: what was taken. */
int ash_follow_tick(ash_follow *f, double now, uint64_t *ret_bytes, ash_error *err) ASH_MUST_USE;

typedef struct ash_follow_state {
    const char *path;
    uint64_t position, size; /* both 0 for a file that has not changed yet */
    bool open;
} ash_follow_state;
/* Files found when last looked that are more than ASH_WATCH_FILES. */
uint64_t ash_follow_beyond(const ash_follow *f);
size_t ash_follow_count(const ash_follow *f);
ash_follow_state ash_follow_at(const ash_follow *f, size_t i);
/* Followed by a feed of its own; NULL if it has not changed yet. */
ash_feed *ash_follow_feed(const ash_follow *f, const char *path);

#endif
