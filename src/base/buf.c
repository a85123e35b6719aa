#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

/* A buffer that is drained first grows to this size. */
#define DRAINED_AT (256u << 10)

void ash_buf_init(ash_buf *b, size_t max)
{
    *b = (ash_buf){.max = max};
}

void ash_buf_free(ash_buf *b)
{
    free(b->p);
    *b = (ash_buf){.max = b->max, .drain = b->drain, .drain_user = b->drain_user};
}

void ash_buf_clear(ash_buf *b)
{
    b->n = 0;
    b->failed = false;
    if (b->p != NULL)
        b->p[0] = '\0';
}

static bool reserve(ash_buf *b, size_t more)
{
    if (b->failed)
        return false;
    if (more > b->max || b->n > b->max - more) {
        b->failed = true;
        return false;
    }
    size_t need = b->n + more + 1;
    if (need <= b->cap)
        return true;
    if (b->drain != NULL && b->cap >= DRAINED_AT) {
        b->drain(b->drain_user, b);
        need = b->n + more + 1;
        if (need <= b->cap)
            return true;
    }
    size_t cap = b->cap == 0 ? 256 : b->cap;
    while (cap < need)
        cap *= 2;
    char *p = realloc(b->p, cap);
    if (p == NULL) {
        b->failed = true;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

void ash_buf_add(ash_buf *b, const void *p, size_t n)
{
    if (!reserve(b, n))
        return;
    if (n > 0)
        memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = '\0';
}

char *ash_buf_room(ash_buf *b, size_t n)
{
    return reserve(b, n) ? b->p + b->n : NULL;
}

void ash_buf_add_view(ash_buf *b, ash_view v)
{
    ash_buf_add(b, v.p, v.n);
}

void ash_buf_add_z(ash_buf *b, const char *z)
{
    ash_buf_add(b, z, strlen(z));
}

void ash_buf_add_c(ash_buf *b, char c)
{
    ash_buf_add(b, &c, 1);
}

void ash_buf_addv(ash_buf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    if (n >= 0 && reserve(b, (size_t)n)) {
        vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

void ash_buf_addf(ash_buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    ash_buf_addv(b, fmt, ap);
    va_end(ap);
}
