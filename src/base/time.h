/* Times are nanoseconds since 1970-01-01T00:00:00Z (proleptic Gregorian, no
 * leap seconds), int64. Those of records are from 1970 to 2261, so that the
 * difference of any two fits as well. Nothing here reads the clock. */
#ifndef ASH_BASE_TIME_H
#define ASH_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "base/view.h"

#define ASH_NS_PER_S INT64_C(1000000000)
#define ASH_NS_PER_US INT64_C(1000)
#define ASH_CS_NS INT64_C(10000000) /* a hundredth of a second: times in the store */
#define ASH_TIME_NONE INT64_MIN
#define ASH_YEAR_MIN 1970
#define ASH_YEAR_MAX 2261
/* A whole time outside of these is none; a zone may move it by a day. */
#define ASH_TIME_MAX (INT64_C(9214646399) * ASH_NS_PER_S) /* 2261-12-31T23:59:59Z */
/* "2026-11-23T10:36:23.662552+09:00" and its NUL. */
#define ASH_TIME_TEXT 40

/* Days since 1970-01-01 of a civil date, and back (Howard Hinnant,
 * "chrono-compatible low-level date algorithms"). */
int64_t ash_days_from_civil(int64_t y, unsigned m, unsigned d);
void ash_civil_from_days(int64_t days, int *ret_y, unsigned *ret_m, unsigned *ret_d);

/* Of a day since 1970-01-01; 0 is Sunday. */
unsigned ash_weekday(int64_t day);

/* A zone: a fixed offset, or a name from the system's zone database. */
typedef struct ash_zone {
    char name[64];      /* "+09:00", "UTC", "Asia/Tokyo" */
    bool named;         /* look the offset up in the zone database */
    int32_t offset;     /* seconds east of UTC when fixed */
    int64_t cache_hour; /* last hour looked up, and the offset found */
    int32_t cache_offset;
    bool cache_local;   /* the cached hour was local time */
} ash_zone;

/* Accepts "UTC", "Z", "+09:00", "+0900", "-05", "Asia/Tokyo", and "local" for
 * the zone of this machine. */
int ash_zone_parse(const char *text, ash_zone *ret, ash_error *err) ASH_MUST_USE;

/* A fixed zone. */
ash_zone ash_zone_fixed(int32_t seconds_east);

/* Offset at a moment; conversion of local wall-clock seconds to UTC seconds
 * (in the repeated hour at the end of summer time: the first of the two).
 * Named zones go through the C library's global zone: serialised inside, but a
 * zone object itself belongs to one thread. */
int32_t ash_zone_offset(ash_zone *z, int64_t utc_s);
int64_t ash_zone_to_utc(ash_zone *z, int64_t local_s);

/* Writes t in zone z as ISO 8601 with offset; digits is 0, 3, 6 or 9 decimals.
 * ASH_TIME_NONE gives "-". Returns out (ASH_TIME_TEXT bytes). */
char *ash_time_text(char *out, int64_t t, ash_zone *z, int digits);

/* "2026-11-23 19:36" for people. */
char *ash_time_short(char *out, int64_t t, ash_zone *z);

/* Parses what users type for --since/--until: a date, a date with time, with or
 * without zone (then z). A date alone as an end means the end of that day. */
int ash_time_parse_user(const char *text, ash_zone *z, bool is_end, int64_t *ret,
                        ash_error *err) ASH_MUST_USE;

/* Reads "+hh:mm", "+hhmm" or "+hh" at the front of v; returns the bytes used, 0
 * if it is none. */
size_t ash_time_parse_offset(ash_view v, int32_t *ret);

/* Parses "YYYY-MM-DDTHH:MM:SS[.frac][Z|+hh:mm|+hhmm]" at the front of v ('T' or
 * a space between date and time). Returns the bytes used, 0 if it is none.
 * Years are those from ASH_YEAR_MIN to ASH_YEAR_MAX. *ret_offset is the offset
 * in seconds, or INT32_MIN where none is written (*ret_t is then local time read
 * as UTC). */
size_t ash_time_parse_iso(ash_view v, int64_t *ret_t, int32_t *ret_offset);

/* A FILETIME: 100 ns since 1601-01-01 UTC ([MS-DTYP] 2.3.3). ASH_TIME_NONE
 * outside of the years above. */
int64_t ash_time_of_filetime(uint64_t t);

#endif
