/* The state of one ingest run. Internal to ingest. */
#ifndef ASH_INGEST_RUN_H
#define ASH_INGEST_RUN_H

#include "detect/engine.h"
#include "fold/fold.h"
#include "ingest/input_servers.h"
#include "ingest/pipeline.h"
#include "ingest/plan.h"
#include "store/store.h"

/* What one actor did since the last checkpoint. */
typedef struct ash_actor_counts {
    int64_t first_cs, last_cs; /* first > last: nothing */
    uint64_t accesses, read, opened, listed, denied, missing, changed;
} ash_actor_counts;

typedef struct ash_pending_finding {
    const ash_detector *by;
    ash_finding f;
} ash_pending_finding;

typedef struct ash_run {
    ash_case *c;
    const ash_ingest_options *o;
    ash_ingest_result *result;
    ash_zone zone; /* for times without one, from the plan */
    ash_zone_origin zone_origin;
    ash_actors *actors;
    ash_fold *fold;
    ash_engine *engine;
    ash_store *store;
    ash_hours hours;
    ash_input_servers servers;
    ash_clock clock;      /* of the present input */
    ash_input *in;        /* the present input, NULL between */
    size_t input_number;
    int64_t last_time;    /* latest event since the fold was last flushed */
    uint64_t raw_before;  /* raw bytes of inputs that are done */
    uint64_t raw_total;
    double started, last_progress, last_checkpoint;
    /* since the last checkpoint */
    ash_input **dirty; /* finished inputs whose rows are to be stored */
    size_t n_dirty, cap_dirty;
    ash_input **growing; /* inputs that stay open across checkpoints; the caller's */
    size_t n_growing;
    ash_actor_counts *counts;
    uint32_t cap_counts;
    uint64_t *half_reads; /* by share */
    uint32_t cap_half_reads;
    ash_pending_finding *findings;
    size_t n_findings, cap_findings;
    uint32_t stored_actors, stored_shares;
    int64_t state_file; /* number of the last state file, 0 = none */
    uint64_t findings_total;
    /* Told of every finding as it is reported; a: the access that caused it, or NULL. */
    void (*alarm)(void *user, const ash_detector *by, const ash_finding *f, const ash_access *a);
    void *alarm_user;
    const ash_access *present; /* the access the detectors are looking at */
    int failed; /* a sink ran out of memory */
} ash_run;

#define ASH_DIRTY_MAX 256u

/* Opens store, fold and detectors and takes up where the last checkpoint stopped.
 * *ret_input: the input it stopped in, 0 if between inputs. After a failure, too,
 * close it. */
int ash_run_open(ash_run *r, ash_case *c, const ash_ingest_options *o, ash_ingest_result *result,
                 int64_t *ret_input, ash_error *err) ASH_MUST_USE;
void ash_run_close(ash_run *r);
/* Everything open is closed and acknowledged. */
int ash_run_end(ash_run *r, ash_error *err) ASH_MUST_USE;

/* The steps of reading r->in. Rows get their number before their records are
 * stored, since accesses name it; a row without bytes left by an earlier run is
 * used again. */
int ash_run_number_input(ash_run *r, ash_error *err) ASH_MUST_USE;
/* The evidence index covers the bytes that are in the case by another input, too:
 * offsets are of this one, and a run that is stopped in it knows it again. */
int ash_run_pass_over(ash_run *r, const ash_plan_item *item, ash_error *err) ASH_MUST_USE;
int ash_run_fold_block(ash_run *r, ash_block *b, ash_error *err) ASH_MUST_USE;
/* Keeps the row to be stored with the next checkpoint; r->in is NULL then. */
int ash_run_finish_input(ash_run *r, ash_error *err) ASH_MUST_USE;

double ash_now_seconds(void); /* monotonic, for progress only */

/* Makes everything gathered durable and acknowledges it, in one transaction. */
int ash_run_checkpoint(ash_run *r, ash_error *err) ASH_MUST_USE;
/* Part of ash_run_open. */
int ash_run_restore(ash_run *r, int64_t *ret_input, ash_error *err) ASH_MUST_USE;

/* Remarks on the present input: assumptions about times, records left out; and
 * what the fold has lost since `before`. remarks.c. */
void ash_run_remark_assumptions(ash_run *r);
void ash_run_remark_limits(ash_run *r, const ash_fold_stats *before);

#endif
