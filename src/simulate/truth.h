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

enum {
    ASH_TRUTH_PHASES = 16,
    ASH_TRUTH_WHO = 8192,     /* sessions from different addresses; a day has few */
    ASH_TRUTH_ALIKES = 65536, /* more are counted */
};

/* How an intruder works, in words of truth.json; static. */
typedef struct ash_truth_style {
    const char *origin, *hours, *order, *tool;
    const char *method;    /* of ransomware, else NULL */
    unsigned pace_percent; /* of the usual pauses */
} ash_truth_style;

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

/* Something honest that looks like an intrusion. */
typedef struct ash_truth_alike {
    const char *kind;                              /* static */
    char account[28], client[16], workstation[24]; /* "": any */
    uint64_t from_us, to_us;                       /* 0: not begun */
} ash_truth_alike;

typedef struct ash_truth {
    FILE *rows;     /* of intruders */
    FILE *all_rows; /* of everybody; NULL: not asked for */
    uint64_t count;
    uint64_t first_us; /* the first footprint */
    ash_truth_phase phases[ASH_TRUTH_PHASES];
    unsigned n_phases;
    ash_truth_who *who;
    unsigned n_who, who_cap;
    ash_truth_alike *alikes;
    unsigned n_alikes, alikes_cap;
    uint64_t alikes_left_off;
    ash_truth_style style; /* of the intruder; all NULL: none */
    bool failed;
} ash_truth;

int ash_truth_open(ash_truth *t, const char *dir, bool all, ash_error *err) ASH_MUST_USE;
bool ash_truth_close(ash_truth *t); /* false: something was not written */
void ash_truth_free(ash_truth *t);

/* The intruder's doings are of this phase from now on; name is static. */
void ash_truth_begin_phase(ash_truth *t, const char *name);
/* A trace the intruder leaves: a logon or an access. */
void ash_truth_trace(ash_truth *t, uint64_t us, const char *account, const char *client,
                     const char *workstation);
/* Returns its number, for the next; 0: there are too many already, counted. */
uint32_t ash_truth_begin_alike(ash_truth *t, const char *kind, const char *account,
                               const char *client, const char *workstation);
void ash_truth_alike_seen(ash_truth *t, uint32_t alike, uint64_t us);
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
