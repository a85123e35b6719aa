/* Shared by fold.c and save.c. */
#ifndef ASH_FOLD_INTERNAL_H
#define ASH_FOLD_INTERNAL_H

#include "fold/fold.h"
#include "fold/table.h"

/* One actor's present session; id 0 = none yet. */
typedef struct actor_state {
    ash_session session;
    uint64_t missing_path; /* hash of the last name that was looked up in vain, */
    uint64_t missing_dir;  /* of its folder, */
    int64_t missing_at;    /* and when: explains an opendir by the server itself */
    uint64_t scanned_dir;  /* folder the server searched for a name, not for a listing, */
    int64_t scanned_at;    /* and when: explains an open that fails right after it */
} actor_state;

/* What a decoder's origin index means here. */
typedef struct origin_map {
    const struct ash_origins *origins;
    ash_ids *ids;
    uint32_t n, cap;
} origin_map;

struct ash_fold {
    ash_actors *actors;
    ash_fold_sink sink;
    uint64_t seed;
    ash_table table;
    actor_state *actor_states;
    uint32_t cap_actors;
    uint32_t *share_records; /* RECORDS_* by share */
    uint32_t cap_shares;
    origin_map *maps;
    size_t n_maps;
    uint32_t next_session;
    int64_t now; /* latest event time */
    int64_t next_sweep;
    ash_fold_stats stats;
    int failed; /* error code from a sink, to be returned by the batch */
    ash_error *err;
};

int ash_fold_reserve(ash_fold *f, ash_ids ids);

#endif
