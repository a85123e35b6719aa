/* A case: one investigation in one directory.
 *
 *   DIR/case.sqlite        what is small and changes: inputs, actors, findings,
 *                          tracks, decisions, coverage (tables: docs/STORE.md)
 *   DIR/store/             immutable Parquet segments
 *   DIR/ledger/            what seals all of it (docs/LEDGER.md)
 *   DIR/inputs/            kept copies of inputs that cannot be read again
 *   DIR/tmp-PID/           while a process answers a question larger than memory
 *   DIR/report.json, report.html
 *
 * One process writes at a time (a lock file says who); any number read. */
#ifndef ASH_CASE_CASE_H
#define ASH_CASE_CASE_H

#include <stdbool.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "base/hash.h"
#include "base/time.h"
#include "case/db.h"
#include "fold/actors.h"

#define ASH_CASE_FORMAT 4
/* An input in a case that was given away with its inputs. */
#define ASH_ORIGINAL_NAME "originals/%06lld"

typedef enum ash_case_mode {
    ASH_CASE_READ,   /* must exist */
    ASH_CASE_WRITE,  /* must exist; takes the lock */
    ASH_CASE_CREATE, /* made if missing; takes the lock */
} ash_case_mode;

struct ash_ledger;

typedef struct ash_case {
    char dir[4000];
    struct ash_ledger *ledger; /* seals what is written (ledger/seal.h); NULL: nothing does */
    ash_db db;
    int lock_fd;
    uint64_t seed;                    /* of path hashes */
    uint8_t path_key[ASH_SIPKEY_SIZE]; /* of the path dictionary */
    ash_zone zone;                    /* for showing times */
    bool zone_set;
} ash_case;

int ash_case_open(ash_case *c, const char *dir, ash_case_mode mode, ash_error *err) ASH_MUST_USE;
void ash_case_close(ash_case *c);

/* A shared lock on a case folder: no run may change what is being read. *ret_fd -1:
 * nobody ever wrote to it. ASH_E_STATE while one does. Caller closes. */
int ash_case_lock_shared(const char *dir, int *ret_fd, ash_error *err) ASH_MUST_USE;

/* Where an input's own bytes are to be read: the case's kept copy, the copy in a case
 * that was given away with its inputs (originals/), else where it was read. */
const char *ash_case_input_path(const char *dir, int64_t input, const char *path, const char *kept,
                                char *buf, size_t size);

/* "DIR/name" into buf. */
const char *ash_case_path(const ash_case *c, const char *name, char *buf, size_t size);

/* Where this process may put what does not fit into memory; removed by the next
 * run that writes, should this one die. */
const char *ash_case_temp(const ash_case *c, char *buf, size_t size);

int ash_case_get(ash_case *c, const char *key, int64_t *ret, int64_t fallback, ash_error *err)
    ASH_MUST_USE;
int ash_case_set(ash_case *c, const char *key, int64_t value, ash_error *err) ASH_MUST_USE;
/* Empty if unset; cut to size. */
int ash_case_get_text(ash_case *c, const char *key, char *buf, size_t size, ash_error *err)
    ASH_MUST_USE;
int ash_case_set_text(ash_case *c, const char *key, const char *value, ash_error *err) ASH_MUST_USE;

/* Chooses the zone in which the case shows its times. */
int ash_case_set_zone(ash_case *c, const ash_zone *z, ash_error *err) ASH_MUST_USE;

int ash_case_begin(ash_case *c, ash_error *err) ASH_MUST_USE;
int ash_case_commit(ash_case *c, ash_error *err) ASH_MUST_USE;
void ash_case_rollback(ash_case *c);

/* Actors and shares, in id order. */
int ash_case_load_actors(ash_case *c, ash_actors *a, ash_error *err) ASH_MUST_USE;
/* Stores those from the given ids on. */
int ash_case_store_actors(ash_case *c, ash_actors *a, uint32_t first_actor,
                          uint32_t first_share, ash_error *err) ASH_MUST_USE;

#endif
