/* Repeats: findings of one kind about one subject that come soon one after the
 * other are one finding that grows and keeps its number. */
#ifndef ASH_DETECT_REPEATS_H
#define ASH_DETECT_REPEATS_H

#include "ashiato/finding.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "detect/slots.h"

typedef struct ash_repeats {
    ash_slots known; /* by hash of kind, group and key; bounded as ash_slots is */
    uint32_t given;  /* numbers given so far */
} ash_repeats;

void ash_repeats_init(ash_repeats *r);
void ash_repeats_free(ash_repeats *r);

/* Takes a finding about a group (ash_subject) and makes it what is to be kept:
 * with its number, and with what it had grown to before. Without memory it is a
 * finding of its own. now: time of the log at which it is reported. */
void ash_repeats_take(ash_repeats *r, uint32_t group, int64_t now, ash_finding *f);

void ash_repeats_save(const ash_repeats *r, ash_buf *out);
bool ash_repeats_load(ash_repeats *r, ash_cursor *in);

/* A finding in a saved state. */
void ash_finding_save(const ash_finding *f, ash_buf *out);
bool ash_finding_load(ash_finding *f, ash_cursor *in);
void ash_telling_save(const ash_telling *t, ash_buf *out);
ash_telling ash_telling_load(ash_cursor *in);

#endif
