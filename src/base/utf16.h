/* UTF-16LE, as Windows writes it, to UTF-8. */
#ifndef ASH_BASE_UTF16_H
#define ASH_BASE_UTF16_H

#include <stddef.h>

#include "base/view.h"

/* Bytes that out of ash_utf16_to_utf8 needs for n bytes of UTF-16: three for
 * each unit. */
#define ASH_UTF16_ROOM(n) ((n) / 2 * 3)

/* Converts the bytes of v; an odd last byte is left out. A surrogate without its
 * other half becomes the three bytes of its code point (WTF-8), so that names
 * that differ only there stay different; such bytes are not valid UTF-8, and
 * ash_text_escape shows them. Returns the length. */
size_t ash_utf16_to_utf8(char *out, ash_view v);

#endif
