/* A company's file servers, simulated: people, programs and, in most scenarios, an
 * intruder, written as the logs real servers write, with the exact truth beside them.
 *
 * Everything follows from the options: the same ones give the same bytes. Each actor
 * draws from a random stream of its own, so that an intruder adds records and changes
 * none of the others', except where files are changed. Memory does not depend on the
 * number of days. Times of day are local time at +09:00. */
#ifndef ASH_SIMULATE_SIMULATE_H
#define ASH_SIMULATE_SIMULATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ashiato/error.h"

/* What the servers are told to record; docs/SIMULATE.md. */
typedef enum ash_sim_config { ASH_SIM_RICH, ASH_SIM_LEAN, ASH_SIM_OLD } ash_sim_config;
typedef enum ash_sim_format {
    ASH_SIM_SAMBA,
    ASH_SIM_WINDOWS_XML,
    ASH_SIM_WINDOWS_JSON
} ash_sim_format;

const char *ash_sim_config_name(size_t i); /* NULL after the last */
const char *ash_sim_format_name(size_t i);

struct ash_sim;

typedef struct ash_scenario {
    const char *name; /* for programs */
    const char *desc; /* marked for translation */
    /* Adds the actors beyond the usual ones; NULL: none. */
    void (*begin)(struct ash_sim *s);
    bool troubled; /* the logs have gaps and wrong clocks */
} ash_scenario;

extern const ash_scenario ash_scenarios[];
extern const size_t ash_n_scenarios;
const ash_scenario *ash_scenario_by_name(const char *name); /* NULL: none */
const char *ash_scenario_name(size_t i);                    /* NULL after the last */

#define ASH_SIM_DAYS_MAX 3650u
#define ASH_SIM_USERS_MAX 100000u
#define ASH_SIM_SERVERS_MAX 16u
#define ASH_SIM_FILES_MAX 100000000u
#define ASH_SIM_ACTIONS_MAX 1000u

typedef struct ash_sim_options {
    const ash_scenario *scenario;
    uint64_t seed;
    uint32_t start; /* first day, since 1970-01-01 */
    uint32_t days, users, servers;
    uint32_t files;   /* on all servers when it begins, about */
    uint32_t actions; /* of a person on a working day, about */
    ash_sim_config config;
    ash_sim_format format;
    bool troubled;     /* also where the scenario is not */
    bool truth_all;    /* truth-all.tsv: what everybody did */
    const char *dir;   /* must not exist or be empty */
    atomic_bool *stop; /* may be NULL */
} ash_sim_options;

typedef struct ash_sim_result {
    uint64_t records; /* written */
    uint64_t bytes;
    uint64_t truths; /* rows of truth.tsv */
    uint32_t files;  /* logs */
} ash_sim_result;

int ash_simulate(const ash_sim_options *o, ash_sim_result *ret, ash_error *err) ASH_MUST_USE;

#endif
