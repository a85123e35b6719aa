/* A ledger being written, for the files that make its entries. */
#ifndef ASH_LEDGER_SEAL_INTERNAL_H
#define ASH_LEDGER_SEAL_INTERNAL_H

#include "ledger/book.h"
#include "ledger/seal.h"

struct ash_ledger {
    ash_case *c;
    ash_book book;
    ash_key key;
    char case_id[ASH_CASE_ID_SIZE];
    char time[ASH_LEDGER_TIME];
    ash_buf line; /* the entry being made */
    uint64_t acknowledged; /* entries before it are named by the case, or name nothing */
};

/* Begins an entry; what follows goes to the buffer returned. */
ash_buf *ash_ledger_begin(ash_ledger *l, const char *type);
/* ,"key":"value" */
void ash_ledger_text(ash_ledger *l, const char *key, const char *value);
/* Ends it: it is pending until the next seal. */
int ash_ledger_end(ash_ledger *l, ash_error *err) ASH_MUST_USE;
/* Signs a head over what is pending; nothing if nothing is. */
int ash_ledger_seal(ash_ledger *l, ash_error *err) ASH_MUST_USE;

#endif
