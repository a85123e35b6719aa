/* What all parts share: the options, the tree, the output, and the actors. */
#ifndef GEN_WORLD_H
#define GEN_WORLD_H

#include "simulate/queue.h"
#include "simulate/smb.h"
#include "truth.h"

enum attack_kind { ATTACK_NONE, ATTACK_SCAN, ATTACK_SLOW };

struct options {
    uint64_t lines; /* 0: no limit */
    uint32_t days;  /* 0: until the lines are reached */
    uint64_t seed;
    uint32_t users;
    uint64_t files;
    unsigned servers;
    uint64_t start_us; /* local time, microseconds since 1970 */
    char zone[8];      /* as printed: +09:00 */
    ash_log_format format;
    ash_smb_config config;
    enum attack_kind attack;
    const char *truth_path;
    const char *out_path;
};

struct world;
struct actor;
typedef void step_fn(struct world *w, struct actor *a);

/* Anyone who causes log lines. A step renders one operation and sets resume_us. */
struct actor {
    ash_due due; /* first member; next line or next step */
    uint64_t resume_us;
    uint64_t rng;
    ash_pend *pend;
    step_fn *step;
    ash_smb_client client;
};

struct change { /* a file written since a service last looked */
    uint32_t folder;
    uint8_t slot;
};

struct changes {
    struct change *items;
    size_t count, cap;
    size_t backed_up, indexed;
};

struct user;

struct world {
    const struct options *opt;
    uint64_t end_us;
    ash_sim_tree tree;
    ash_spool out;
    ash_smb smb;
    struct truth truth;
    struct changes changes;
    struct user *users;
    struct actor *services[2];
    struct actor *attacker;
};

/* Leaves all shares. */
void world_disconnect(struct world *w, struct actor *a);

/* Uniform waiting time between two bounds in milliseconds, to the microsecond. */
static inline uint64_t wait_ms(uint64_t *rng, uint32_t lo, uint32_t hi)
{
    uint64_t us = (uint64_t)ash_rng_range(rng, lo, hi) * 1000;
    return us + ash_rng_below(rng, 1000);
}

/* Truths about access rights; see README. */
bool world_file_denied(const struct world *w, uint32_t folder, unsigned slot, unsigned dept);

#endif
