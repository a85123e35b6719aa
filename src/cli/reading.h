/* What `ashiato classify` shows while it reads, and tells at its end. */
#ifndef ASH_CLI_READING_H
#define ASH_CLI_READING_H

#include "classify/rules.h"
#include "investigate/content.h"

typedef struct ash_reading {
    bool quiet, json, terminal, shown;
    double last;
} ash_reading;

void ash_reading_init(ash_reading *s, bool quiet, bool json);
void ash_reading_show(void *state, const ash_content_progress *p);
void ash_reading_clear(ash_reading *s);

/* All it takes to examine files, started before the case is opened. */
typedef struct ash_examiner {
    ash_content *content;
    ash_rules *rules;
    char version[24];
    ash_reading progress;
} ash_examiner;

/* rules: a file, or NULL. It must not be moved afterwards. */
int ash_examiner_start(ash_examiner *e, const char *rules, unsigned helpers, bool quiet, bool json,
                       ash_error *err) ASH_MUST_USE;
/* Gives helpers the case's key; before the first file. */
int ash_examiner_key(ash_examiner *e, ash_case *c, ash_error *err) ASH_MUST_USE;
void ash_examiner_stop(ash_examiner *e);

/* What came of all files, on standard output. */
void ash_reading_tell(const ash_content_totals *t, bool json);

#endif
