/* What the parts of the simulation share. Times are local microseconds since 1970. */
#ifndef ASH_SIMULATE_WORLD_H
#define ASH_SIMULATE_WORLD_H

#include "simulate/queue.h"
#include "simulate/server.h"
#include "simulate/simulate.h"
#include "simulate/smb.h"
#include "simulate/truth.h"

#define ASH_SIM_ZONE_US (9 * 3600 * INT64_C(1000000))
#define ASH_SIM_DOMAIN "EXAMPLE"

typedef enum ash_sim_role { ASH_ROLE_PERSON, ASH_ROLE_SERVICE, ASH_ROLE_INTRUDER } ash_sim_role;

/* What a client asks for. Each is written as several records. */
typedef enum ash_deed_kind {
    ASH_DEED_LOOK, /* does the folder exist */
    ASH_DEED_LIST,
    ASH_DEED_LIST_DENIED,
    ASH_DEED_READ,
    ASH_DEED_OPEN, /* for reading, without reading */
    ASH_DEED_READ_DENIED,
    ASH_DEED_MISSING, /* a file that is not there */
    ASH_DEED_CREATE,
    ASH_DEED_OVERWRITE,
    ASH_DEED_SAVE_BEGIN, /* as Office saves: owner file and new content ... */
    ASH_DEED_SAVE_END,   /* ... and the exchange, some seconds later */
    ASH_DEED_RENAME,
    ASH_DEED_DELETE,
    ASH_DEED_MKDIR,
} ash_deed_kind;

typedef struct ash_deed {
    ash_deed_kind kind;
    ash_node node;           /* the folder worked on, or that of the file */
    ash_file_state file, to; /* to: new name */
    uint32_t number;         /* of the temporary file; MKDIR: of the new folder, or of the project
                                where node is a department */
} ash_deed;

struct ash_sim;
struct ash_sim_actor;
typedef void ash_sim_step(struct ash_sim *s, struct ash_sim_actor *a);

/* Anyone who causes records. A step does deeds on one server, or none, and sets resume_us. */
typedef struct ash_sim_actor {
    ash_due due;        /* first member */
    uint64_t resume_us; /* when it wants to go on */
    uint64_t step_us;   /* when its next step is: resume_us, or logging off comes first */
    uint64_t rng;       /* what it does */
    uint64_t pace; /* how long the server takes: a stream of its own, so that all formats show one world */
    ash_pend *pend; /* records that are not yet due */
    ash_sim_step *step;
    ash_sim_role role;
    uint8_t pend_server;
    bool leaving; /* logs off everywhere before the next step */
    bool local;   /* a program on the servers themselves (Windows) */
    uint16_t on;  /* bit per server with a session */
    uint16_t port;
    uint32_t rid;                    /* last part of the SID */
    uint32_t alike;                  /* of truth.json, or the first of the servers'; 0: none */
    uint64_t logon[ASH_MAX_SERVERS]; /* LogonIds */
    char account[28], client[16], workstation[24];
    ash_smb_client smb;
} ash_sim_actor;

/* How a format writes what clients do. Called between begin and end of a spool. */
typedef struct ash_sim_writer {
    size_t line_cap; /* bytes of the longest record */
    int (*open)(struct ash_sim *s, ash_error *err);
    void (*close)(struct ash_sim *s);
    /* volume: where it goes first. */
    void (*log_on)(struct ash_sim *s, ash_sim_server *at, ash_sim_actor *a, uint32_t volume);
    void (*log_off)(struct ash_sim *s, ash_sim_server *at, ash_sim_actor *a);
    /* A logon refused; unknown: there is no such account. */
    void (*refuse)(struct ash_sim *s, ash_sim_server *at, ash_sim_actor *a, const char *account,
                   bool unknown);
    /* The clock was set by so much; NULL: nothing says so. */
    void (*clock_set)(struct ash_sim *s, ash_sim_server *at, int64_t by_us);
    /* False: the records do not state the path. */
    bool (*write)(struct ash_sim *s, ash_sim_server *at, ash_sim_actor *a, const ash_deed *d);
    /* As the records state it: of n, or of a file in it. Returns the length. */
    size_t (*path)(const struct ash_sim *s, ash_node n, const ash_file_state *f,
                   char out[2 * ASH_PATH_CAP]);
} ash_sim_writer;

extern const ash_sim_writer ash_sim_samba, ash_sim_windows;

struct ash_person;

typedef struct ash_sim {
    const ash_sim_options *opt;
    const ash_sim_writer *writer;
    void *written; /* the writer's own state */
    uint64_t begin_us, end_us;
    ash_sim_tree tree;
    ash_sim_server servers[ASH_MAX_SERVERS];
    struct ash_person **people; /* owned by the queue; the array is not */
    uint32_t n_people;
    ash_queue queue;
    uint32_t queue_cap;
    ash_truth truth;
    struct { /* files written lately, for the indexer; a ring */
        uint32_t folder;
        uint8_t slot;
    } changed[4096];
    uint64_t n_changed;
    /* the step being made */
    ash_sim_server *at;
    uint64_t limit;
    bool failed; /* no memory */
} ash_sim;

