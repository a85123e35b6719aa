/* When the tracks were active, and when their accounts are otherwise: accesses
 * by date or day of the week, and hour, in the zone of the case. */
#ifndef ASH_INVESTIGATE_HEATMAP_H
#define ASH_INVESTIGATE_HEATMAP_H

#include "investigate/story.h"

#define ASH_HOURS 24

typedef struct ash_heat_row {
    int64_t day;                 /* since 1970; of a weekday 0 (Monday) to 6 */
    int64_t tracks[ASH_HOURS];   /* accesses that began then */
    int64_t accounts[ASH_HOURS]; /* the same accounts' other ones */
} ash_heat_row;

typedef struct ash_heatmap {
    bool by_date; /* the tracks lie within ASH_HEAT_DATES_MAX dates; then every one of these has a row */
    ash_heat_row *rows; /* owned */
    size_t n;           /* 0: there is no track */
} ash_heatmap;

/* Of all tracks in story, also those left out elsewhere. Needs rest. */
int ash_heatmap_load(ash_heatmap *ret, ash_reader *r, ash_error *err) ASH_MUST_USE;
void ash_heatmap_free(ash_heatmap *h);

/* Hours since 1970 by the clocks of the zone. */
int64_t ash_local_hour(ash_zone *z, int64_t cs);

#define ASH_QUARTER_CS INT64_C(90000)

/* Accesses by quarters of an hour (zones differ from UTC by such), in order of
 * time; hour is the local one the quarter lies in. rows: a query of quarter and n. */
typedef void (*ash_quarter_fn)(void *user, int64_t quarter, int64_t hour, int64_t n);
int ash_quarters_each(ash_reader *r, const char *rows, ash_quarter_fn each, void *user, ash_error *err)
    ASH_MUST_USE;

#endif
