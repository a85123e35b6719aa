/* UTF-16 text as UTF-8, front to back: what PowerShell's ">", Event Viewer and
 * `wevtutil /unicode` write. A surrogate without its other half keeps its value
 * (base/utf16.h); half a unit at the end becomes U+FFFD. */
#ifndef ASH_INPUT_WIDETEXT_H
#define ASH_INPUT_WIDETEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ashiato/error.h"

typedef struct ash_widetext ash_widetext;

/* Bytes that ash_widetext_looks wants to see. */
#define ASH_WIDETEXT_HEAD 4u

/* True if text that begins with these bytes is UTF-16: it has a byte order mark,
 * or is little-endian and begins as XML or JSON does. */
bool ash_widetext_looks(const void *head, size_t n);

/* As read(2): bytes, 0 at the end, or a negative ash_code. */
typedef int64_t (*ash_widetext_pull)(void *user, void *buf, uint64_t n, ash_error *err);

ash_widetext *ash_widetext_new(ash_widetext_pull pull, void *user); /* NULL: out of memory */
void ash_widetext_free(ash_widetext *w);                            /* NULL is fine */

/* At most n bytes of UTF-8 without the mark: how many, 0 at the end, or what pull
 * returned, after everything before it was delivered. */
int64_t ash_widetext_read(ash_widetext *w, void *buf, uint64_t n, ash_error *err);

#endif
