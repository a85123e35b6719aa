/* Writing a case's ledger: what a run adds is sealed before the case names it.
 *
 * Order at each checkpoint, so that a crash anywhere leaves something that
 * verifies: files durable; entries durable; head durable; then the transaction
 * that names them, in which the ledger's size and root stand too. Entries whose
 * transaction was never made are declared void by the next writer; what was never
 * signed is cut off. docs/decisions/0023. */
#ifndef ASH_LEDGER_SEAL_H
#define ASH_LEDGER_SEAL_H

#include "case/case.h"
#include "base/buf.h"
#include "ledger/tree.h"
#include "ledger/key.h"

typedef struct ash_ledger ash_ledger;

typedef struct ash_ledger_options {
    const char *key;           /* file; NULL: ash_key_path decides */
    ash_passphrase_source ask; /* may be NULL */
    const char *const *command; /* the command line, for the chain of custody */
    size_t n_command;
} ash_ledger_options;

/* Opens or makes the ledger of a case opened for writing, and enters who runs
 * what. ASH_E_CHANGED: the ledger does not fit the case; nothing was written. */
int ash_ledger_open(ash_ledger **ret, ash_case *c, const ash_ledger_options *o, ash_error *err)
    ASH_MUST_USE;

/* Within the case's transaction, when everything is in it: seals segments that
 * are not sealed yet and these inputs, and notes size and root in the case. */
int ash_ledger_checkpoint(ash_ledger *l, const int64_t *inputs, size_t n_inputs, ash_error *err)
    ASH_MUST_USE;

/* Seals the files that change, when nothing will change any more; exit_code is
 * that of the run. To be followed by ash_case_close. Frees. */
int ash_ledger_close(ash_ledger *l, int exit_code, ash_error *err) ASH_MUST_USE;
/* The same, and the run goes on: the case is whole as it is now, for a copy of it. */
int ash_ledger_settle(ash_ledger *l, int exit_code, ash_error *err) ASH_MUST_USE;
/* After a run that failed while it read: it stays in the ledger without an end, and what it
 * left is the next one's to clear away. NULL is fine. */
void ash_ledger_abandon(ash_ledger *l);

/* --- what is done to a case as a whole (acts.c) --- */

/* Files that a rule of retention takes out of the case. */
typedef struct ash_removal {
    const char *rule;      /* as it was given */
    int64_t until;         /* ns: the latest access removed; ASH_TIME_NONE if there was none */
    int64_t accesses;
    const uint32_t *segments; /* of which nothing is left */
    size_t n_segments;
    const char *const *files; /* names below the case */
    size_t n_files;
} ash_removal;

/* Within the case's transaction, before ash_ledger_checkpoint: enters what is
 * going to be removed, with its hashes, and has the case remember to do it. */
int ash_ledger_retain(ash_ledger *l, const ash_removal *r, ash_error *err) ASH_MUST_USE;
/* After the transaction: removes it. What a crash leaves, the next run removes. */
int ash_ledger_removed(ash_ledger *l, ash_error *err) ASH_MUST_USE;

/* Within the case's transaction: that the case may not lose anything, and why;
 * or (reason NULL) that it may again. */
int ash_ledger_hold(ash_ledger *l, const char *reason, ash_error *err) ASH_MUST_USE;

/* A copy of the case was given away; sealed at once. entries: of the ledger in it. */
typedef struct ash_handover {
    const char *bundle; /* file name */
    uint64_t bytes, entries;
    const uint8_t *sha256;
    bool inputs; /* with the inputs themselves */
} ash_handover;
int ash_ledger_export(ash_ledger *l, const ash_handover *h, ash_error *err) ASH_MUST_USE;
/* Entries sealed so far. */
uint64_t ash_ledger_entries(const ash_ledger *l);

/* What a new key is signed with by the one before it. */
void ash_ledger_rotation_text(ash_buf *out, const char *case_id, uint64_t entry,
                              const uint8_t public_key[ASH_PUBLIC_KEY_SIZE]);

/* Root over the 36-byte rows of an input's evidence index as leaves, the first
 * `most` of them; *ret_blocks says how many there were of these. */
int ash_ledger_evidence_root(ash_db *db, int64_t input, uint64_t most, ash_sha256 *h, ash_node *ret,
                             uint64_t *ret_blocks, ash_error *err) ASH_MUST_USE;

/* Kinds of files a segment has ("accesses"), and whether one with these counts
 * has it. NULL after the last. */
const char *ash_segment_file_kind(size_t i);
#define ASH_SEGMENT_FILES_SQL                                                            \
    "SELECT number, volume, paths > 0, dirs > 0, accesses > 0, accesses > 0, sessions > 0, " \
    "logons > 0 FROM segments"

#endif
