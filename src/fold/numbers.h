/* Which record numbers of a server's log are in the case. Windows numbers the
 * records of a log without holes (EventRecordID): a hole is records that are
 * missing, no hole is proof that none are, and a number met again is the same
 * record from another copy of the log.
 *
 * Numbers are kept as spans. A log that was made anew begins a list of its own:
 * numbers and times of one list rise together. Memory is bounded by
 * ASH_SPANS_MAX spans; beyond it the smallest holes are closed, and the list
 * then tells no repetitions (inexact). */
#ifndef ASH_FOLD_NUMBERS_H
#define ASH_FOLD_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ashiato/source.h"
#include "base/buf.h"
#include "base/cursor.h"

typedef struct ash_number_list {
    uint32_t server;
    uint32_t epoch; /* which log of that server, in order of sight */
    ash_span *spans; /* sorted, apart from each other */
    uint32_t n, cap;
    bool inexact;
    bool changed; /* since the owner last cleared it */
} ash_number_list;

typedef struct ash_numbers {
    ash_number_list *lists;
    uint32_t n, cap;
    uint32_t spans; /* in all */
    uint32_t last;  /* list met last */
} ash_numbers;

void ash_numbers_free(ash_numbers *x);

/* False: out of memory. */
bool ash_numbers_add(ash_numbers *x, uint32_t server, const ash_span *s);

/* True if the record with this number and time is there. */
bool ash_numbers_has(const ash_numbers *x, uint32_t server, uint64_t number, int64_t time);

void ash_numbers_save(const ash_numbers *x, ash_buf *b);
/* Into an empty one; false if the bytes are not such a state. */
bool ash_numbers_load(ash_numbers *x, ash_cursor *c);

#endif
