/* What is in the files that were touched: each is opened where it lies on disk,
 * hashed, read by a helper (extract/pool.h) and scanned there; the case keeps what
 * was found by the hash of the content, never the content.
 *
 * A run continues where one was stopped. A file is read again only if its size or
 * times changed, a content only if it was never read by these rules. */
#ifndef ASH_INVESTIGATE_CONTENT_H
#define ASH_INVESTIGATE_CONTENT_H

#include <stdatomic.h>

#include "classify/identity.h"
#include "extract/pool.h"
#include "investigate/scope.h"

typedef struct ash_content ash_content;

typedef struct ash_content_progress {
    uint64_t files, files_total; /* total 0: not known yet */
    uint64_t bytes;
    double seconds;
} ash_content_progress;

typedef struct ash_content_options {
    const ash_text_use *use;
    void *shared;        /* for use->open */
    const char *version; /* of what the use finds; results of another are not taken over */
    unsigned helpers;    /* 0: one for each core */
    unsigned timeout_s;  /* 0: the default */
    /* Stores what was found in a content, within a transaction (ash_content_store);
     * may be NULL. */
    int (*store)(void *shared, ash_case *c, int64_t content, ash_view found, ash_error *err);
    void (*progress)(void *user, const ash_content_progress *p);
    void *user;          /* of progress */
    const atomic_bool *stop;
} ash_content_options;

typedef struct ash_content_totals {
    uint64_t files;     /* looked for */
    uint64_t unchanged; /* known from an earlier run */
    uint64_t known;     /* of a content that was read elsewhere */
    uint64_t read;      /* given to a helper */
    uint64_t partly;    /* of those read now: with members that could not be read, or cut off */
    uint64_t changed;   /* written to after the intruder's last access */
    uint64_t touched;   /* may have a new access time: not the owner's process */
    uint64_t bytes;
    uint64_t by_outcome[ASH_READOUTS];
} ash_content_totals;

/* Starts the helpers: before the case, its key and its database are opened. */
int ash_content_start(ash_content **ret, const ash_content_options *o, ash_error *err) ASH_MUST_USE;
void ash_content_stop(ash_content *x); /* NULL is fine */

/* Bytes for use->open (keys), before the first file. */
void ash_content_setup(ash_content *x, ash_view setup);

/* The files of the selection last made (ash_scope_select) whose content was
 * touched. root: where all shares lie, NULL if maps say all. maps: "SHARE=DIR".
 * ASH_E_INTERRUPTED: stopped; what was found is in the case. */
int ash_content_scope(ash_content *x, ash_case *c, ash_reader *r, const char *root, const char *const *maps,
                      size_t n_maps, ash_error *err) ASH_MUST_USE;

/* Every file below root. */
int ash_content_tree(ash_content *x, ash_case *c, const char *root, ash_error *err) ASH_MUST_USE;

ash_content_totals ash_content_sum(const ash_content *x);

/* Makes the tables, in a case that has none: contents, files, classes. */
int ash_content_tables(ash_case *c, ash_error *err) ASH_MUST_USE;

/* Into the tables classes and contents; shared: the ash_rules that helpers have. */
int ash_content_store(void *shared, ash_case *c, int64_t content, ash_view found, ash_error *err) ASH_MUST_USE;

/* The case's key of persons' digests: made when it is first asked for. */
int ash_content_key(ash_case *c, uint8_t key[ASH_IDENTITY_KEY_SIZE], ash_error *err) ASH_MUST_USE;

/* Of share for files of ash_content_tree, which belong to none. */
#define ASH_CONTENT_NO_SHARE (-1)

#endif
