/* What really happened, row by row as the actors do it: truth.tsv and truth.json. */
#ifndef ASH_SIMULATE_TRUTH_H
#define ASH_SIMULATE_TRUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ashiato/error.h"

typedef enum ash_truth_grade {
    ASH_TRUTH_READ,
    ASH_TRUTH_OPENED,
    ASH_TRUTH_LISTED,
    ASH_TRUTH_DENIED,
    ASH_TRUTH_WRITTEN,
    ASH_TRUTH_RENAMED,
    ASH_TRUTH_DELETED,
    ASH_TRUTH_GRADES
} ash_truth_grade;

typedef struct ash_truth_row {
    uint64_t us;
    const char *account, *client, *workstation, *server, *share;
    const char *path;
    size_t path_len;
    const char *new_path; /* RENAMED, else "" */
    size_t new_len;
    ash_truth_grade grade;
} ash_truth_row;

enum { ASH_TRUTH_PHASES = 16, ASH_TRUTH_WHO = 16 };

typedef struct ash_truth_phase {
    const char *name;
    uint64_t from_us, to_us;
    uint64_t counts[ASH_TRUTH_GRADES];
    uint64_t refused; /* logons */
} ash_truth_phase;

typedef struct ash_truth_who {
    char account[28], client[16], workstation[24];
    uint64_t from_us, to_us;
} ash_truth_who;

typedef struct ash_truth {
    FILE *rows;     /* of intruders */
    FILE *all_rows; /* of everybody; NULL: not asked for */
    uint64_t count;
    uint64_t first_us; /* the first footprint */
    ash_truth_phase phases[ASH_TRUTH_PHASES];
    unsigned n_phases;
    ash_truth_who who[ASH_TRUTH_WHO];
    unsigned n_who;
    bool failed;
} ash_truth;

int ash_truth_open(ash_truth *t, const char *dir, bool all, ash_error *err) ASH_MUST_USE;
bool ash_truth_close(ash_truth *t); /* false: something was not written */

/* The intruder's doings are of this phase from now on; name is static. */
void ash_truth_begin_phase(ash_truth *t, const char *name);
/* A trace the intruder leaves: a logon or an access. */
void ash_truth_trace(ash_truth *t, uint64_t us, const char *account, const char *client,
                     const char *workstation);
/* A logon that was refused. */
void ash_truth_refused(ash_truth *t, uint64_t us);
/* An access. intruder: it is a row of truth.tsv and a trace. */
void ash_truth_note(ash_truth *t, const ash_truth_row *row, bool intruder);

struct ash_sim;
struct ash_sim_files;
/* Writes truth.json. */
int ash_truth_summary(const struct ash_sim *s, const struct ash_sim_files *files,
                      ash_error *err) ASH_MUST_USE;

#endif
