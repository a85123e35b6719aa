/* The calendar of a Japanese company: working days, month-ends. Days are counted
 * from 1970-01-01, local time. */
#ifndef ASH_SIMULATE_CALENDAR_H
#define ASH_SIMULATE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

/* No weekend, no public holiday (Act on National Holidays, as in force since 2021;
 * the equinoxes by the formula that holds from 1980 to 2099), not closed from
 * 29 December to 3 January. */
bool ash_is_workday(uint32_t day);

/* One of the last three working days of a month, or the first: books are closed. */
bool ash_is_month_end(uint32_t day);

#endif
