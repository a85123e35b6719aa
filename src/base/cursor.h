/* The only way binary input is read: little-endian getters that check bounds.
 * The first failure sticks and every later get returns zero, so that a parser
 * checks once per structure. */
#ifndef ASH_BASE_CURSOR_H
#define ASH_BASE_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/view.h"

typedef struct ash_cursor {
    const unsigned char *p;
    size_t n;
    size_t at;
    bool failed;
} ash_cursor;

static inline ash_cursor ash_cursor_of(ash_view v)
{
    return (ash_cursor){.p = (const unsigned char *)v.p, .n = v.n};
}

static inline const unsigned char *ash_cursor_take(ash_cursor *c, size_t n)
{
    if (c->failed || n > c->n - c->at) {
        c->failed = true;
        return NULL;
    }
    const unsigned char *p = c->p + c->at;
    c->at += n;
    return p;
}

static inline uint64_t ash_get_uint(ash_cursor *c, unsigned bytes)
{
    const unsigned char *p = ash_cursor_take(c, bytes);
    uint64_t x = 0;
    for (unsigned i = bytes; p != NULL && i-- > 0;)
        x = x << 8 | p[i];
    return x;
}

static inline uint8_t ash_get_u8(ash_cursor *c) { return (uint8_t)ash_get_uint(c, 1); }
static inline uint16_t ash_get_u16(ash_cursor *c) { return (uint16_t)ash_get_uint(c, 2); }
static inline uint32_t ash_get_u32(ash_cursor *c) { return (uint32_t)ash_get_uint(c, 4); }
static inline uint64_t ash_get_u64(ash_cursor *c) { return ash_get_uint(c, 8); }
static inline int64_t ash_get_i64(ash_cursor *c) { return (int64_t)ash_get_uint(c, 8); }

static inline double ash_get_f64(ash_cursor *c)
{
    uint64_t u = ash_get_u64(c);
    double d;
    memcpy(&d, &u, sizeof d);
    return d;
}

/* A length of at most max and that many bytes, which stay in the input. */
static inline ash_view ash_get_bytes(ash_cursor *c, size_t max)
{
    uint32_t n = ash_get_u32(c);
    if (n > max)
        c->failed = true;
    const unsigned char *p = ash_cursor_take(c, n);
    return p == NULL ? (ash_view){0} : ash_view_of(p, n);
}

/* The writing side, into a bounded buffer. */
static inline void ash_put_uint(ash_buf *b, uint64_t x, unsigned bytes)
{
    unsigned char t[8];
    for (unsigned i = 0; i < bytes; i++, x >>= 8)
        t[i] = (unsigned char)x;
    ash_buf_add(b, t, bytes);
}

static inline void ash_put_u8(ash_buf *b, uint8_t x) { ash_put_uint(b, x, 1); }
static inline void ash_put_u16(ash_buf *b, uint16_t x) { ash_put_uint(b, x, 2); }
static inline void ash_put_u32(ash_buf *b, uint32_t x) { ash_put_uint(b, x, 4); }
static inline void ash_put_u64(ash_buf *b, uint64_t x) { ash_put_uint(b, x, 8); }
static inline void ash_put_i64(ash_buf *b, int64_t x) { ash_put_uint(b, (uint64_t)x, 8); }

static inline void ash_put_f64(ash_buf *b, double d)
{
    uint64_t u;
    memcpy(&u, &d, sizeof u);
    ash_put_u64(b, u);
}

static inline void ash_put_bytes(ash_buf *b, ash_view v)
{
    ash_put_u32(b, (uint32_t)v.n);
    ash_buf_add_view(b, v);
}

#endif
