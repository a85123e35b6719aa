/* Proofs about a ledger, as JSON that another program can check
 * (docs/LEDGER.md), and heads for keeping elsewhere. */
#ifndef ASH_LEDGER_PROOF_H
#define ASH_LEDGER_PROOF_H

#include "ledger/book.h"

/* A ledger opened for reading, whose newest head is signed with a key of it. */
typedef struct ash_ledger_reader {
    ash_book book;
    char case_id[ASH_CASE_ID_SIZE];
} ash_ledger_reader;

/* ASH_E_NOTFOUND: the case has none. ASH_E_CHANGED: the newest head does not fit
 * the tree, or is not signed. */
int ash_ledger_read(ash_ledger_reader *r, const char *case_dir, ash_error *err) ASH_MUST_USE;
void ash_ledger_read_end(ash_ledger_reader *r);

/* {"kind":"head",...}: the newest head with its note and key. */
int ash_proof_head(ash_ledger_reader *r, ash_buf *out, ash_error *err) ASH_MUST_USE;
/* {"kind":"inclusion",...}: that entry n is in the newest head. */
int ash_proof_entry(ash_ledger_reader *r, uint64_t n, ash_buf *out, ash_error *err) ASH_MUST_USE;
/* The same of the last entry that names this file of the case, or this input. */
int ash_proof_name(ash_ledger_reader *r, const char *name, ash_buf *out, ash_error *err) ASH_MUST_USE;
/* {"kind":"consistency",...}: that the ledger of `from` entries is the beginning
 * of the newest. */
int ash_proof_since(ash_ledger_reader *r, uint64_t from, ash_buf *out, ash_error *err) ASH_MUST_USE;

/* What a checked text was. */
typedef struct ash_proof_checked {
    const char *kind; /* "head", "inclusion", "consistency"; static */
    ash_head head;
    uint64_t entry, from;
} ash_proof_checked;

/* Checks a note, or the JSON of the functions above. r: also against this ledger,
 * the head must be in it; NULL: not. public_key: the key that signs; NULL: the
 * newest of r. ASH_E_CHANGED where it does not hold, ASH_E_FORMAT where it is no
 * such text. */
int ash_proof_check(ash_proof_checked *ret, ash_view text, ash_ledger_reader *r,
                    const uint8_t *public_key, ash_error *err) ASH_MUST_USE;

/* An RFC 3161 time-stamp request (DER) for the note, certificate asked for. */
int ash_timestamp_request(const ash_head *h, const char *case_id, ash_buf *out, ash_error *err)
    ASH_MUST_USE;

#endif
