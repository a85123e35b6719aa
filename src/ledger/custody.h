/* The chain of custody: who did what to a case, when and with what, as its ledger
 * has it. */
#ifndef ASH_LEDGER_CUSTODY_H
#define ASH_LEDGER_CUSTODY_H

#include "ledger/proof.h"

/* One act. Texts are "" where an act has none; valid during the call. */
typedef struct ash_custody {
    uint64_t entry;      /* its number: `ashiato ledger prove --entry` proves it */
    const char *time;
    const char *act;     /* stable: "case", "key", "run", "input", "end", "void", "retain", "hold",
                          * "release", "export" */
    const char *user, *host, *version; /* of a run */
    int64_t uid;         /* -1: none */
    const char *what;    /* the command line, the input, the rule, the reason, the bundle */
    const char *sha256;  /* of an input or a bundle; of a key, the key */
    int64_t bytes;       /* of these; -1: none */
    int64_t segments;    /* end: sealed since the run began; -1: none */
    int64_t exit;        /* end: the run's exit code; -1: none */
} ash_custody;

typedef int (*ash_custody_sink)(void *user, const ash_custody *c, ash_error *err);

/* Gives out all acts in order. Whether the ledger is what was signed is for verify to
 * say: here only its newest head has been looked at. ASH_E_CHANGED where a line is no
 * entry. */
int ash_custody_read(ash_ledger_reader *r, ash_custody_sink sink, void *user, ash_error *err) ASH_MUST_USE;

#endif
