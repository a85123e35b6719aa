#include "detect/routine.h"

/* A job's beginning wanders with what ran before it: the hours beside count too. */
static uint32_t days_around(const ash_routine *r, unsigned hour)
{
    return r->days[(hour + 23) % 24] | r->days[hour] | r->days[(hour + 1) % 24];
}

bool ash_routine_fits(const ash_routine *r, ash_local t, uint32_t shares)
{
    int64_t past = (int64_t)t.day - r->day;
    if (past < 0 || past >= 32 || (shares & ~r->shares) != 0)
        return false;
    /* Today's do not count: they may be the same visit. */
    uint32_t days = days_around(r, t.hour) << past & ~UINT32_C(1);
    return __builtin_popcount(days) >= ASH_ROUTINE_MIN;
}

void ash_routine_add(ash_routine *r, ash_local t, uint32_t shares)
{
    int64_t past = (int64_t)t.day - r->day;
    if (past < 0)
        return; /* another server's log, of the same days */
    for (unsigned h = 0; h < 24 && past > 0; h++)
        r->days[h] = past >= 32 ? 0 : r->days[h] << past;
    r->day = t.day;
    r->days[t.hour] |= 1;
    r->shares |= shares;
}

void ash_routine_save(const ash_routine *r, ash_buf *out)
{
    ash_put_u32(out, (uint32_t)r->day);
    for (unsigned h = 0; h < 24; h++)
        ash_put_u32(out, r->days[h]);
    ash_put_u32(out, r->shares);
}

ash_routine ash_routine_load(ash_cursor *in)
{
    ash_routine r = {.day = (int32_t)ash_get_u32(in)};
    for (unsigned h = 0; h < 24; h++)
        r.days[h] = ash_get_u32(in);
    r.shares = ash_get_u32(in);
    return r;
}
