/* Detectors, run by the engine on made-up accesses and logons. */
#ifndef ASH_TESTS_DETECTING_H
#define ASH_TESTS_DETECTING_H

#include "ashiato/finding.h"
#include "base/time.h"
#include "detect/engine.h"
#include "fold/actors.h"
#include "unit.h"

#define FOUND_MAX 4096

typedef struct detecting {
    ash_actors *actors;
    ash_engine *engine;
    ash_finding found[FOUND_MAX]; /* each as it was last reported */
    size_t n;
    size_t reports;
    bool slow;     /* keep what goes by habits, and nothing else; else the others */
    uint64_t path; /* a new one for each access */
} detecting;

/* 2026-11-23T00:00:00Z, in seconds. */
#define DAY0 1795392000

detecting *detecting_open(void);
void detecting_close(detecting *d);

/* Id of (server fs01, account, client, workstation ws). */
uint32_t actor_of(detecting *d, const char *account, const char *client);
uint32_t actor_at(detecting *d, const char *account, const char *client, const char *workstation);

/* One access to a new path at `second` (since DAY0) that grew by `grew`. */
void hit(detecting *d, uint32_t actor, double second, unsigned grew);
/* The same to a path of one's own; of a folder if it is listed. */
void touch_path(detecting *d, uint32_t actor, double second, unsigned grew, const char *path);
void hit_opened(detecting *d, uint32_t actor, double second, bool reads_logged);
/* n of them, `gap` seconds apart; returns the time after the last. */
double hits(detecting *d, uint32_t actor, double second, unsigned n, double gap, unsigned grew);

void logon(detecting *d, uint32_t actor, double second, bool ok, bool anonymous);

void detecting_finish(detecting *d);
/* Saves, and goes on with a new engine loaded from that. */
void detecting_reload(detecting *d);

/* Findings of a kind; the last of them in *ret (may be NULL). */
size_t found(const detecting *d, ash_finding_kind kind, const ash_finding **ret);

#endif
