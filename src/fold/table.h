/* The open accesses: found by (actor, share, path), bounded in number and in
 * path bytes. Internal to the fold. */
#ifndef ASH_FOLD_TABLE_H
#define ASH_FOLD_TABLE_H

#include <stdint.h>

#include "ashiato/access.h"
#include "ashiato/error.h"
#include "fold/ring.h"

#define ASH_OPEN_NONE UINT32_MAX

typedef struct ash_open {
    uint64_t key; /* 0 = free */
    uint64_t path_hash, dir_hash;
    int64_t first, last;
    int64_t listed_at; /* as a folder: last sign that a listing goes on */
    uint64_t offset, end;
    uint32_t actor, share, session, input;
    uint32_t serial; /* of its piece in the ring */
    uint32_t at;     /* its bytes there: path, then new path */
    uint32_t path_n, new_n;
    uint32_t saw; /* SAW_* */
    uint32_t records;
    uint32_t entries, entries_now; /* most in one listing; in the present one */
    uint16_t listing;              /* as a folder: number of its present listing */
    uint16_t in_listing;           /* as an entry: that number of its folder's */
    int16_t twins;                 /* read beginnings minus read ends */
    uint8_t old;                   /* which ring */
    uint8_t reported;              /* ASH_GREW_* told to detectors */
} ash_open;

typedef struct ash_table {
    ash_open *open;
    uint32_t n, free_list; /* free_list: index, linked through `at` */
    uint64_t *slots;       /* see slot_of() */
    ash_ring young, old;
} ash_table;

int ash_table_init(ash_table *t, ash_error *err) ASH_MUST_USE;
void ash_table_free(ash_table *t);

uint64_t ash_table_key(uint32_t actor, uint32_t share, uint64_t path_hash);

/* Index, or ASH_OPEN_NONE. The text decides, not the hash. */
uint32_t ash_table_find(const ash_table *t, uint64_t key, uint32_t actor, uint32_t share,
                        ash_view path);

/* One with this key, whatever its path; ASH_OPEN_NONE if there is none. */
uint32_t ash_table_by_key(const ash_table *t, uint64_t key);

/* Starts loading the accesses behind a ring's oldest pieces. */
void ash_table_prefetch_tail(const ash_table *t, bool old);

/* Starts loading what a find with this key will touch. */
void ash_table_prefetch_slot(const ash_table *t, uint64_t key);
void ash_table_prefetch_entry(const ash_table *t, uint64_t key);

/* A new access with its path in the young ring; ASH_OPEN_NONE if there is no
 * room: take the tail of a ring and try again. */
uint32_t ash_table_add(ash_table *t, uint64_t key, ash_view path, int64_t now);

/* Copies an access's text (with another new path) to the head of a ring; false
 * if there is no room. */
bool ash_table_move(ash_table *t, uint32_t i, bool to_old, ash_view new_path, int64_t now);

/* Removes it from the table; its bytes go back when their turn comes. */
void ash_table_remove(ash_table *t, uint32_t i);

static inline ash_view ash_table_path(const ash_table *t, const ash_open *o)
{
    return (ash_view){ash_ring_bytes(o->old ? &t->old : &t->young, o->at), o->path_n};
}

static inline ash_view ash_table_new_path(const ash_table *t, const ash_open *o)
{
    return (ash_view){ash_ring_bytes(o->old ? &t->old : &t->young, o->at) + o->path_n, o->new_n};
}

/* The live access behind a ring's oldest piece, ASH_OPEN_NONE if it is dead or
 * moved on. */
static inline uint32_t ash_table_owner(const ash_table *t, const ash_ring_piece *p, bool old)
{
    const ash_open *o = &t->open[p->owner];
    return o->key != 0 && o->serial == p->serial && o->old == old ? p->owner : ASH_OPEN_NONE;
}

#endif