/* Adds an actor of `size` bytes, zeroed but for `due.order`, `role`, `rng`; NULL: no memory.
 * Before the simulation runs. Owned by the queue. */
void *ash_sim_add(ash_sim *s, size_t size, ash_sim_role role, uint32_t order, ash_sim_step *step);
/* Who it is; also for its next session. */
void ash_sim_identify(ash_sim_actor *a, const char *account, const char *client,
                      const char *workstation);

/* In a step: does it, notes what happened. All deeds of a step are on one server. */
void ash_sim_do(ash_sim *s, ash_sim_actor *a, const ash_deed *d);
/* In a step: a logon that fails. */
void ash_sim_refused(ash_sim *s, ash_sim_actor *a, unsigned server, const char *account,
                     bool unknown);
/* In a step: time passes before the next deed of it. */
void ash_sim_pause(ash_sim *s, uint64_t us);
/* When the last record of this step was due, or the step began. */
uint64_t ash_sim_now(const ash_sim *s, const ash_sim_actor *a);
/* Ends the step: goes on after a pause. */
void ash_sim_wait(const ash_sim *s, ash_sim_actor *a, uint64_t us);
/* Ends the step: logs off, goes on at a time. */
void ash_sim_leave(ash_sim_actor *a, uint64_t resume_us);

static inline ash_node ash_sim_folder(uint32_t folder)
{
    return (ash_node){ASH_NODE_FOLDER, folder};
}

/* What MKDIR makes. */
static inline ash_node ash_deed_made(const ash_deed *d)
{
    return (ash_node){d->node.kind == ASH_NODE_GROUP ? ASH_NODE_PROJECT : ASH_NODE_FOLDER, d->number};
}

static inline void ash_sim_do_file(ash_sim *s, ash_sim_actor *a, ash_deed_kind kind,
                                   uint32_t folder, unsigned slot)
{
    ash_deed d = {kind, ash_sim_folder(folder), ash_sim_tree_file(&s->tree, folder, slot), {0}, 0};
    ash_sim_do(s, a, &d);
}

static inline void ash_sim_do_node(ash_sim *s, ash_sim_actor *a, ash_deed_kind kind, ash_node n)
{
    ash_deed d = {.kind = kind, .node = n};
    ash_sim_do(s, a, &d);
}

/* Does the department's account get at it? One file in 64 is for its own department. */
bool ash_sim_may_enter(const ash_sim *s, ash_node n, unsigned dept);
bool ash_sim_may_read(const ash_sim *s, uint32_t folder, unsigned slot, unsigned dept);
/* Reads a file of a folder the actor may enter, or is refused. */
void ash_sim_try_read(ash_sim *s, ash_sim_actor *a, uint32_t folder, unsigned slot, unsigned dept);
/* Lists it and, where asked, what is above; or is refused. */
bool ash_sim_try_list(ash_sim *s, ash_sim_actor *a, ash_node n, unsigned dept);
void ash_sim_note_change(ash_sim *s, uint32_t folder, unsigned slot);

static inline uint32_t ash_sim_day(uint64_t us)
{
    return (uint32_t)(us / ASH_US_PER_DAY);
}

/* Minutes, with a random second and microsecond. */
static inline uint64_t ash_sim_at(uint32_t day, uint32_t minute, uint64_t *rng)
{
    uint64_t us = day * ASH_US_PER_DAY + minute * 60 * ASH_US_PER_SEC;
    return us + ash_rng_below(rng, 60000000);
}

/* Uniform between two bounds in milliseconds, to the microsecond. */
static inline uint64_t ash_sim_ms(uint64_t *rng, uint32_t lo, uint32_t hi)
{
    uint64_t us = (uint64_t)ash_rng_range(rng, lo, hi) * 1000;
    return us + ash_rng_below(rng, 1000);
}

/* What the actor does from now on looks like an intrusion and is none; kind is static. */
void ash_sim_alike(ash_sim *s, ash_sim_actor *a, const char *kind);

/* people.c, services.c, errands.c: the usual actors. */
void ash_people_add(ash_sim *s);
void ash_services_add(ash_sim *s);
void ash_errands_add(ash_sim *s);

/* The scenarios' own. */
void ash_sim_look_alikes(ash_sim *s);
void ash_sim_slow_then_scan(ash_sim *s);
void ash_sim_slow_vpn(ash_sim *s);
void ash_sim_fast_scan(ash_sim *s);
void ash_sim_insider(ash_sim *s);
void ash_sim_throttled_scan(ash_sim *s);
void ash_sim_ransomware(ash_sim *s);
void ash_sim_spraying(ash_sim *s);

#endif
