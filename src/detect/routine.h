/* Routine: whether something comes as a job does, at the same hour on several days,
 * in the same shares. Backup, indexing and audit jobs are known by this, not by a
 * name that an intruder could take. */
#ifndef ASH_DETECT_ROUTINE_H
#define ASH_DETECT_ROUTINE_H

#include <stdbool.h>
#include <stdint.h>

#include "ashiato/detector.h"
#include "base/buf.h"
#include "base/cursor.h"

/* Days at whose same hour it came before the next time is routine. */
#define ASH_ROUTINE_MIN 3

typedef struct ash_routine {
    int32_t day;        /* local day of the last time */
    uint32_t days[24];  /* hour -> the last 32 days it began in it; bit 0: day */
    uint32_t shares;    /* where, a set by hash */
} ash_routine;

/* Is what begins then in these shares what it always does? */
bool ash_routine_fits(const ash_routine *r, ash_local t, uint32_t shares);

/* It happened. */
void ash_routine_add(ash_routine *r, ash_local t, uint32_t shares);

/* One share as a set. */
static inline uint32_t ash_share_bit(uint32_t share)
{
    return UINT32_C(1) << (share * 0x9e3779b1u >> 27);
}

void ash_routine_save(const ash_routine *r, ash_buf *out);
ash_routine ash_routine_load(ash_cursor *in);

#endif
