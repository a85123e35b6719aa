/* Bytes owned by somebody else: `n` bytes at `p`, not NUL-terminated, any
 * content. Valid as long as the owner keeps them; each header that hands one
 * out says how long that is. */
#ifndef ASHIATO_VIEW_H
#define ASHIATO_VIEW_H

#include <stddef.h>

typedef struct ash_view {
    const char *p;
    size_t n;
} ash_view;

#endif
