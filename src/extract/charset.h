/* Which encoding a text has, and turning it into UTF-8 (ICU's converters).
 *
 * Japanese files state no encoding: strict UTF-8 is believed first, then the
 * escape sequences of ISO-2022-JP, then what decodes without errors as Shift_JIS
 * (CP932) or EUC-JP and looks like Japanese, then uchardet. */
#ifndef ASH_EXTRACT_CHARSET_H
#define ASH_EXTRACT_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/view.h"

/* Bytes looked at. */
#define ASH_CHARSET_SAMPLE (64u << 10)

/* The name of the encoding, static or in buf: "utf-8", "cp932", "euc-jp",
 * "iso-2022-jp", "utf-16le", ... whole: the sample is all there is.
 * declared: what a header or element said, or NULL. */
const char *ash_charset_guess(ash_view sample, bool whole, const char *declared, char buf[32]);

typedef struct ash_decoder ash_decoder;
typedef void (*ash_utf8_fn)(void *user, const char *p, size_t n);

/* NULL: unknown encoding, or out of memory. */
ash_decoder *ash_decoder_new(const char *charset, ash_utf8_fn fn, void *user);
void ash_decoder_feed(ash_decoder *d, const char *p, size_t n, bool last);
void ash_decoder_free(ash_decoder *d); /* NULL is fine */

#endif
