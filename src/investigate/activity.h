/* Which client an account is usually active from. */
#ifndef ASH_INVESTIGATE_ACTIVITY_H
#define ASH_INVESTIGATE_ACTIVITY_H

#include "investigate/reader.h"

/* How long each actor was active, summed over its sessions, in hundredths. */
typedef struct ash_activity {
    int64_t *active; /* owned; by actor */
    uint32_t n;
} ash_activity;

int ash_activity_load(ash_activity *h, ash_reader *r, ash_error *err) ASH_MUST_USE;
void ash_activity_free(ash_activity *h);

/* Is this client the one the account is active from most? */
bool ash_activity_usual(const ash_activity *h, const ash_reader *r, uint32_t actor);

/* Where no client is stated, only the account tells who it was. */
bool ash_same_client(ash_actor x, ash_actor y);

/* The same client, as far as the names of workstations tell: an address of a VPN is
 * another machine's the next day. Names differ in case from record to record. */
bool ash_same_machine(ash_actor x, ash_actor y);

/* Names of workstations, whatever their case; false where one is missing. */
bool ash_same_workstation(ash_actor x, ash_actor y);

#endif
