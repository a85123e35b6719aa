#include "fold/clock.h"

#include "ashiato/event.h"

#define DAY_NS (86400 * ASH_NS_PER_S)
#define HALF_YEAR (183 * DAY_NS)

void ash_clock_init(ash_clock *c, const ash_zone *zone, int year, int64_t written)
{
    *c = (ash_clock){
        .zone = *zone,
        .year = year,
        .year_given = year != 0,
        .written = written,
        .last = ASH_TIME_NONE,
        .max = ASH_TIME_NONE,
        .day = INT64_MIN,
    };
}

/* The same month, day and time of day in another year. 29 February becomes
 * 1 March where there is none. */
static int64_t in_year(ash_clock *c, int64_t t, int year)
{
    int64_t day = t / DAY_NS; /* yearless times are after 1970 */
    if (day != c->day || year != c->year) {
        int y;
        unsigned m, d;
        ash_civil_from_days(day, &y, &m, &d);
        int64_t moved = ash_days_from_civil(year, m, d);
        if (year != c->year)
            return t + (moved - day) * DAY_NS;
        c->day = day;
        c->day_in_year = moved;
    }
    return t + (c->day_in_year - day) * DAY_NS;
}

static void start_year(ash_clock *c, int64_t t)
{
    int y;
    unsigned m, d;
    ash_civil_from_days(c->written / DAY_NS, &y, &m, &d);
    y = y < ASH_YEAR_MIN + 1 ? ASH_YEAR_MIN + 1 : y > ASH_YEAR_MAX ? ASH_YEAR_MAX : y;
    c->year = y;
    /* A day of grace: zones, and files copied while they were written. */
    if (in_year(c, t, y) - DAY_NS > c->written)
        c->year = y - 1;
    c->day = INT64_MIN;
}

int64_t ash_clock_fix(ash_clock *c, int64_t t, unsigned flags)
{
    if (flags & ASH_EVENT_NO_YEAR) {
        if (c->year == 0)
            start_year(c, t);
        if (!c->used_year)
            c->first_year = c->year;
        c->used_year = true;
        int64_t whole = in_year(c, t, c->year);
        if (c->last != ASH_TIME_NONE && whole < c->last - HALF_YEAR && c->year < ASH_YEAR_MAX) {
            c->year++; /* December was followed by January */
            c->day = INT64_MIN;
            whole = in_year(c, t, c->year);
        } else if (c->last != ASH_TIME_NONE && whole - HALF_YEAR > c->last &&
                   c->year > ASH_YEAR_MIN) {
            whole = in_year(c, t, c->year - 1); /* a straggler of the old year */
        }
        t = whole;
    }
    if (flags & ASH_EVENT_NO_ZONE) {
        int64_t s = t / ASH_NS_PER_S;
        c->used_zone = true;
        t += (ash_zone_to_utc(&c->zone, s) - s) * ASH_NS_PER_S;
    }
    c->last = t;
    if (c->max == ASH_TIME_NONE || t > c->max)
        c->max = t;
    return t;
}
