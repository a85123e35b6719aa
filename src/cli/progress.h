/* Progress of long work, on stderr: a line that renews itself on a terminal,
 * a line every ten seconds elsewhere, JSON lines with --json. */
#ifndef ASH_CLI_PROGRESS_H
#define ASH_CLI_PROGRESS_H

#include "ingest/ingest.h"

typedef enum ash_progress_mode { ASH_PROGRESS_AUTO, ASH_PROGRESS_JSON, ASH_PROGRESS_NONE } ash_progress_mode;

typedef struct ash_progress_state {
    ash_progress_mode mode;
    bool terminal;
    bool shown;      /* a line stands on the terminal */
    double last;     /* when something was printed */
    double began;    /* when bytes first moved: for the rate */
    uint64_t raw_began;
} ash_progress_state;

void ash_progress_init(ash_progress_state *s, ash_progress_mode mode);
void ash_progress_show(void *state, const ash_progress *p);
/* With --json: which part of an input is durable now; in one write, so that a
 * reader of a killed run sees whole lines. */
void ash_progress_acknowledged(void *state, const ash_acknowledged *a);
void ash_progress_clear(ash_progress_state *s);

#endif
