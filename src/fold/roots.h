/* The folders that shares are on their servers' disks: which share a place on
 * the disk belongs to. Found by hash of each of its ancestors, so that a server
 * with a share for each user costs no more than one with three. Names are
 * compared without case (ASCII). At most ASH_ROOTS_MAX. */
#ifndef ASH_FOLD_ROOTS_H
#define ASH_FOLD_ROOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/view.h"

typedef struct ash_root {
    uint32_t server, share;
    bool admin;    /* C$ and alike: every path is below one */
    ash_view path; /* owned */
    uint32_t next; /* with the same place: index + 1 */
} ash_root;

typedef struct ash_roots {
    ash_root *list;
    uint32_t n, cap;
    uint32_t *slots; /* index + 1, 0: free */
    uint32_t mask;
    uint32_t *by_share; /* index + 1 of its newest root */
    uint32_t cap_share;
} ash_roots;

void ash_roots_free(ash_roots *r);

typedef enum ash_roots_result { ASH_ROOTS_KNOWN, ASH_ROOTS_ADDED, ASH_ROOTS_FULL, ASH_ROOTS_NOMEM } ash_roots_result;

ash_roots_result ash_roots_learn(ash_roots *r, uint32_t server, uint32_t share, bool admin,
                                 ash_view path);

/* The deepest root that path is in, administrative ones only if it is `admin_share`;
 * NULL: none. Valid until the next learn. */
const ash_root *ash_roots_above(const ash_roots *r, uint32_t server, ash_view path,
                                uint32_t admin_share);

/* A root of the share, or NULL. */
const ash_root *ash_roots_of(const ash_roots *r, uint32_t share);

/* path below root, without separator; "" for the root itself. False: it is not. */
bool ash_roots_below(const ash_root *root, ash_view path, ash_view *ret);

void ash_roots_save(const ash_roots *r, ash_buf *b);
bool ash_roots_load(ash_roots *r, uint32_t n_shares, ash_cursor *c);

#endif
