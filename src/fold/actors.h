/* The actors and shares of a case: text <-> small dense ids. Ids are given in
 * order of first sight and never change; the case keeps them. */
#ifndef ASH_FOLD_ACTORS_H
#define ASH_FOLD_ACTORS_H

#include <stdbool.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "ashiato/event.h"

#define ASH_ID_NONE UINT32_MAX

typedef struct ash_actor {
    ash_view server, account, client, workstation; /* live as long as the table */
} ash_actor;

typedef struct ash_share {
    ash_view server, name;
} ash_share;

typedef struct ash_actors ash_actors;

ash_actors *ash_actors_new(void); /* NULL: out of memory */
void ash_actors_free(ash_actors *a);

typedef struct ash_ids {
    uint32_t actor, share, server;
} ash_ids;

/* Ids for an origin, made if need be. Above ASH_ORIGINS_MAX actors or
 * ASH_SHARES_MAX shares one id stands for all further ones and *ret_overflow
 * is set. */
int ash_actors_intern(ash_actors *a, const ash_origin *o, ash_ids *ret, bool *ret_overflow,
                      ash_error *err) ASH_MUST_USE;

typedef enum ash_actors_table { ASH_TABLE_SERVERS, ASH_TABLE_ACTORS, ASH_TABLE_SHARES } ash_actors_table;

/* Puts back an entry that was stored; in id order, it gets the id it had. */
int ash_actors_restore(ash_actors *a, const ash_origin *o, ash_actors_table t, ash_error *err)
    ASH_MUST_USE;

uint32_t ash_actors_count(const ash_actors *a);
uint32_t ash_shares_count(const ash_actors *a);
uint32_t ash_servers_count(const ash_actors *a);
ash_view ash_servers_at(const ash_actors *a, uint32_t id);
/* Of an id that nobody has: empty. (A damaged case names such.) */
ash_actor ash_actors_at(const ash_actors *a, uint32_t id);

/* The first actor with this one's account: one id for all hosts an account was
 * seen at. Accesses lie sorted by it. */
uint32_t ash_actors_principal(const ash_actors *a, uint32_t id);

/* A session whose client is not known is an actor of its own, with a placeholder
 * for a client. Once it is known, the actor stands for another one: its text is
 * that one's from then on. */
void ash_actors_bind(ash_actors *a, uint32_t id, uint32_t to);

/* The text an actor was first made with, bound or not. */
ash_actor ash_actors_original(const ash_actors *a, uint32_t id);

/* Takes one of the actors bound since the last call, or ASH_ID_NONE. */
uint32_t ash_actors_take_bound(ash_actors *a);

ash_share ash_shares_at(const ash_actors *a, uint32_t id);

#endif
