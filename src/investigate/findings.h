/* Findings as stored in the case. */
#ifndef ASH_INVESTIGATE_FINDINGS_H
#define ASH_INVESTIGATE_FINDINGS_H

#include "ashiato/finding.h"
#include "base/buf.h"
#include "investigate/filter.h"

typedef struct ash_finding_row {
    int64_t id;
    ash_finding f;
    int64_t track; /* 0 = none */
} ash_finding_row;

typedef struct ash_findings {
    ash_finding_row *rows;
    size_t n;
} ash_findings;

/* In order of their alarm's time. The filter's account, client, server, since
 * and until apply. */
int ash_findings_load(ash_findings *ret, ash_reader *r, const ash_filter *f, ash_error *err)
    ASH_MUST_USE;
void ash_findings_free(ash_findings *f);

/* One sentence for people, in their language. */
void ash_finding_message(const ash_finding *f, ash_zone *zone, ash_buf *out);

#endif
