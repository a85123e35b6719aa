/* A detector watches accesses and logons and reports findings.
 *
 * It runs in event time: it sees neither the clock nor files, keeps bounded
 * state, and given the same stream gives the same findings, wherever the stream
 * was cut and its state saved and loaded. Adding one: a file in src/detect/, a
 * row in detectors.def, and tests for a positive, a near miss and its state
 * limit. */
#ifndef ASHIATO_DETECTOR_H
#define ASHIATO_DETECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "ashiato/access.h"
#include "ashiato/error.h"
#include "ashiato/finding.h"

struct ash_buf;
struct ash_cursor;
struct ash_habit;

typedef struct ash_param {
    const char *name;
    double def, min, max;
    const char *unit;
    const char *help;
} ash_param;

#define ASH_PARAMS_MAX 24

/* Who an actor id is, grouped. Small dense numbers, each kind of its own, the same
 * in every run over the same input. */
typedef struct ash_subject {
    uint32_t group;       /* same account and client, whatever server and workstation name */
    uint32_t client;      /* same client, whatever account */
    uint32_t account;     /* same account, whatever client (the first actor's id) */
    uint32_t server;
    uint32_t workstation; /* same workstation name */
    bool client_known;      /* the record names a client */
    bool workstation_known;
    bool service;         /* named like a service account */
} ash_subject;

/* Wall-clock time where the servers stand. */
typedef struct ash_local {
    int32_t day;     /* days since 1970-01-01 */
    uint8_t hour;    /* 0 to 23 */
    uint8_t minute;
    uint8_t weekday; /* 0 = Monday */
} ash_local;

typedef struct ash_detect_context {
    const double *params; /* in the order of ash_detector.params */
    void *user;
    ash_subject (*subject)(void *user, uint32_t actor);
    ash_local (*local)(void *user, int64_t time);
    /* A finding: at its alarm, and again whenever it has grown or is complete. One
     * with the kind, subject, key and `first` of an earlier one takes its place;
     * with another `first` it is a repeat, and merged while it comes soon. */
    void (*report)(void *user, const ash_finding *f);
} ash_detect_context;

/* An access that has grown, with what several detectors ask about it. Lives for
 * the call. Hashes have no key, so that the same log has the same findings in
 * every case: names made to collide must only ever lower a figure. */
typedef struct ash_sight {
    const ash_access *access;
    unsigned grew;      /* ASH_GREW_* that are new */
    bool reads_logged;  /* the share's server logs reads */
    bool fresh;         /* what was written was made or emptied by this access */
    bool saved;         /* a document saved by replacing it: one change */
    ash_subject who;
    uint64_t file;      /* share and path */
    uint64_t folder;    /* share and the folder around it; of a listing: the folder itself */
    uint64_t name;      /* last part of the path, ASCII letters as small ones */
    ash_telling told;   /* for ash_finding_tell */
    const struct ash_habit *habit; /* how it compares with what is usual: detect/habits.h */
} ash_sight;

typedef struct ash_logon_fact {
    uint32_t actor;
    int64_t time;
    bool ok, anonymous, unknown_account;
    uint64_t account_hash;
    ash_subject who;
    ash_telling told;
} ash_logon_fact;

/* The log, the audit policy or a share was changed. */
typedef struct ash_admin_fact {
    uint32_t actor, share;
    int64_t time;
    uint16_t event; /* of Windows: 1102, 4719, 5136, 5142, 5143, 5144 */
} ash_admin_fact;

typedef struct ash_detector {
    const char *name;
    unsigned version;
    const char *doc;
    const ash_param *params;
    size_t n_params;
    size_t state_limit; /* bytes at most */

    void *(*init)(const ash_detect_context *c); /* NULL: out of memory */
    void (*on_access)(void *state, const ash_sight *s);
    void (*on_logon)(void *state, const ash_logon_fact *l);
    void (*on_admin)(void *state, const ash_admin_fact *a);
    /* Event time passed; called about once a minute of it. */
    void (*on_tick)(void *state, int64_t now);
    /* The next input is of another server or of a time long before: rates and open
     * bursts are over, habits are not. Called after finish. NULL: nothing to do. */
    void (*on_break)(void *state);
    /* The input ends here for now: reports what is open, and forgets nothing, for
     * the input may go on. NULL: nothing is ever open. */
    void (*finish)(const void *state);
    void (*save)(const void *state, struct ash_buf *out);
    bool (*load)(void *state, struct ash_cursor *in);
    void (*free)(void *state); /* NULL is fine */
} ash_detector;

extern const ash_detector *const ash_detectors[];
extern const size_t ash_n_detectors;

#endif
