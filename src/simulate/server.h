/* One simulated server: its log files, a new one each day, and what goes wrong with them. */
#ifndef ASH_SIMULATE_SERVER_H
#define ASH_SIMULATE_SERVER_H

#include <stdio.h>

#include "ashiato/error.h"
#include "simulate/spool.h"

typedef enum ash_trouble_kind {
    ASH_TROUBLE_DAY,   /* a day's log is missing */
    ASH_TROUBLE_RATE,  /* the syslog daemon drops most records, and says so */
    ASH_TROUBLE_CLOCK, /* the clock is set back, and later right again */
    ASH_TROUBLE_CUT,   /* a record ends in the middle */
} ash_trouble_kind;

typedef struct ash_trouble {
    ash_trouble_kind kind;
    uint64_t from_us, to_us; /* true time */
    int64_t shift_us;        /* CLOCK */
    uint64_t lost;           /* records: gone, or cut */
} ash_trouble;

enum { ASH_TROUBLES = 8 };

struct ash_sim_options;

/* A file written, for truth.json. */
typedef struct ash_sim_file {
    uint32_t day;
    uint8_t server;
    const char *stem; /* "audit" */
    uint64_t records;
} ash_sim_file;

typedef struct ash_sim_files {
    ash_sim_file *items;
    size_t count, cap;
} ash_sim_files;

typedef struct ash_sim_server {
    char name[32];  /* as its records state it */
    char folder[8]; /* "fs01" */
    uint8_t index;
    ash_spool spool;
    uint64_t last_logon;
    uint32_t last_handle;
    const struct ash_sim_options *opt;
    ash_sim_files *all; /* not owned */
    const char *stem, *suffix, *head,
        *foot;  /* of the main log: name, ending, frame; set by the writer */
    FILE *log;  /* of the day; NULL: it is missing */
    FILE *side; /* logons, where they have a file of their own */
    uint32_t day, side_day;
    int64_t clock_off_us;
    uint64_t day_began; /* spool.total when the day's file began */
    uint64_t side_records;
    uint64_t burst, burst_at, burst_lost; /* records of the last few seconds */
    uint64_t bytes;
    ash_trouble troubles[ASH_TROUBLES];
    unsigned n_troubles;
    bool failed;
    int os_errno;
} ash_sim_server;

int ash_server_open(ash_sim_server *v, unsigned index, const struct ash_sim_options *o,
                    ash_sim_files *all, size_t line_cap, ash_error *err) ASH_MUST_USE;
/* False: something was not written. */
bool ash_server_close(ash_sim_server *v);

enum { ASH_SIM_FILE_NAME = 64 };
/* "fs01/audit-2026-01-05.log" */
void ash_server_file_name(const ash_sim_server *v, const char *stem, uint32_t day,
                          char out[ASH_SIM_FILE_NAME]);

/* A line of the second log (stem: its name), at a true time; n includes its end. */
void ash_server_side(ash_sim_server *v, uint64_t us, const char *stem, const char *line, size_t n);

/* A new burst may have begun: writes what the syslog daemon says about the last one. */
void ash_server_tick(ash_sim_server *v, uint64_t us);
/* Puts the spool's clock right, or wrong. zone_us: how far ahead of the log's zone local time is.
 * Returns by how much it was set, 0: not. */
int64_t ash_server_set_clock(ash_sim_server *v, uint64_t us, int64_t zone_us);
/* Are the records of the operation in the spool dropped? Counts them. */
bool ash_server_drops(ash_sim_server *v, uint64_t us);

#endif
