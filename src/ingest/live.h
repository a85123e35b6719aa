/* Taking inputs into a case while they are being written.
 *
 * The same fold, detectors and store as ash_ingest, kept open: a feed is one
 * growing file, and pulling it takes what has been written since. Bytes are read
 * from the feed's position on every time, so that nothing is held in memory
 * between pulls, and what a checkpoint acknowledged is in the case exactly once,
 * the rest is in the file still. Feeds of several servers may be pulled in turn;
 * each keeps its own clock. One thread. */
#ifndef ASH_INGEST_LIVE_H
#define ASH_INGEST_LIVE_H

#include "ashiato/finding.h"
#include "fold/actors.h"
#include "ingest/ingest.h"

typedef struct ash_live ash_live;
typedef struct ash_feed ash_feed;

/* A finding at its alarm, or one that has grown, while the access that caused it
 * is at hand. path and server are empty where no access did. Valid for the call. */
typedef struct ash_live_alarm {
    const ash_finding *finding;
    const char *detector;
    ash_actor actor;
    ash_view share, path;
} ash_live_alarm;

typedef void (*ash_live_sink)(void *user, const ash_live_alarm *a);

/* Goes on where the case stopped. c and o must outlive it. */
int ash_live_open(ash_live **ret, ash_case *c, const ash_ingest_options *o, ash_live_sink sink,
                  void *user, ash_error *err) ASH_MUST_USE;
/* Closes what is open in the fold, acknowledges all and frees; NULL is fine. With
 * an error given before (abandon), only frees. */
int ash_live_close(ash_live *l, bool abandon, ash_error *err) ASH_MUST_USE;

/* Begins to follow a plain file from where the case knows it. 1: *ret follows it.
 * 0: not now: empty, of an unknown format, or unreadable; why is in err, and it may
 * be tried again when it has changed. */
int ash_live_follow(ash_live *l, const char *path, ash_feed **ret, ash_error *err) ASH_MUST_USE;

/* Takes at most one block. *ret_bytes: how many bytes it was, 0 if no whole record
 * is there. */
int ash_live_pull(ash_live *l, ash_feed *f, uint64_t *ret_bytes, ash_error *err) ASH_MUST_USE;

/* The log was cut off before all of it was read, perhaps: records may be missing
 * between then and now. Shown by the coverage. */
int ash_live_note_loss(ash_live *l, ash_feed *f, uint64_t records, int64_t from, int64_t to,
                       const char *detail, ash_error *err) ASH_MUST_USE;

/* Nothing more will come. Frees f. A last record without an end is taken as it is. */
int ash_live_end_feed(ash_live *l, ash_feed *f, ash_error *err) ASH_MUST_USE;

/* What the followed file is, for noticing that another one has its name. */
typedef struct ash_file_id {
    uint64_t device, inode;
} ash_file_id;
ash_file_id ash_feed_id(const ash_feed *f);
const char *ash_feed_path(const ash_feed *f);
uint64_t ash_feed_position(const ash_feed *f);
/* Size of the file that is followed, whatever its name is now; 0 if unknown. */
uint64_t ash_feed_size(const ash_feed *f);
/* The first bytes of the followed file, hashed: at most 4 KiB. */
ash_hash128 ash_feed_start(const ash_feed *f, uint32_t *ret_bytes);

/* Makes durable what was taken so far. `flush` also closes what is open, so that
 * every access until now is in the case: a busy file's access is then two. */
int ash_live_checkpoint(ash_live *l, bool flush, ash_error *err) ASH_MUST_USE;
/* Anything taken since the last checkpoint? */
bool ash_live_dirty(const ash_live *l);
/* Seconds since the last checkpoint (monotonic). */
double ash_live_since_checkpoint(const ash_live *l);

typedef struct ash_live_totals {
    uint64_t records, events, skipped, accesses, findings, bytes;
    int64_t last_event; /* ns; ASH_TIME_NONE-like minimum if none */
} ash_live_totals;
ash_live_totals ash_live_totals_of(const ash_live *l);

#endif
