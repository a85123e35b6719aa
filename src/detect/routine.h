/* Routine: whether something comes as a job does, at the same time of day, in the
 * same shares. Backup, indexing and audit jobs are known by this, not by a name
 * that an intruder could take. */
#ifndef ASH_DETECT_ROUTINE_H
#define ASH_DETECT_ROUTINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"

/* Times that must agree before the next one is routine. */
#define ASH_ROUTINE_MIN 3u

typedef struct ash_routine {
    int32_t day;      /* local day of the last time; 0: none */
    uint16_t minute;  /* of the day, of the first one */
    uint16_t times;   /* that agreed, one a day */
    uint32_t shares;  /* where, a set by hash */
} ash_routine;

/* Is what begins at this minute of that day in these shares what it always does? */
bool ash_routine_fits(const ash_routine *r, int32_t day, unsigned minute, uint32_t shares);

/* It happened. What does not fit begins the count anew. */
void ash_routine_add(ash_routine *r, int32_t day, unsigned minute, uint32_t shares);

/* One share as a set. */
static inline uint32_t ash_share_bit(uint32_t share)
{
    return UINT32_C(1) << (share * 0x9e3779b1u >> 27);
}

void ash_routine_save(const ash_routine *r, ash_buf *out);
ash_routine ash_routine_load(ash_cursor *in);

#endif
