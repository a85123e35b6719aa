#include "simulate/calendar.h"

#include <stddef.h>

#include "base/time.h"

static bool is_fixed_holiday(unsigned m, unsigned d)
{
    static const struct {
        uint8_t month, day;
    } fixed[] = {{1, 1}, {2, 11}, {2, 23}, {4, 29}, {5, 3},
                 {5, 4}, {5, 5},  {8, 11}, {11, 3}, {11, 23}};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (fixed[i].month == m && fixed[i].day == d)
            return true;
    return false;
}

/* Holidays that are the nth Monday of a month. */
static bool is_monday_holiday(uint32_t day, unsigned m, unsigned d)
{
    unsigned nth = (d + 6) / 7;
    if (ash_weekday(day) != 1)
        return false;
    return ((m == 1 || m == 10) && nth == 2) || ((m == 7 || m == 9) && nth == 3);
}

/* The National Astronomical Observatory's approximation. */
static bool is_equinox(int y, unsigned m, unsigned d)
{
    int since = y - 1980;
    if (m == 3)
        return (int)d == (int)(20.8431 + 0.242194 * since) - since / 4;
    return m == 9 && (int)d == (int)(23.2488 + 0.242194 * since) - since / 4;
}

static bool is_holiday(uint32_t day)
{
    int y;
    unsigned m, d;
    ash_civil_from_days(day, &y, &m, &d);
    return is_fixed_holiday(m, d) || is_monday_holiday(day, m, d) || is_equinox(y, m, d);
}

/* A holiday on a Sunday moves to the next day that is none. */
static bool is_substitute(uint32_t day)
{
    for (uint32_t before = day - 1; is_holiday(before); before--)
        if (ash_weekday(before) == 0)
            return true;
    return false;
}

bool ash_is_workday(uint32_t day)
{
    int y;
    unsigned m, d, weekday = ash_weekday(day);
    ash_civil_from_days(day, &y, &m, &d);
    if (weekday == 0 || weekday == 6 || (m == 12 && d >= 29) || (m == 1 && d <= 3))
        return false;
    if (is_holiday(day) || is_substitute(day))
        return false;
    return !(is_holiday(day - 1) && is_holiday(day + 1)); /* between two holidays */
}

bool ash_is_month_end(uint32_t day)
{
    int y;
    unsigned m, d, month;
    if (!ash_is_workday(day))
        return false;
    ash_civil_from_days(day, &y, &month, &d);
    unsigned workdays = 0;
    for (uint32_t next = day + 1;; next++) {
        ash_civil_from_days(next, &y, &m, &d);
        if (m != month)
            break;
        workdays += ash_is_workday(next);
    }
    if (workdays < 3)
        return true;
    for (uint32_t before = day - 1;; before--) {
        ash_civil_from_days(before, &y, &m, &d);
        if (m != month)
            return true;
        if (ash_is_workday(before))
            return false;
    }
}
