/* Helpers that read hostile files: processes without network and files, with
 * bounded memory and time. One that dies or hangs costs the file it had.
 *
 *   this process ──fork──> nursery ──fork──> helper ...   one for each core
 *        │ files, by descriptor                │ text is scanned where it is found;
 *        └──────────── results <───────────────┘ only results come back
 *
 * The nursery is forked before this process has secrets or threads, so that
 * helpers inherit neither; it also runs pdftotext for them. */
#ifndef ASH_EXTRACT_POOL_H
#define ASH_EXTRACT_POOL_H

#include "extract/extract.h"

typedef struct ash_pool ash_pool;

typedef struct ash_pool_result {
    ash_extract_result extract; /* outcome KILLED or TIMEOUT: nothing else is known */
    ash_view bytes;             /* what ash_text_use.end appended; valid during the call */
} ash_pool_result;

typedef void (*ash_pool_done_fn)(void *user, uint64_t id, const ash_pool_result *r);

typedef struct ash_pool_options {
    unsigned helpers;    /* 0: one for each core */
    const ash_text_use *use;
    void *shared;        /* for use->open */
    unsigned timeout_s;  /* for a file, and a second more for each MiB; 0: the default */
    ash_pool_done_fn done;
    void *user;          /* of done */
} ash_pool_options;

/* Forks the nursery: call it before threads are made and keys are loaded. */
int ash_pool_start(ash_pool **ret, const ash_pool_options *o, ash_error *err) ASH_MUST_USE;

/* What each helper is given at its start, at most 4 KiB; before the first file. */
void ash_pool_setup(ash_pool *p, ash_view setup);

/* Hands a file to a helper; waits while all are busy, and calls done for those that
 * come to an end meanwhile. fd is duplicated. id is the caller's. */
int ash_pool_give(ash_pool *p, int fd, const ash_file_hint *hint, uint64_t id, ash_error *err) ASH_MUST_USE;

/* Waits until all files are done. */
int ash_pool_finish(ash_pool *p, ash_error *err) ASH_MUST_USE;

/* Files under way; helpers that were lost and replaced. */
unsigned ash_pool_busy(const ash_pool *p);
uint64_t ash_pool_lost(const ash_pool *p);

/* Ends all helpers, also in the middle of a file. NULL is fine. */
void ash_pool_stop(ash_pool *p);

#endif
