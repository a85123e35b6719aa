/* Puts times right that the log does not state whole: the year of RFC 3164
 * times, the zone of local ones. And notices when the server's clock jumps. */
#ifndef ASH_FOLD_CLOCK_H
#define ASH_FOLD_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

typedef struct ash_clock {
    ash_zone zone;      /* for times without one */
    int year;           /* current year for times without one; 0 = none needed yet */
    int64_t written;    /* ns; when the input was last written, upper bound of its times */
    bool year_given;    /* by the user: the first record's year */
    int64_t last;       /* last time given out, ASH_TIME_NONE before the first */
    int64_t max;        /* latest time given out */
    bool used_year, used_zone; /* an assumption was needed */
    int first_year;     /* the year given to the first such record */
    int64_t day;        /* cache: yearless day -> day in the current year */
    int64_t day_in_year;
} ash_clock;

/* year 0: infer so that the first record is not later than `written`. */
void ash_clock_init(ash_clock *c, const ash_zone *zone, int year, int64_t written);

/* A whole time for one that has event flags NO_ZONE and NO_YEAR. */
int64_t ash_clock_fix(ash_clock *c, int64_t t, unsigned event_flags);

#endif
