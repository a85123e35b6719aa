/* A detector watches accesses and logons and reports findings.
 *
 * It runs in event time: it sees neither the clock nor files, keeps bounded
 * state, and given the same stream gives the same findings. Adding one: a file
 * in src/detect/, a row in detectors.def, and tests for a positive, a near miss
 * and its state limit. */
#ifndef ASHIATO_DETECTOR_H
#define ASHIATO_DETECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "ashiato/access.h"
#include "ashiato/error.h"
#include "ashiato/finding.h"

struct ash_buf;
struct ash_cursor;

typedef struct ash_param {
    const char *name;
    double def, min, max;
    const char *unit;
    const char *help;
} ash_param;

#define ASH_PARAMS_MAX 24

/* Who an actor id is, grouped: records of one account from one client belong
 * together whatever workstation name they claim. Provided by the engine. */
typedef struct ash_subject {
    uint32_t group;  /* same server, account and client */
    uint32_t client; /* same client, whatever account */
    bool service;    /* named like a service account */
} ash_subject;

typedef struct ash_detect_context {
    const double *params; /* in the order of ash_detector.params */
    void *user;
    ash_subject (*subject)(void *user, uint32_t actor);
    /* A finding that is complete, or was open at the end of the input. */
    void (*report)(void *user, const ash_finding *f);
} ash_detect_context;

typedef struct ash_logon_fact {
    uint32_t actor;
    int64_t time;
    bool ok, anonymous, unknown_account;
    uint64_t account_hash;
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
    void (*on_access)(void *state, const ash_access *a, unsigned grew, bool reads_logged);
    void (*on_logon)(void *state, const ash_logon_fact *l);
    void (*on_admin)(void *state, const ash_admin_fact *a);
    /* Event time passed; called about once a minute of it. */
    void (*on_tick)(void *state, int64_t now);
    /* Reports what is still open. */
    void (*finish)(void *state);
    void (*save)(const void *state, struct ash_buf *out);
    bool (*load)(void *state, struct ash_cursor *in);
    void (*free)(void *state); /* NULL is fine */
} ash_detector;

extern const ash_detector *const ash_detectors[];
extern const size_t ash_n_detectors;

#endif
