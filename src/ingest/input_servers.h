/* Which servers' records an input holds: what is wrong with it concerns them. */
#ifndef ASH_INGEST_INPUT_SERVERS_H
#define ASH_INGEST_INPUT_SERVERS_H

#include "ashiato/source.h"
#include "base/arena.h"
#include "case/case.h"

typedef struct ash_input_server {
    int64_t input;
    ash_view name;
} ash_input_server;

typedef struct ash_input_servers {
    struct ash_origins_seen *decoders; /* origins looked at, of each of its decoders */
    size_t n_decoders;
    uint64_t *slots; /* open addressing: hashes of the names met; 0 = free */
    uint32_t n, cap;
    uint64_t seed;
    ash_input_server *fresh; /* not stored yet, also of inputs before */
    size_t n_fresh, cap_fresh;
    ash_arena text; /* of fresh */
} ash_input_servers;

void ash_input_servers_init(ash_input_servers *x, uint64_t seed);
void ash_input_servers_free(ash_input_servers *x);
/* Another input begins: its decoders are new ones. */
void ash_input_servers_begin(ash_input_servers *x);

/* Takes note of the servers of a batch of this input. False: out of memory. */
bool ash_input_servers_note(ash_input_servers *x, int64_t input, const ash_batch *b);

/* Stores those met since the last time. */
int ash_input_servers_store(ash_input_servers *x, ash_case *c, ash_error *err) ASH_MUST_USE;

#endif
