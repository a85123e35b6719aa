/* What a first notice must say of an incident beside what was read: encryption,
 * destruction, staging, tampering with the log, outward transfer. "Not found" is
 * said only where the records would show it; else what prevents it is named. */
#ifndef ASH_INVESTIGATE_CHECKS_H
#define ASH_INVESTIGATE_CHECKS_H

#include "investigate/coverage.h"
#include "investigate/findings.h"
#include "investigate/signs.h"

typedef enum ash_check_state {
    ASH_CHECK_SEEN,
    ASH_CHECK_NOT_FOUND, /* in the records examined */
    ASH_CHECK_CANNOT_TELL,
} ash_check_state;

typedef enum ash_check_kind {
    ASH_CHECK_ENCRYPTION,
    ASH_CHECK_DESTRUCTION,
    ASH_CHECK_STAGING,
    ASH_CHECK_TAMPERING,
    ASH_CHECK_TRANSFER,
    ASH_CHECKS,
} ash_check_kind;

typedef struct ash_check {
    ash_check_kind kind;
    ash_check_state state;
    char *text; /* owned; what was seen, what was looked for, or why it cannot be told */
    ash_examples examples;
} ash_check;

typedef struct ash_checks {
    ash_check at[ASH_CHECKS];
    size_t n; /* 0: there is no track, so nothing to check */
} ash_checks;

/* Of all tracks together. findings: all of the case. Needs rest (story.h). */
int ash_checks_load(ash_checks *ret, const ash_story *s, const ash_coverage *coverage,
                    const ash_findings *findings, ash_error *err) ASH_MUST_USE;
void ash_checks_free(ash_checks *c);

/* Was the log cleared, or auditing switched off, or are records missing, from an
 * hour before to an hour after? out: what, for people, appended (may be NULL). */
bool ash_checks_tampered(const ash_story *s, const ash_coverage *coverage, const ash_findings *findings,
                         int64_t first, int64_t last, ash_buf *out);

/* Stable: "encryption", "log-tampering"; "seen", "not-found", "cannot-tell". */
const char *ash_check_name(ash_check_kind k);
const char *ash_check_state_name(ash_check_state s);
const char *ash_check_state_words(ash_check_state s); /* for people: "not found" */
/* For people: "Signs of encryption". */
const char *ash_check_title(ash_check_kind k);
/* The command that lists what it looks at, less "ashiato"; "": nothing is recorded. */
const char *ash_check_command(ash_check_kind k);
/* In a sentence: "encryption". */
const char *ash_check_plain(ash_check_kind k);

#endif
