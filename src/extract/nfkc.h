/* Unicode normalisation form NFKC (UAX #15) of UTF-8, fast where text is in that
 * form already: ICU's data as a table of the BMP, ICU itself only for runs with
 * marks that compose. */
#ifndef ASH_EXTRACT_NFKC_H
#define ASH_EXTRACT_NFKC_H

#include <stddef.h>

#include "ashiato/error.h"

/* Bytes that the output of n bytes may need: U+FDFA (3) becomes 33. */
#define ASH_NFKC_ROOM(n) ((n) * 11 + 64)

/* Makes the table; idempotent, not thread-safe. */
int ash_nfkc_prepare(ash_error *err) ASH_MUST_USE;

/* Normalises n bytes of s into out and returns the length. Bytes that are not
 * UTF-8 become U+FFFD, "\r\n" and "\r" become "\n", NUL a space. What is put
 * together from several calls is normal but for marks at the seams. */
size_t ash_nfkc(char *out, const char *s, size_t n);

#endif
