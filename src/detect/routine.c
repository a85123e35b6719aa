#include "detect/routine.h"

/* A job's beginning wanders with what ran before it. */
#define MINUTES_APART 60
/* Weekly jobs are routine as well, monthly ones are looked at each time. */
#define DAYS_APART 8

static int minutes_between(unsigned a, unsigned b)
{
    int d = (int)a - (int)b;
    d = d < 0 ? -d : d;
    return d > 720 ? 1440 - d : d;
}

static bool agrees(const ash_routine *r, int32_t day, unsigned minute)
{
    return r->times > 0 && day - r->day >= 0 && day - r->day <= DAYS_APART &&
           minutes_between(r->minute, minute) <= MINUTES_APART;
}

bool ash_routine_fits(const ash_routine *r, int32_t day, unsigned minute, uint32_t shares)
{
    return r->times >= ASH_ROUTINE_MIN && agrees(r, day, minute) && (shares & ~r->shares) == 0;
}

void ash_routine_add(ash_routine *r, int32_t day, unsigned minute, uint32_t shares)
{
    if (!agrees(r, day, minute)) {
        *r = (ash_routine){.day = day, .minute = (uint16_t)minute, .times = 1, .shares = shares};
        return;
    }
    r->shares |= shares;
    if (day == r->day)
        return;
    r->day = day;
    r->times += r->times < UINT16_MAX;
}

void ash_routine_save(const ash_routine *r, ash_buf *out)
{
    ash_put_u32(out, (uint32_t)r->day);
    ash_put_u16(out, r->minute);
    ash_put_u16(out, r->times);
    ash_put_u32(out, r->shares);
}

ash_routine ash_routine_load(ash_cursor *in)
{
    ash_routine r = {.day = (int32_t)ash_get_u32(in)};
    r.minute = ash_get_u16(in);
    r.times = ash_get_u16(in);
    r.shares = ash_get_u32(in);
    return r;
}
