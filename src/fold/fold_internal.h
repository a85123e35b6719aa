/* Shared by fold.c and save.c. */
#ifndef ASH_FOLD_INTERNAL_H
#define ASH_FOLD_INTERNAL_H

#include "fold/fold.h"
#include "fold/table.h"

/* The save that may be going on; keys of open accesses, 0 = none. saves.c. */
#define SAVE_STEPS 3
typedef struct save_state {
    uint64_t document, document_dir;
    int64_t document_at;
    uint64_t steps[SAVE_STEPS], step_dir;
    int64_t step_at;
} save_state;

/* One actor's present session; id 0 = none yet. */
typedef struct actor_state {
    ash_session session;
    uint64_t missing_path; /* hash of the last name that was looked up in vain, */
    uint64_t missing_dir;  /* of its folder, */
    int64_t missing_at;    /* and when: explains an opendir by the server itself */
    uint64_t scanned_dir;  /* folder the server searched for a name, not for a listing, */
    int64_t scanned_at;    /* and when: explains an open that fails right after it */
    save_state save;
} actor_state;

/* What a decoder's origin index means here. */
typedef struct origin_map {
    const struct ash_origins *origins;
    ash_ids *ids;
    uint32_t n, cap;
} origin_map;

/* What joins Windows records: join.c. */
typedef struct ash_join ash_join;

struct ash_fold {
    ash_actors *actors;
    ash_fold_sink sink;
    uint64_t seed;
    ash_table table;
    ash_numbers numbers; /* of logs that number their records */
    ash_join *join; /* NULL until the first Windows record */
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

/* What an event shows together with those before it; remembers what the next
 * ones need. */
uint32_t ash_saw_of_search(actor_state *s, const ash_event *e, const ash_open *o, uint32_t records,
                           int64_t t);

/* Gives the open access i another new path. */
void ash_fold_set_new_path(ash_fold *f, uint32_t i, ash_view new_path);

/* --- saves.c ----------------------------------------------------------- */

/* The open access i was changed by e (NULL: it is where a rename led) at t: was that
 * a step of saving a document? */
void ash_fold_note_save(ash_fold *f, uint32_t i, const ash_event *e, int64_t t);

/* --- join.c ------------------------------------------------------------ */

void ash_join_free(ash_join *j); /* NULL is fine */

/* Puts right who did it and where, from what other records say: *ids, and the
 * path in *e (which then lives until the next call). */
int ash_join_event(ash_fold *f, ash_event *e, ash_ids *ids, int64_t t, ash_error *err) ASH_MUST_USE;

/* What the open access i is, as far as names tell: SAW_* to add. With is_new its
 * folders are remembered as such. */
uint32_t ash_join_object(ash_fold *f, const ash_event *e, ash_ids ids, bool is_new);

/* True if the path of this access is known to be a folder. */
bool ash_join_is_folder(const ash_fold *f, const ash_open *o);

/* The open access of the share-relative name of the file e names by its place on
 * the server's disk, or ASH_OPEN_NONE. */
uint32_t ash_join_relative(ash_fold *f, const ash_event *e, ash_ids ids);

/* The access behind a handle, or ASH_OPEN_NONE; and its remembering. */
uint32_t ash_join_handle(const ash_fold *f, const ash_event *e, ash_ids ids);
void ash_join_keep_handle(ash_fold *f, const ash_event *e, ash_ids ids, uint32_t i);

void ash_join_save(const ash_fold *f, ash_buf *b);
bool ash_join_load(ash_fold *f, ash_cursor *c);

#endif
