/* Values of Windows events as text and numbers. */
#ifndef ASH_SOURCE_WINDOWS_VALUE_H
#define ASH_SOURCE_WINDOWS_VALUE_H

#include "base/arena.h"
#include "source/windows_event.h"

/* "0x1f", "31", 31. False if the value is none of these. */
bool ash_win_number(const ash_win_value *v, uint64_t *ret);

/* The value as UTF-8, without NULs at its end; "" for an absent one and for "-",
 * which is how Windows writes nothing. Valid as long as the arena and the value;
 * *ret_nomem is set, never cleared, when memory is exhausted. */
ash_view ash_win_text(const ash_win_value *v, ash_arena *arena, bool *ret_nomem);

/* True if the value is this ASCII text, whatever its encoding. */
bool ash_win_is(const ash_win_value *v, const char *ascii);

/* An access mask from AccessMask or, where that is missing, from the message
 * numbers of AccessList ("%%4416\r\n\t\t\t\t%%4417"). False: neither is there. */
bool ash_win_mask(const ash_win_event *e, ash_arena *arena, uint32_t *ret);

#endif
