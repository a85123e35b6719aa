/* The paths of one volume: text -> id, once per path, in bounded memory.
 *
 * The table holds 95 bits of a keyed SipHash-2-4-128 instead of the text. The
 * key is the case's own and random, so nobody can craft two names that
 * collide; by chance, two of 1.5 million do with probability 10^-16. When it is
 * full a new volume begins, and names that were met once only, or not lately,
 * are forgotten: they get another id when they come again. Ids are unique in
 * the case; within a volume a path has one. Why:
 * docs/decisions/0006-volumes.md. */
#ifndef ASH_STORE_PATHDICT_H
#define ASH_STORE_PATHDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/view.h"

#define ASH_PATH_NONE UINT32_MAX

/* New names since the last take, to be written beside a segment. */
typedef struct ash_new_names {
    uint32_t *ids;
    uint32_t *dirs;  /* for paths: the folder's id */
    uint32_t *ends;  /* end of each text in bytes */
    uint32_t n, cap;
    ash_buf bytes;
} ash_new_names;

typedef struct ash_name_table ash_name_table; /* hash -> id */

typedef struct ash_pathdict {
    uint8_t key[ASH_SIPKEY_SIZE];
    uint32_t volume;
    uint32_t next_path, next_dir; /* ids to be given */
    ash_name_table *paths, *dirs;
    ash_new_names new_paths, new_dirs;
} ash_pathdict;

int ash_pathdict_init(ash_pathdict *p, const uint8_t key[ASH_SIPKEY_SIZE], uint32_t volume,
                      uint32_t next_path, uint32_t next_dir, ash_error *err) ASH_MUST_USE;
void ash_pathdict_free(ash_pathdict *p);

/* Ids of a path and of its folder (ASH_PATH_NONE for a path without one). The
 * last '/' parts folder and name; "/a" is in folder "". In a path without '/' the
 * last '\\' does, which stays with the folder: "D:\\a" is in folder "D:\\". */
int ash_pathdict_id(ash_pathdict *p, ash_view path, uint32_t *ret_path, uint32_t *ret_dir,
                    ash_error *err) ASH_MUST_USE;

/* Ends a segment's share of new names: they are sorted by folder and name and
 * numbered in that order, which is what makes them compress. *ret_first_path
 * and *ret_first_dir are the first ids concerned; the id x given out since then
 * is now ret_paths[x - first] (ret_dirs likewise). The caller renumbers what it
 * holds and frees both maps. */
int ash_pathdict_settle(ash_pathdict *p, uint32_t **ret_paths, uint32_t *ret_first_path,
                        uint32_t **ret_dirs, uint32_t *ret_first_dir, ash_error *err) ASH_MUST_USE;

/* True when the next segment must begin a new volume. */
bool ash_pathdict_full(const ash_pathdict *p);

/* Starts a new volume: forgets names of full tables, goes on with the ids. */
void ash_pathdict_next_volume(ash_pathdict *p);

/* Forgets the new names after they were handed on. */
void ash_new_names_clear(ash_new_names *n);
void ash_new_names_free(ash_new_names *n);

#endif
