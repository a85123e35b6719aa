/* The logon sessions of Windows servers: which client a logon id (LUID) came
 * from. A LUID is unique on its server until that restarts; then they begin
 * anew. Entries are found by server, LUID and account; one whose time lies on
 * the other side of a restart is another session with the same number.
 *
 * Memory is bounded by ASH_LOGONS_MAX; beyond it the half that was used
 * longest ago is forgotten (counted). */
#ifndef ASH_FOLD_LOGONS_H
#define ASH_FOLD_LOGONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "fold/actors.h"

typedef struct ash_logon_key {
    uint32_t server;
    uint64_t logon_id;
    uint64_t account_id, account_name; /* ash_windows */
} ash_logon_key;

typedef struct ash_logon_entry {
    ash_logon_key key;
    int64_t first, last; /* times of its records */
    uint32_t actor;      /* who it is, with client; ASH_ID_NONE: not known yet */
    uint32_t pending;    /* the actor that stands for it until then, or ASH_ID_NONE */
    uint32_t share;      /* last administrative share it used, or ASH_ID_NONE */
} ash_logon_entry;

typedef struct ash_logons ash_logons;

ash_logons *ash_logons_new(void); /* NULL: out of memory */
void ash_logons_free(ash_logons *l);

/* The session, or NULL. Valid until the next add. */
ash_logon_entry *ash_logons_find(ash_logons *l, const ash_logon_key *key, int64_t t);

/* A new session first seen at t; NULL: out of memory. */
ash_logon_entry *ash_logons_add(ash_logons *l, const ash_logon_key *key, int64_t t);

/* The server started at t. */
bool ash_logons_restart(ash_logons *l, uint32_t server, int64_t t);

uint64_t ash_logons_forgotten(const ash_logons *l);

void ash_logons_save(const ash_logons *l, ash_buf *b);
/* Into a fresh table; false if the bytes are not such a state. */
bool ash_logons_load(ash_logons *l, uint32_t n_actors, ash_cursor *c);

#endif
