/* Parts of verify. */
#ifndef ASH_LEDGER_VERIFY_INTERNAL_H
#define ASH_LEDGER_VERIFY_INTERNAL_H

#include <pthread.h>

#include "case/db.h"
#include "ledger/inventory.h"
#include "ledger/verify.h"

typedef struct ash_verifier {
    const char *dir;
    int64_t recorded; /* entries the case was last written with */
    const ash_verify_options *o;
    ash_verify_result *r;
    pthread_mutex_t lock; /* of r while threads run */
    ash_inventory inventory;
    ash_head *heads; /* the valid ones */
    size_t n_heads, cap_heads;
    int entries; /* descriptor of entries.jsonl; -1 */
    bool database_changed; /* case.sqlite is not what was sealed */
    bool failed; /* out of memory */
} ash_verifier;

/* Adds a damage; kind is a stable word, fmt a sentence (translated by the caller). */
void ash_damage_add(ash_verifier *v, const char *kind, const char *file, uint64_t offset,
                    uint64_t bytes, const char *fmt, ...) ASH_PRINTF(6, 7);
/* The same for what is merely not covered. */
void ash_gap_add(ash_verifier *v, const char *kind, const char *file, const char *fmt, ...)
    ASH_PRINTF(4, 5);
bool ash_verify_stopped(const ash_verifier *v);

/* Heads, entries, tree, signatures; fills the inventory. */
int ash_verify_book(ash_verifier *v, const char *case_id, ash_error *err) ASH_MUST_USE;
/* Files of the inventory, files that are not in it, and inputs. */
int ash_verify_files(ash_verifier *v, ash_error *err) ASH_MUST_USE;
/* What case.sqlite says against what the ledger says. */
int ash_verify_database(ash_verifier *v, ash_db *db, ash_error *err) ASH_MUST_USE;
/* An input where it was read, if it is still there. */
void ash_verify_input(ash_verifier *v, const ash_sealed_input *in);

#endif
