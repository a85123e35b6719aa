/* Numbers and the like as text, where printf is too slow: all append at out, end
 * it with no NUL, and return where they ended. */
#ifndef ASH_BASE_DIGITS_H
#define ASH_BASE_DIGITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/view.h"

/* At most 20 bytes. */
char *ash_digits_dec(char *out, uint64_t x);
/* Lower case, no leading zeros: "0", "1f"; at most 16 bytes. */
char *ash_digits_hex(char *out, uint64_t x);
/* Upper case, two a byte. */
char *ash_digits_bytes(char *out, ash_view v);

/* 36 bytes: "54849625-5478-4994-a5ba-3e3b0328c30d" of 16 ([MS-DTYP] 2.3.4.2). */
#define ASH_GUID_TEXT 36u
char *ash_digits_guid(char *out, const char *guid, bool upper);

/* "S-1-5-21-..." ([MS-DTYP] 2.4.2.1). The bytes of v that make a SID, if more
 * follow them they are left out. Returns NULL if v holds none. */
#define ASH_SID_TEXT 192u
char *ash_digits_sid(char *out, ash_view v);

/* "2016-07-08T18:12:51.6816406Z" of 100 ns since 1601 ([MS-DTYP] 2.3.3); years
 * after 9999 have five digits. */
#define ASH_FILETIME_TEXT 32u
char *ash_digits_filetime(char *out, uint64_t t);

#endif
