/* Places: folders, and networks of clients, as trees in which one can count.
 *
 * A place is a small number. Its parts ("/srv/kyoyu/keiri": three below the root)
 * are places as well, so that "never in this folder" and "never in this department"
 * are the same question on two levels. Parts are told apart by 64-bit hashes: names
 * that collide count together, which no answer rests on alone. */
#ifndef ASH_INVESTIGATE_TERRAIN_H
#define ASH_INVESTIGATE_TERRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "base/view.h"

#define ASH_SPOT_NONE UINT32_MAX

typedef struct ash_spot {
    uint64_t hash;         /* of the name, within the parent */
    uint32_t parent;       /* ASH_SPOT_NONE for roots */
    uint32_t kids;         /* places directly below */
    uint32_t accounts;     /* different accounts that used it or something below */
    uint32_t kid_accounts; /* the same, summed over the places directly below */
    uint32_t marked;       /* the account counted last */
    uint16_t depth;
} ash_spot;

typedef struct ash_terrain {
    ash_spot *p; /* owned */
    uint32_t n, cap;
    uint32_t *table; /* owned: places by parent and hash */
    uint32_t table_size;
    bool full; /* ASH_PLACES_MAX reached: what is deeper counts for its parent */
} ash_terrain;

void ash_terrain_free(ash_terrain *t);

/* A place without a parent. */
int ash_terrain_root(ash_terrain *t, uint32_t *ret, ash_error *err) ASH_MUST_USE;

/* The place of that name below another one; made if need be. */
int ash_terrain_below(ash_terrain *t, uint32_t parent, ash_view name, uint32_t *ret, ash_error *err)
    ASH_MUST_USE;

/* The same for each part of a path of files (separators '/' or '\\', whichever the
 * path has, see ash_path_slash) or of an address (separators '.' and ':'). Empty
 * parts are none. */
int ash_terrain_path(ash_terrain *t, uint32_t root, ash_view path, uint32_t *ret, ash_error *err)
    ASH_MUST_USE;
int ash_terrain_address(ash_terrain *t, uint32_t root, ash_view address, uint32_t *ret,
                       ash_error *err) ASH_MUST_USE;

/* Counts an account at a place and all above. Accounts come one after the other,
 * each with all its places. */
void ash_terrain_mark(ash_terrain *t, uint32_t place, uint32_t account);

/* Steps from x up to where it meets y, and from y. */
void ash_terrain_apart(const ash_terrain *t, uint32_t x, uint32_t y, unsigned *ret_x, unsigned *ret_y);

#endif
