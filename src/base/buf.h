/* A growing byte buffer with a maximum: no buffer without one. Failure sticks,
 * so that a long sequence of appends needs one check at its end. */
#ifndef ASH_BASE_BUF_H
#define ASH_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "ashiato/error.h"
#include "base/view.h"

typedef struct ash_buf {
    char *p;      /* owned; NUL-terminated after any append */
    size_t n;     /* bytes used */
    size_t cap;   /* bytes allocated */
    size_t max;   /* never more than this */
    bool failed;  /* memory or maximum was exhausted; contents are incomplete */
    /* Where set: takes and clears the contents whenever they would grow beyond
     * what is allocated, so that any amount can be appended in little memory. */
    void (*drain)(void *user, struct ash_buf *b);
    void *drain_user;
} ash_buf;

void ash_buf_init(ash_buf *b, size_t max);
void ash_buf_free(ash_buf *b);
void ash_buf_clear(ash_buf *b); /* keeps the memory, clears the failure */

void ash_buf_add(ash_buf *b, const void *p, size_t n);
void ash_buf_add_view(ash_buf *b, ash_view v);
void ash_buf_add_z(ash_buf *b, const char *z);
void ash_buf_add_c(ash_buf *b, char c);
void ash_buf_addf(ash_buf *b, const char *fmt, ...) ASH_PRINTF(2, 3);
void ash_buf_addv(ash_buf *b, const char *fmt, va_list ap);

/* Room for n bytes at the end, to be written directly, or NULL as above. What
 * was written counts after ash_buf_wrote. */
char *ash_buf_room(ash_buf *b, size_t n);
static inline void ash_buf_wrote(ash_buf *b, const char *end)
{
    b->n = (size_t)(end - b->p);
    b->p[b->n] = '\0';
}

static inline ash_view ash_buf_view(const ash_buf *b)
{
    return ash_view_of(b->p, b->n);
}

/* The contents as a C string; "" for an empty buffer. */
static inline const char *ash_buf_z(const ash_buf *b)
{
    return b->p == NULL ? "" : b->p;
}

#endif
