/* What the logs cover, and what they cannot tell. */
#ifndef ASH_INVESTIGATE_COVERAGE_H
#define ASH_INVESTIGATE_COVERAGE_H

#include "base/buf.h"
#include "investigate/reader.h"

typedef enum ash_cover_state {
    ASH_COVER_OBSERVED,
    ASH_COVER_DEGRADED, /* records are missing or incomplete */
    ASH_COVER_GAP,      /* no records though there should be */
    ASH_COVER_UNKNOWN,  /* no records; whether there should be cannot be told */
} ash_cover_state;

typedef struct ash_cover {
    char server[128]; /* escaped; "" = not stated */
    int64_t first, last; /* ns; ASH_TIME_NONE = whole */
    ash_cover_state state;
    const char *reason; /* stable: "rate-limit", "quiet", "no-reads", ... */
    char *text;         /* owned; for people */
    int64_t count;      /* -1: none */
    char *input;        /* owned; NULL = none */
    int64_t input_id;   /* its number; 0 = none */
    int64_t offset;     /* -1: none */
} ash_cover;

typedef struct ash_coverage {
    ash_cover *rows;
    size_t n, cap;
    int64_t first, last; /* of all records */
} ash_coverage;

int ash_coverage_load(ash_coverage *ret, ash_reader *r, ash_error *err) ASH_MUST_USE;
void ash_coverage_free(ash_coverage *c);

const char *ash_cover_state_name(ash_cover_state s);

#endif
