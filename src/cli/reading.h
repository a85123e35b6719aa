/* What `ashiato classify` shows while it reads, and tells at its end. */
#ifndef ASH_CLI_READING_H
#define ASH_CLI_READING_H

#include "investigate/content.h"

typedef struct ash_reading {
    bool quiet, json, terminal, shown;
    double last;
} ash_reading;

void ash_reading_init(ash_reading *s, bool quiet, bool json);
void ash_reading_show(void *state, const ash_content_progress *p);
void ash_reading_clear(ash_reading *s);

/* What came of all files, on standard output. */
void ash_reading_tell(const ash_content_totals *t, bool json);

#endif
