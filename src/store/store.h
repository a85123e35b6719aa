/* Writing side of the store: accesses go into a segment in memory; full ones
 * are written by a thread of their own while the next is filled. */
#ifndef ASH_STORE_STORE_H
#define ASH_STORE_STORE_H

#include "store/segment.h"

typedef struct ash_store ash_store;

typedef struct ash_segment_info {
    uint32_t number, volume;
    uint32_t accesses, paths, dirs, sessions, logons;
    int64_t min_cs, max_cs;
    uint64_t bytes;
} ash_segment_info;

typedef struct ash_store_numbers {
    uint32_t segment, volume, path, dir; /* next to be given */
} ash_store_numbers;

/* dir is made if missing. Files of segments from numbers.segment on are left
 * over from a run that did not finish: they are removed. */
int ash_store_open(ash_store **ret, const char *dir, const uint8_t path_key[ASH_SIPKEY_SIZE],
                   ash_store_numbers numbers, ash_error *err) ASH_MUST_USE;
void ash_store_close(ash_store *s); /* without writing what is in memory */

int ash_store_access(ash_store *s, const ash_access *a, ash_error *err) ASH_MUST_USE;
int ash_store_session(ash_store *s, const ash_session *v, ash_error *err) ASH_MUST_USE;
int ash_store_logon(ash_store *s, const ash_event *e, int64_t time, uint32_t actor, uint32_t input,
                    ash_error *err) ASH_MUST_USE;

/* True when the segment in memory should be cut. */
bool ash_store_full(const ash_store *s);

/* Hands the segment in memory to the writer (waiting for it to be free). */
int ash_store_cut(ash_store *s, ash_error *err) ASH_MUST_USE;

/* Waits until everything cut is written and durable. */
int ash_store_sync(ash_store *s, ash_error *err) ASH_MUST_USE;

/* Segments written since the last call; valid until the next cut. */
size_t ash_store_taken(ash_store *s, const ash_segment_info **ret);

ash_store_numbers ash_store_next(const ash_store *s);

/* Seconds the writer has worked: for the shares of stages in the benchmark. */
double ash_store_write_seconds(const ash_store *s);

/* "volume-0001" for a volume number, into buf. */
const char *ash_volume_name(uint32_t volume, char buf[32]);

#endif
