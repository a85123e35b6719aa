/* Taking inputs into a case: find and recognise them, pass over what the case
 * has already, decode, fold, detect, store. Resumable: what was acknowledged by
 * a checkpoint is in the case exactly once, the rest is read again. */
#ifndef ASH_INGEST_INGEST_H
#define ASH_INGEST_INGEST_H

#include <stdatomic.h>

#include "case/case.h"

typedef struct ash_progress {
    const char *input;   /* name of the present one, NULL between inputs */
    size_t input_number, n_inputs;
    uint64_t raw_done, raw_total; /* bytes of all inputs; total 0 if unknown (a pipe) */
    uint64_t lines, accesses, findings;
    double seconds;
} ash_progress;

/* Durable and in the case exactly once, whatever happens from now on. */
typedef struct ash_acknowledged {
    int64_t input; /* its number in the case */
    const char *name, *state;
    uint64_t position; /* bytes of it, decompressed, whose records are in the case */
} ash_acknowledged;

typedef struct ash_ingest_options {
    const char *const *args;
    size_t n_args;
    const char *source;              /* name, NULL: recognise */
    const char *const *samba_prefix; /* as in smb.conf */
    size_t n_samba_prefix;
    const char *server;              /* for records that name none */
    const ash_zone *zone;            /* for times without one; NULL: this machine's */
    int year;                        /* of the first record without one; 0: infer */
    unsigned decoders;               /* threads; 0: none beside the caller's */
    bool keep_pipe;                  /* keep a copy of the standard input */
    bool growing;                    /* the inputs are being written: a last record without an end is
                                        left for later, by watch (live.h) */
    bool measure;                    /* fill in stages.detect (costs a little) */
    void (*progress)(void *user, const ash_progress *p);
    void (*acknowledged)(void *user, const ash_acknowledged *a); /* may be NULL */
    void *user;
    const atomic_bool *stop;         /* set it to stop cleanly */
} ash_ingest_options;

typedef struct ash_stage_times { /* CPU seconds */
    double decode, fold, detect, write;
} ash_stage_times;

typedef struct ash_ingest_result {
    size_t n_inputs, read, duplicates, unrecognised, unreadable, damaged, grown;
    uint64_t raw_bytes, bytes, lines, records, events, skipped;
    uint64_t accesses, split_early, entry_records, other_records;
    uint64_t findings;
    double seconds;
    ash_stage_times stages;
    bool interrupted;
} ash_ingest_result;

/* Returns 0 even when inputs were unreadable or unrecognised: that is in the
 * result and in the case. ASH_E_INTERRUPTED after a clean stop. */
int ash_ingest(ash_case *c, const ash_ingest_options *o, ash_ingest_result *ret, ash_error *err)
    ASH_MUST_USE;

#endif
